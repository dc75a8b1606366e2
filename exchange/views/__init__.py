"""The views of the exchange app."""
