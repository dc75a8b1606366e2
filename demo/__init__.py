"""The demonstration: people by role with their meetings, strategies, updates, and action items.

All dates are relative to the day of loading. The texts are in `data/demo.toml`; the code decides how many records are
made, and when they are dated.
"""
