"""Of many who bring something at once one writes for all; each waits for its own, and nobody's trouble is another's."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.web.together import Together


def test_many_at_once_are_written_by_a_few_and_none_twice() -> None:
    written: list[Sequence[int]] = []
    at_the_gate, gate = threading.Barrier(2), threading.Event()

    def write(some: Sequence[int]) -> None:
        if not written:
            at_the_gate.wait(10)
            gate.wait(10)  # whoever comes meanwhile waits for the next turn, together
        written.append(list(some))

    together = Together(write)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(together.add, 0)
        at_the_gate.wait(10)
        others = [pool.submit(together.add, n) for n in range(1, 20)]
        while len(together._waiting) < 19:
            threading.Event().wait(0.001)
        gate.set()
        for one in (first, *others):
            one.result(10)
    assert written[0] == [0] and sorted(written[1]) == list(range(1, 20)) and len(written) == 2


def test_nobody_waits_for_anybody_alone() -> None:
    written: list[Sequence[str]] = []
    together = Together(written.append)
    together.add("one")
    together.add("two")
    assert written == [["one"], ["two"]]


def test_what_cannot_be_written_keeps_out_nobody() -> None:
    written: list[int] = []

    def write(some: Sequence[int]) -> None:
        if 13 in some:
            raise ValueError("not thirteen")
        written.extend(some)

    together = Together(write)
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(together.add, n) for n in range(20)]
    assert sorted(written) == [n for n in range(20) if n != 13]
    with pytest.raises(ValueError, match="not thirteen"):
        done[13].result()


def test_no_more_than_so_many_are_written_at_once() -> None:
    sizes: list[int] = []
    together = Together[int](lambda some: sizes.append(len(some)), most=3)
    with ThreadPoolExecutor(16) as pool:
        for one in [pool.submit(together.add, n) for n in range(200)]:
            one.result(10)
    assert sum(sizes) == 200 and max(sizes) <= 3
