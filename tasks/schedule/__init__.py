"""Time: wall clocks, slots, recurrences, quiet hours, lateness."""
