"""Floor 3: the Workgroup, its bodies, seats and terms. Imports members and below."""
