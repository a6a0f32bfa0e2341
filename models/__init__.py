"""What Otdel talks about: tables, values, forms, their own laws, and the words for them."""
