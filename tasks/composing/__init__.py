"""Letters made of blocks or of a designer's finished one: compiled once, filled for each recipient, checked before."""
