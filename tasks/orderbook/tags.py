"""How a run of Prefect is known to belong to an order of the desk: by a tag with its number. Pure."""

from collections.abc import Iterable

PREFIX = "order-"


def tag_of(id: int) -> str:
    return f"{PREFIX}{id}"


def order_of(tags: Iterable[str]) -> int:
    """The number of the order these tags name; 0 where they name none."""
    named = (tag.removeprefix(PREFIX) for tag in tags if tag.startswith(PREFIX))
    return next((int(number) for number in named if number.isascii() and number.isdecimal()), 0)
