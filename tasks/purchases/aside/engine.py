"""Lays the lines of a table aside: few stay in memory, more go to disk, and are gone when the table is done with.

So what a table takes in memory is one part of it and some bytes a receipt, however long it is. What stands on disk is
people's data: it lies where rehearsals do, no copy takes it along, and what a kill has left is swept a day later.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tasks.purchases.receipts import LINES_AT_ONCE, Shares, bases_of, put_together, share_out, with_base

if TYPE_CHECKING:
    import polars

Part = tuple["polars.DataFrame", "polars.DataFrame"]


class Aside:
    """The lines of one table, put in frame by frame and taken out as parts of whole receipts."""

    def __init__(self, place: Path, at_once: int = 0) -> None:
        self.place, self.at_once = place, at_once or LINES_AT_ONCE
        self.folder: TemporaryDirectory[str] | None = None
        self.frames: list[polars.DataFrame] = []
        self.bases: list[polars.DataFrame] = []
        self.lines, self.amount = 0, 0
        self.shares = Shares([], [])

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        if self.folder:
            self.folder.cleanup()

    def put(self, lines: polars.DataFrame) -> None:
        if lines.is_empty():
            return
        self.lines, self.amount = self.lines + len(lines), self.amount + int(lines["amount"].sum())
        based = with_base(lines)
        self.bases.append(bases_of(based))
        self.frames.append(based)
        if self.folder or self.lines > self.at_once:
            self._write()

    def _write(self) -> None:
        if self.folder is None:
            self.place.mkdir(parents=True, exist_ok=True)
            self.folder = TemporaryDirectory(dir=self.place)
        written = len(self.bases) - len(self.frames)
        for number, frame in enumerate(self.frames, written):
            frame.write_ipc(self._path(number), compression="lz4")
        self.frames.clear()

    def _path(self, number: int) -> Path:
        assert self.folder is not None
        return Path(self.folder.name) / f"{number}.arrow"

    def close(self) -> int:
        """Nothing more comes; returns how many receipts there are."""
        if self.bases:
            self.shares = share_out(self.bases, self.at_once)
            self.bases = []
        return sum(self.shares.receipts)

    def parts(self, behind: int = 0) -> Iterator[tuple[int, Part]]:
        """Receipts and their lines, part by part, as `put_together` has them: which receipt of the table is the first.

        Parts with nothing but the first `behind` receipts are left out.
        """
        first = 0
        for number, receipts in enumerate(self.shares.receipts):
            if first + receipts > behind:
                yield first, put_together(self._part(number))
            first += receipts

    def _part(self, number: int) -> polars.DataFrame:
        import polars as pl

        if self.folder is None:
            return pl.concat(self.frames)
        return pl.concat(
            pl.read_ipc(self._path(place)).join(bases, on="base", how="semi")
            for place, bases in self.shares.frames_of(number)
        )
