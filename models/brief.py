"""The brief of a piece: what it must say, to whom, and what it wants of them. Pure."""

from datetime import date
from typing import Literal

from models.post import Product, Value

Purpose = Literal["offer", "news", "recipe", "event", "story"]


class Brief(Value):
    """`steps` are a recipe's; `place` and `starts` an event's (local words, as they should be read)."""

    purpose: Purpose
    title: str = ""
    goal: str = ""
    group: str = ""
    channel: str = ""
    products: tuple[Product, ...] = ()
    offer: str = ""
    facts: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    place: str = ""
    starts: str = ""
    call_to_action: str = ""
    link: str = ""
    deadline: date | None = None
    language: Literal["ru", "en"] = "ru"
