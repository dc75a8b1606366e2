"""Floor 13, what spans apps: public overview, home, staff console. No tables. Imports every app below."""
