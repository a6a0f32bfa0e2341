"""The line over batch calls: who goes together, how many are on their way, and that each letter has its answer."""

import socket
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import OutcomeUnknown, Refused, Unavailable, Unsupported
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.batches import Batches, Packing, Unfit, answered, complete
from integrations.mailers.filling import weight
from integrations.mailers.sendgrid import SendGrid
from integrations.wire import Wire
from integrations.wire import client as wire_client
from models.delivery import State
from models.letters import Answer, Holds, Letter, LetterForm
from models.reason import because
from tests.integrations.mailers_http.harness import TRUST

FORMS = [
    LetterForm(id=str(number), sender="a@b.example", subject=("я",), text=(f"{number} ", 0)) for number in range(3)
]
NO = because("no", code="no")
SOON = timedelta(seconds=20)


def letter(id: int, form: int = 0, to: str = "") -> Letter:
    return Letter(id, f"k{id}", to or f"g{id}@tea.example", FORMS[form], (f"v{id}",))


def line(
    take: Callable[[Sequence[Letter]], list[Answer]], per_call: int = 10, connections: int = 2, **more: Any
) -> Batches:
    limits, able = MailerLimits(recipients_per_call=per_call), MailerCapabilities(connections=connections)
    return Batches(take, limits, able, **more)


def yes(letters: Sequence[Letter]) -> list[Answer]:
    return [Answer(each.id, State.SENT, f"r{each.id}") for each in letters]


def until() -> datetime:
    return datetime.now(UTC) + SOON


def all_of(batches: Batches, letters: Sequence[Letter]) -> dict[int, Answer]:
    waiting, said = list(letters), dict[int, Answer]()
    while len(said) < len(letters):
        room = batches.room()
        batches.post(waiting[:room], until())
        waiting = waiting[room:]
        for answer in batches.answers(SOON):
            assert answer.id not in said
            said[answer.id] = answer
    return said


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.booleans()), max_size=40),
    st.integers(1, 7), st.integers(400, 3000),
)  # fmt: skip
def test_who_goes_together(drawn: list[tuple[int, int, bool]], per_call: int, bytes_max: int) -> None:
    """Every letter in one call of its form, each address once, no more than fit, and who goes alone is alone."""
    letters = [letter(id, form, f"G{to}@tea.example") for id, (form, to, _) in enumerate(drawn)]
    lonely = {id for id, (_, _, alone) in enumerate(drawn) if alone}
    calls = list(Packing(per_call, bytes_max, lambda each: each.id in lonely).packed(letters))
    assert Counter(each.id for call in calls for each in call) == Counter(each.id for each in letters)
    for call in calls:
        assert len({each.form.id for each in call}) == 1 and len({each.to.casefold() for each in call}) == len(call)
        assert len(call) <= per_call
        assert len(call) == 1 or (sum(map(weight, call)) <= bytes_max and not lonely & {each.id for each in call})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 120), st.integers(1, 9), st.integers(1, 4), st.sets(st.integers(0, 119)))
def test_every_letter_has_one_answer(count: int, per_call: int, connections: int, bad: set[int]) -> None:
    def take(letters: Sequence[Letter]) -> list[Answer]:
        if any(each.id in bad for each in letters):
            raise Unfit(NO, of_letter=True)
        return yes(letters)

    said = all_of(line(take, per_call, connections), [letter(id, id % 3) for id in range(count)])
    assert said.keys() == set(range(count))
    assert {id for id, answer in said.items() if answer.state is State.REJECTED} <= bad
    assert {id for id, answer in said.items() if answer.state is State.SENT} <= set(range(count)) - bad


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({0, 8}, id="far apart"),
        pytest.param({0, 1, 2}, id="side by side"),
        pytest.param({3, 15}, id="late"),
        pytest.param(set(range(12)), id="most"),
    ],
)
def test_bad_letters_among_good_ones_say_nothing_of_the_others(bad: set[int]) -> None:
    """What a provider refuses for the same words again may be the form; not where others of it were taken."""

    def take(letters: Sequence[Letter]) -> list[Answer]:
        if any(each.id in bad for each in letters):
            raise Unfit(NO)
        return yes(letters)

    batches = line(take, 16, 1)
    batches.post([letter(id) for id in range(16)], until())
    said = dict[int, State]()
    while len(said) < 16:
        said |= {answer.id: answer.state for answer in batches.answers(SOON)}
    assert {id for id, state in said.items() if state is State.REJECTED} == bad
    assert {id for id, state in said.items() if state is State.SENT} == set(range(16)) - bad


def test_a_form_that_is_refused_is_refused_for_all_its_letters_by_a_few_calls() -> None:
    calls = list[int]()

    def take(letters: Sequence[Letter]) -> list[Answer]:
        calls.append(len(letters))
        raise Unfit(NO)

    batches = line(take, 1000, 1)
    batches.post([letter(id) for id in range(1000)], until())
    said = list[Answer]()
    while len(said) < 1000:
        said += batches.answers(SOON)
    assert {answer.state for answer in said} == {State.REJECTED} and len(calls) < 10


def test_a_hundred_bad_letters_in_a_thousand_are_all_found_in_the_end() -> None:
    bad = set(range(0, 1000, 10))

    def take(letters: Sequence[Letter]) -> list[Answer]:
        if any(each.id in bad for each in letters):
            raise Unfit(NO, of_letter=True)
        return yes(letters)

    waiting, rejected, sent = [letter(id) for id in range(1000)], set[int](), set[int]()
    for _ in range(40):
        said = all_of(line(take, 1000, 1), waiting)
        rejected |= {id for id, answer in said.items() if answer.state is State.REJECTED}
        sent |= {id for id, answer in said.items() if answer.state is State.SENT}
        waiting = [each for each in waiting if said[each.id].state is State.PLANNED]
    assert (rejected, sent, waiting) == (bad, set(range(1000)) - bad, [])


def test_the_window_never_holds_more_than_the_calls_do() -> None:
    """Where each letter needs a call of its own, no more are taken than there are connections."""
    lock, most, now_flying = Lock(), [0], [0]

    def take(letters: Sequence[Letter]) -> list[Answer]:
        assert len(letters) == 1
        with lock:
            now_flying[0] += 1
            most[0] = max(most[0], now_flying[0])
        with lock:
            now_flying[0] -= 1
        return yes(letters)

    alone = line(take, 1000, 3, packing=Packing(1000, alone=lambda each: True))
    assert alone.room() == 3
    alone.post([letter(id) for id in range(3)], until())
    assert alone.room() <= 3
    all_of(alone, [letter(id) for id in range(10, 40)])
    assert most[0] <= 3 and alone.room() == 3


def test_the_window_grows_to_calls_times_letters_in_a_call() -> None:
    batches = line(yes, 50, 4)
    all_of(batches, [letter(id) for id in range(1000)])
    assert batches.room() == 200


def test_calls_are_made_at_once() -> None:
    meeting = Barrier(3, timeout=10)

    def take(letters: Sequence[Letter]) -> list[Answer]:
        meeting.wait()
        return yes(letters)

    batches = line(take, 1, 3)
    batches.post([letter(id) for id in range(3)], until())
    found: list[Answer] = []
    while len(found) < 3:
        found += batches.answers(SOON)
    assert {answer.state for answer in found} == {State.SENT}


def test_closing_tells_what_had_begun_from_what_had_not() -> None:
    begun, go_on = Event(), Event()

    def take(letters: Sequence[Letter]) -> list[Answer]:
        begun.set()
        go_on.wait(10)
        return yes(letters)

    batches = line(take, 1, 1)
    batches.post([letter(1)], until())
    batches.post([letter(2)], until())
    assert begun.wait(10)
    said = {answer.id: answer.state for answer in batches.close()}
    go_on.set()
    assert said == {1: State.UNKNOWN, 2: State.PLANNED}
    assert batches.answers(timedelta(0)) == [] and batches.room() == 0
    batches.post([letter(3)], until())
    assert [answer.state for answer in batches.answers(timedelta(0))] == [State.PLANNED]


def test_not_a_byte_leaves_after_it_was_closed() -> None:
    """A letter of 20 MB that is on its way to somebody who drinks slowly: the rest of it stays here."""
    with socket.create_server(("127.0.0.1", 0)) as listening, wire_client(transport=Wire(trust=TRUST)) as http:
        settings = {"api_key": "k", "api_url": f"http://127.0.0.1:{listening.getsockname()[1]}"}
        batches = SendGrid(SendGrid.Settings(**settings), http).open()
        large = LetterForm(id="l", sender="a@b.example", subject=("я",), text=("x" * 20_000_000,))
        batches.post([Letter(1, "k", "g@tea.example", large)], until())
        drinking, _ = listening.accept()
        with drinking:
            got = len(drinking.recv(1000))
            (answer,) = batches.close()
            with suppress(ConnectionError):
                while data := drinking.recv(1_000_000):
                    got += len(data)
    assert answer.state is State.UNKNOWN
    assert got < 20_000_000


def test_nothing_in_flight_waits_for_nobody() -> None:
    assert line(yes).answers(timedelta(days=1)) == []


def test_a_fault_of_ours_costs_no_answer() -> None:
    def take(letters: Sequence[Letter]) -> list[Answer]:
        raise ZeroDivisionError

    said = all_of(line(take), [letter(1), letter(2)])
    assert {answer.state for answer in said.values()} == {State.UNKNOWN}


def test_a_letter_of_which_nothing_was_said_is_unknown() -> None:
    batches, said = line(lambda letters: yes(letters)[1:]), list[Answer]()
    batches.post([letter(1), letter(2), letter(3)], until())
    while len(said) < 3:
        said += batches.answers(SOON)
    assert {answer.id: answer.state for answer in said} == {1: State.UNKNOWN, 2: State.SENT, 3: State.SENT}


def test_strangers_and_repeated_answers_are_left_out() -> None:
    twice = [Answer(1, State.SENT), Answer(1, State.REJECTED), Answer(99, State.SENT)]
    assert complete([letter(1)], twice) == [Answer(1, State.SENT)]


@pytest.mark.parametrize(
    ("failure", "state", "holds"),
    [
        pytest.param(Unavailable(NO, timedelta(seconds=7)), State.PLANNED, Holds.ACCOUNT, id="not now"),
        pytest.param(Refused(NO), State.PLANNED, Holds.ACCOUNT, id="the account"),
        pytest.param(OutcomeUnknown(NO), State.UNKNOWN, Holds.LETTER, id="don't know"),
        pytest.param(Unsupported(NO), State.REJECTED, Holds.LETTER, id="cannot"),
    ],
)
def test_what_a_failure_means_for_a_letter(failure: Any, state: State, holds: Holds) -> None:
    answer = answered(letter(1), failure)
    assert (answer.state, answer.holds, answer.reason) == (state, holds, NO)
    assert answer.retry_after == getattr(failure, "retry_after", None)
