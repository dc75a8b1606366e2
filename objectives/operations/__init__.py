"""Every write to objectives, strategies, milestones and progress updates."""
