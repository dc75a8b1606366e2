"""Pages of organizations, people, invitations, confirmations and requests to join."""
