"""Points by the calendar: counted of receipts, ended when their time is over, summed up for the registry."""
