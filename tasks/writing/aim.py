"""Where, when, for whom and by whom a draft is to go out: what a person wrote, to the keys that are meant. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, time

from models.brief import Wish
from models.content import Known
from models.day import read_day
from models.post import Value
from models.reason import Reason
from models.schedule import Unreadable
from tasks.content.moments import read_clock
from tasks.content.references import refer, unknown


class Aim(Value):
    """As it is meant: keys, a day, a time."""

    channels: tuple[str, ...] = ()
    on: date | None = None
    at: time | None = None
    group: str = ""
    goal: str = ""
    author: str = ""
    deadline: date | None = None


def aim(wish: Wish, known: Known, every: Iterable[str]) -> tuple[Aim, list[Reason]]:
    """Find what is meant, and say what could not be found; without a channel it goes to all of them, as in the plan."""
    wrong: list[Reason] = []

    def key(kind: str, word: str, of: Mapping[str, str] | None) -> str:
        found = refer(word, of or {}) if word else ""
        if found is None:
            wrong.append(unknown(kind, word, of or {}))
        return found or ""

    channels = [key("channels", word, known.channels) for word in wish.channels if word.strip()]
    return Aim(
        channels=tuple(dict.fromkeys(filter(None, channels))) or tuple(every), on=_day(wish.on, wrong),
        at=_clock(wish.at, wrong), group=key("groups", wish.group, known.groups),
        goal=key("goals", wish.goal, known.goals), author=key("people", wish.author, known.people),
        deadline=_day(wish.deadline, wrong),
    ), wrong  # fmt: skip


def _day(written: str, wrong: list[Reason]) -> date | None:
    try:
        return read_day(written) if written else None
    except Unreadable as error:
        wrong.append(error.reason)
        return None


def _clock(written: str, wrong: list[Reason]) -> time | None:
    try:
        return read_clock(written) if written else None
    except Unreadable as error:
        wrong.append(error.reason)
        return None
