"""The sheet of paper an outlet gets."""
