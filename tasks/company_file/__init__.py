"""The files the company keeps, changed from its pages as a careful person would change them by hand."""
