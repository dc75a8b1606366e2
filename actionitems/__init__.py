"""Floor 8, promises with an owner and a date. Imports meetings and below."""
