"""Pages and downloads that bring files in and hand them out."""
