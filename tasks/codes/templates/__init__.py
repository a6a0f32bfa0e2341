"""How printed codes are laid out."""
