"""The personal page of a client: what it shows, and the same on the desk."""
