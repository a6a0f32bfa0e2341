"""What happened to a piece, from its source to the reactions, as one story."""
