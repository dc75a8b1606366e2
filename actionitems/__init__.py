"""Action items: who does what by when. Imports meetings and the apps below."""
