"""The brief of a piece: what it must say, to whom, and what it wants of them. Pure."""

from datetime import date
from typing import Literal

from models.post import Product, Value

Purpose = Literal["offer", "news", "recipe", "event", "story"]


class Wish(Value):
    """Where, when, for whom, why and by whom, as a person wrote it; empty is left open."""

    channels: tuple[str, ...] = ()
    on: str = ""
    at: str = ""
    group: str = ""
    goal: str = ""
    author: str = ""
    deadline: str = ""


class Brief(Value):
    """`steps` are a recipe's; `place` and `starts` an event's (local words, as they should be read)."""

    purpose: Purpose
    title: str = ""
    goal: str = ""
    group: str = ""
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
