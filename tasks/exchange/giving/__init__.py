"""What goes down to tills."""
