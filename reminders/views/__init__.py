"""The pages of reminders: the delivery log for staff, each person's preferences, and whether sending works."""
