"""The demonstration: people by role, their meetings, strategies, updates and promises, dated from the day of loading.

What it says stands in `data/demo.toml`; the code here only knows how many and when.
"""
