"""A letter to one of the company about what was seen. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """What to tell whom; `key` makes it once, and `about` is what it is told of: one thing, however many read it."""

    about: str
    person: str
    subject: str
    body: str
    link: str = ""

    @property
    def key(self) -> str:
        return f"{self.about}:{self.person}"
