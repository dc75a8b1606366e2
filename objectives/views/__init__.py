"""The pages of objectives, strategies and progress."""
