"""Pages of organizations, people, invitations and accounts."""
