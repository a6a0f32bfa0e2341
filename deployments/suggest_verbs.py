"""The names a form's field may hold, found in the house: in its files, its rows, its pictures."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from integrations.errors import Refused
from integrations.folder import Folder
from models.company import Workspace
from models.database import reading
from models.desk.suggest import Kind, Named, Naming
from models.locale import mark
from models.reason import because
from tasks.house import House
from tasks.suggest import rows
from tasks.suggest.index import MOST, Index

PICTURES = "content/pictures"
UNKNOWN = {
    Kind.CHANNEL: mark("There is no channel “{said}”. Choose one of the nearest, or add it to channels.yaml first."),
    Kind.CAMPAIGN: mark("There is no campaign “{said}”. Choose one of the nearest, or add it first."),
    Kind.GOAL: mark("There is no goal “{said}”. Choose one of the nearest, or add it first."),
    Kind.GROUP: mark("There is no customer group “{said}”. Choose one of the nearest, or add it first."),
    Kind.PERSON: mark("There is nobody called “{said}” here. Choose one of the nearest, or invite the person first."),
    Kind.OUTLET: mark("There is no outlet “{said}”. Choose one of the nearest, or add it first."),
    Kind.FUND: mark("There is no fund “{said}”. Choose one of the nearest, or add it to company.yaml first."),
    Kind.PIECE: mark("There is no piece “{said}”. Choose one of the nearest, or take the № from the content plan."),
    Kind.PRODUCT: mark("There is no product “{said}” in the feed. Choose one of the nearest, or load the feed anew."),
    Kind.PICTURE: mark("There is no picture “{said}”. Choose one of the nearest, or drop it in first."),
}  # fmt: skip
NONE_YET = mark("“{said}” is not known: there is nothing of this kind yet.")

OF_FILES: dict[Kind, Callable[[Workspace], list[Named]]] = {
    Kind.CHANNEL: lambda at: [Named(key=card.key, title=card.title) for card in at.channels],
    Kind.CAMPAIGN: lambda at: [Named(key=one.key, title=one.title) for one in at.company.campaigns],
    Kind.GOAL: lambda at: [Named(key=one.key, title=one.title) for one in at.company.goals],
    Kind.GROUP: lambda at: [Named(key=one.key, title=one.title) for one in at.company.groups],
    Kind.OUTLET: lambda at: [Named(key=one.key, title=one.name, about=one.city) for one in at.company.outlets],
    Kind.FUND: lambda at: [Named(key=one.key, title=one.title) for one in at.company.funds],
}  # fmt: skip
OF_ROWS = (Kind.PIECE, Kind.PRODUCT, Kind.PERSON)


class SuggestVerbs:
    """An index of each kind is kept, and made anew when what it was made of has changed."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self._indexes: dict[Kind, tuple[Any, Index]] = {}
        self._making = Lock()

    def suggest(self, kind: Kind, said: str, most: int = MOST) -> Sequence[Named]:
        return self._index_of(kind).suggest(said, min(most, MOST))

    def named(self, kind: Kind, said: str) -> Naming:
        if not said.strip():
            return Naming(kind=kind)
        index = self._index_of(kind)
        if found := index.called(said):
            return Naming(kind=kind, said=said, key=found.key)
        objection = because(UNKNOWN[kind] if index.names else NONE_YET, code=f"unknown_{kind}", said=said)
        return Naming(kind=kind, said=said, objection=objection, near=index.nearest(said))

    def _index_of(self, kind: Kind) -> Index:
        if kind in OF_ROWS:
            return self._index_of_rows(kind)
        if kind is Kind.PICTURE:
            names = [Named(key=name, title=name) for name in self._picture_names()]
        else:
            names = OF_FILES[kind](self.house.workspace)
        return self._kept_index(kind, names, lambda: names)

    def _index_of_rows(self, kind: Kind) -> Index:
        with reading(self.house.engine) as session:
            return self._kept_index(kind, rows.print_of(session, kind), lambda: rows.named(session, kind))

    def _kept_index(self, kind: Kind, made_of: Any, names: Callable[[], list[Named]]) -> Index:
        """Two who ask at once after a change wait for one index instead of making two."""
        with self._making:
            kept = self._indexes.get(kind)
            if kept is None or kept[0] != made_of:
                kept = self._indexes[kind] = (made_of, Index(names()))
            return kept[1]

    def _picture_names(self) -> list[str]:
        try:
            return sorted(Folder(self.house.root).names(PICTURES))
        except Refused:
            return []
