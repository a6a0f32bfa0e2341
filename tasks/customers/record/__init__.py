"""The whole record of a customer: found, shown on one page, given out on request, erased on request."""
