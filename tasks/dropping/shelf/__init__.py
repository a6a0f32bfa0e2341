"""The shelf: where dropped files lie, and how they take the place of the company's own."""
