"""The week: publications by day, filtered, counted, and taken away as a file."""
