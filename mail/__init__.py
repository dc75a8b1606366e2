"""Floor 1, the delivery ledger: what is sent to whom, and the result. Imports core."""
