"""What content is read from and written back into: sources asked politely, the person's own plan. It knows no Prefect.

What a source said is remembered in the transaction that keeps what came of it: who dies in between asks anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from integrations.feeds.fetch import Fetcher
from integrations.folder import CHANGED, Folder
from models.company import Source, Workspace
from models.content import Effect, Found, Place, Problem, Sheet
from models.piece import FeedState
from models.reason import Reason, because
from tasks.content import rows
from tasks.content.numbering import absent, with_numbers
from tasks.content.xlsx import Unusable
from tasks.house import House

PROBLEMS_KEPT = 50

Parse = Callable[[bytes, str], Found[Any]]


@dataclass(frozen=True)
class Told:
    """What a source said. `items` is None where that is what it said before, `state` where it did not answer."""

    items: tuple[Any, ...] | None
    problems: tuple[Problem, ...] = ()
    state: FeedState | None = None

    @property
    def stopped(self) -> bool:
        return any(problem.effect is Effect.STOPS for problem in self.problems)


def sources_of(workspace: Workspace, kind: str) -> list[Source]:
    return [source for source in workspace.sources if source.kind == kind]


def read_source(at: House, source: Source, parse: Parse, afresh: bool = False) -> Told:
    """Open a source, by path or address, and parse it; one that has not changed is not read again unless `afresh`."""
    with at.reads() as session:
        former = rows.feed_state(session, source.key) or FeedState(key=source.key)
    known = FeedState(key=source.key) if afresh else former
    try:
        body, etag, last_modified = _opened(at, source, known)
    except Failure as failure:
        return Told((), (Problem(place=Place(file=source.key), reason=failure.reason, effect=Effect.STOPS),))
    if body is None:
        return Told(None, tuple(Problem.model_validate(kept) for kept in former.problem.get("told", ())), former)
    found = parse(body, source.path or source.url)
    told = [problem.model_dump(mode="json") for problem in found.problems[:PROBLEMS_KEPT]]
    state = FeedState(key=source.key, problem={"told": told})
    if not found.stopped:  # what could not be read is asked for again, whole
        state.etag, state.last_modified = etag, last_modified
    return Told(tuple(found.items), found.problems, state)


def _opened(at: House, source: Source, known: FeedState) -> tuple[bytes | None, str, str]:
    """The bytes with what tells them from later ones; None where they are those known already."""
    if source.path:
        data = Folder(at.root).read(source.path)
        print_ = hashlib.sha256(data).hexdigest()
        return None if print_ == known.etag else data, print_, ""
    answer = Fetcher().fetch(
        source.url, allow_private=source.allow_private, etag=known.etag, last_modified=known.last_modified
    )
    return None if answer.not_modified else answer.body, answer.etag, answer.last_modified


def remember(session: Session, at: House, told: Iterable[Told]) -> None:
    """Keep what the sources said last, so that they are asked politely."""
    for state in (one.state for one in told if one.state is not None):
        rows.keep_feed_state(session, state, at.now())


def number_plan(at: House, file: str, print_: str, sheet: Sheet, numbers: Mapping[int, str]) -> Reason | None:
    """Write the №s that rows lack into the person's own plan, in one move; says why where that could not be done.

    A plan that was changed since it was read is left alone: its rows are known by what they say, and loading it again
    gives them the same №s.
    """
    wanted = absent(sheet, numbers)
    if not wanted:
        return None
    folder = Folder(at.root)
    try:
        data = folder.read(file)
        if hashlib.sha256(data).hexdigest() != print_:
            return because(CHANGED, code="changed", path=file)
        folder.renew(file, data, with_numbers(data, sheet, wanted))
    except (Refused, Unusable) as error:
        return error.reason
    return None
