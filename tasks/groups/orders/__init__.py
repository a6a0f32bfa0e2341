"""Orders about customer groups: made, changed, corrected, put away, built."""
