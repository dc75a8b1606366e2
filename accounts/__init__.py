"""Floor 2: the person as an account, with sign-in, sessions, second factors, and security events.

Imports mail and core.
"""
