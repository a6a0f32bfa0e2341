"""Orders: what a person may say about a row: cancel, hold, move, restore, decide; and the Stop."""
