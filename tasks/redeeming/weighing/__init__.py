"""What a call comes to before anything is written."""
