"""Orders about mailings on their way: paused, going on, cancelled, cleared up."""
