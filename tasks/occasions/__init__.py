"""Occasions as people see them: the calendar, what is not for us, what is added by hand."""
