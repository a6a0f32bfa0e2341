"""What the pages about customer groups show."""
