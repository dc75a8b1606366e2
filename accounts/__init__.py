"""Floor 2, the person as account: signing in, sessions, second factors, security events. Imports mail and core."""
