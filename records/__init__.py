"""Floor 4, what must be kept and for how long. Imports taskforces and below."""
