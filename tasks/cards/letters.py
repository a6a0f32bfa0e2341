"""What letters may write of a card: the link to the personal page, the points, the number. Pure."""

MY = "my"
MY_FIELDS = frozenset({"my.link", "my.points", "my.card"})
