"""Orders about groups, and what is shown of them: by keys and numbers."""
