"""Floor 3: organizations and the people who represent them. Imports accounts, mail and core."""
