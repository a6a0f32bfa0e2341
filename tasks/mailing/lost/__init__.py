"""Letters of which nobody knows whether they arrived."""
