"""Posting: when and where each piece goes out, announced ahead, compared with the feed, then delivered."""
