"""Customer groups: their rules in words and in SQL, who is in them, who came and went."""
