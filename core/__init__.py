"""Ground floor: no word of the domain. Imports nothing of ours."""
