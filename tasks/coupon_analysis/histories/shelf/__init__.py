"""Histories that were analysed on the desk: what came of them is kept, their tables are not."""
