"""How often Python looks for garbage while much is held that is none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000  # new objects between two looks


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look seldom: thousands of letters that are ready are no cycles, and looking through them costs a third of all."""
    former = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
        gc.unfreeze()
