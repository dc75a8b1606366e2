"""Floor 2, organizations and the people who represent them. Imports mail and core."""
