"""What each person did: read together from where it was written down."""
