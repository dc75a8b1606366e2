"""Pages of objectives, strategies and progress updates."""
