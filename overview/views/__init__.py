"""Pages that span apps: public ones, the member's home, the staff console."""
