"""Content for mailings: what is worth saying to the group that gets it, ranked with its reasons (C2)."""
