"""Pages of meetings: reading, planning, holding."""
