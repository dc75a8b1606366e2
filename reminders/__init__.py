"""Floor 8, who is reminded of what and when. Imports actionitems and below."""
