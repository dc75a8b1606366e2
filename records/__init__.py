"""Floor 4: retention of records and legal holds. Imports taskforces and below."""
