"""The pages of reminders: the staff's ledger, each person's choices, and whether the machinery is alive."""
