"""What colleagues say to each other about a piece."""
