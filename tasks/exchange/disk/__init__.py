"""Files of the exchange on the disk."""
