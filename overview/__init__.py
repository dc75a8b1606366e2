"""Floor 13, pages that span apps: public overview, home, staff console. No tables. Imports every app below."""
