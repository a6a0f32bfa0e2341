"""What is known of an offer before it is launched: what its effect could be told from, and what it may cost."""
