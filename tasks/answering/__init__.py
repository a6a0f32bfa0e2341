"""What the invited answer: who comes, when, how many, and who cannot."""
