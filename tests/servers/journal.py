"""What a server saw and did, in order; it only grows, and can be followed in a file while the server runs."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Publication:
    """One content in one place and every time it was accepted there.

    `marker` is what the given pattern found in the text, else empty. `remote_ids` has the (first) id of each
    acceptance, `parts` all ids of each. `repeats` counts calls that the provider's own key showed to be repeats.
    """

    place: str
    marker: str
    digest: str
    remote_ids: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    accepted: int
    repeats: int


@dataclass
class Accepted:
    """A content that was taken: one row for each time."""

    place: str
    digest: str
    text: str
    ids: tuple[str, ...]
    repeats: int = 0


class Journal:
    """Events `received`, `accepted`, `refused`, `answered`, each with its number, the number of its call and a time.

    With a file, every event is a line of JSON that has left this process before the next thing happens. `told` is
    called after every event.
    """

    def __init__(
        self, now: Callable[[], float], path: Path | str | None = None, told: Callable[[], None] = lambda: None
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self._now = now
        self._told = told
        self._file = Path(path).open("a", encoding="utf-8") if path else None  # noqa: SIM115 - closed by close()
        self._calls = 0

    def received(self, method: str, parameters: dict[str, Any]) -> int:
        """Begin a call and give its number."""
        self._calls += 1
        self.note(self._calls, "received", method=method, parameters=parameters)
        return self._calls

    def note(self, call: int, event: str, **details: Any) -> None:
        entry = {"n": len(self.events) + 1, "call": call, "event": event, "at": self._now(), **details}
        self.events.append(entry)
        if self._file:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
        self._told()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def digest(text: str, files: Iterable[str] = ()) -> str:
    """The same for the same text with the same pictures in the same order."""
    return hashlib.sha256("\0".join([text, *files]).encode()).hexdigest()[:16]


def published(accepted: Iterable[Accepted], marker: str | None = None) -> dict[str, list[Publication]]:
    """Gather acceptances by place and by marker (a pattern whose first group, or whole, is the mark) or by digest."""
    groups: dict[tuple[str, str], list[Accepted]] = {}
    for each in accepted:
        groups.setdefault((each.place, _mark(marker, each.text) or each.digest), []).append(each)
    places: dict[str, list[Publication]] = {}
    for (place, _), group in groups.items():
        places.setdefault(place, []).append(_publication(place, group, marker))
    return places


def _mark(marker: str | None, text: str) -> str:
    found = re.search(marker, text) if marker else None
    return found.group(found.lastindex or 0) if found else ""


def _publication(place: str, group: list[Accepted], marker: str | None) -> Publication:
    return Publication(
        place=place,
        marker=_mark(marker, group[0].text),
        digest=group[0].digest,
        remote_ids=tuple(each.ids[0] for each in group),
        parts=tuple(each.ids for each in group),
        accepted=len(group),
        repeats=sum(each.repeats for each in group),
    )
