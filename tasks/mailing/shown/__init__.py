"""What the pages about mailings show."""
