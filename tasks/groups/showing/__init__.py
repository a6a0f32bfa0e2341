"""Groups as they are shown beside a run, in numbers."""
