"""In which groups a customer is, and was."""
