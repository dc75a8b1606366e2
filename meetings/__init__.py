"""Floor 7, meetings of a body, who comes and who came. Imports objectives and below."""
