"""Floor 9, who is reminded of what and when. Imports actionitems and below."""
