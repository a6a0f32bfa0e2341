"""A word from outside the company: a signed link that shows some versions, takes a word about each, and ends."""
