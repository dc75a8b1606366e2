"""Floor 4: the Workgroup, its bodies, seats, and terms. Imports members and the apps below."""
