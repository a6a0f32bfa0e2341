"""Analysis of channels (A1) and of the market's events (A2)."""
