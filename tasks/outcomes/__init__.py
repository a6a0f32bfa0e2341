"""What became of the rows of the content plan, written back into the table people keep."""
