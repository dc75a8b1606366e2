"""Floor 1, the delivery ledger: what goes to whom, and what became of it. Imports core."""
