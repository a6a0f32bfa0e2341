"""Writing together: of many who bring something at once one writes for all, and each waits until its own is written.

A transaction for each of a service's thousand notices a minute would keep the letters themselves waiting. Alone, nobody
waits for anybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
AT_ONCE_MOST = 200


@dataclass
class _Brought(Generic[T]):
    what: T
    is_written: bool = False
    error: Exception | None = None


class Together(Generic[T]):
    """`write` writes down several at once, all or none."""

    def __init__(self, write: Callable[[Sequence[T]], object], most: int = AT_ONCE_MOST) -> None:
        self.write, self.most = write, most
        self._waiting: list[_Brought[T]] = []
        self._door, self._turn = Lock(), Lock()

    def add(self, what: T) -> None:
        """Returns when it is written; raises what its writing raised."""
        mine = _Brought(what)
        with self._door:
            self._waiting.append(mine)
        while not mine.is_written:
            with self._turn:
                if not mine.is_written:
                    self._write_some()
        if mine.error is not None:
            raise mine.error

    def _write_some(self) -> None:
        with self._door:
            some, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
        try:
            self._write(some)
        except Exception:
            for one in some:  # what cannot be written does not keep out the others
                try:
                    self._write([one])
                except Exception as error:
                    one.error, one.is_written = error, True

    def _write(self, some: Sequence[_Brought[T]]) -> None:
        self.write([one.what for one in some])
        for one in some:
            one.is_written = True
