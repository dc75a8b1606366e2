"""Page-shaped reads of objectives, strategies, updates and measures. Public counts include only published updates."""
