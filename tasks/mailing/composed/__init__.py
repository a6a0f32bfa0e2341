"""A mailing made ready: with the brand, the feed and the pictures of this moment, and checked."""
