"""What needs a person, seen together: whatever kind it is of, with all that is known of it."""
