"""The codes of offers: issued, taken in, replaced, stopped, taken away as files."""
