"""What a service tells of an address alone."""
