"""What becomes of a code after its issue: found, stopped, opened, put off, replaced, and its whole history."""
