"""What purchases the letters of mailings are owed, and what their recipients spent at all."""
