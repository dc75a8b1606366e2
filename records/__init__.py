"""Floor 5, what must be kept and for how long. Imports taskforces and below."""
