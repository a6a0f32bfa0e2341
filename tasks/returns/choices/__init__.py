"""What recipients choose on the pages their letters point to, and what is judged and kept about it."""
