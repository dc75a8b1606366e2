"""Floor 4, what must be kept: retention classes, legal holds, contact data whose time is over. Imports taskforces and below."""
