"""Floor 6, plan, objectives, strategies, progress and measures. Imports taskforces and below."""
