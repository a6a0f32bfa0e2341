"""Editing: a piece corrected on the desk, texts by hand for one channel, versions, comments, what happened."""
