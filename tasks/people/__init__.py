"""People of the company: who they are, how they come in, how long they stay."""
