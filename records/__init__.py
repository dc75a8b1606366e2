"""Floor 5: retention of records and legal holds. Imports taskforces and the apps below."""
