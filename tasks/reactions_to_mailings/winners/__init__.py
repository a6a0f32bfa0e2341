"""Which variant goes to those who wait: decided once, at a moment that was settled when the test went out."""
