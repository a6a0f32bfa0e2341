"""Everything that comes back about letters, asked for where it can be asked for."""
