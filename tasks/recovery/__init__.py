"""Recovery: what is done about rows that were interrupted, late, cancelled from outside or unknown."""
