"""What the company sells, as offers name it."""
