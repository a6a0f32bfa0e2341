"""The laws of the port: what every mailer does. What it cannot do it says, and then it is not asked for."""

import logging
import traceback
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.errors import Failure, Refused, Unavailable, Unsupported
from models.customers import AddressKind
from models.delivery import State
from models.letters import Answer, LetterForm
from models.locale import catalogue
from tests.integrations.mailers.forms import FORM, VALUES, filled_in
from tests.integrations.mailers.harness import SHORT, Harness, Trouble
from tests.integrations.mailers.posting import gathered

SOON = timedelta(seconds=0.6)
EXPECTED = {
    Trouble.REFUSED: State.REJECTED,
    Trouble.GONE: State.REJECTED,
    Trouble.LATER: State.PLANNED,
    Trouble.BROKEN: State.PLANNED,
    Trouble.LOST: State.UNKNOWN,
    Trouble.SILENT: State.UNKNOWN,
}
NASTY = [
    ("Анна Ким 🍵", "https://example.org/?a=1&b=2", "abc-1"),
    (".", "..", "a"),
    ("", " ", "a"),
    ("a" * 300, "b" * 3000, "c" * 200),
    ("=?utf-8?B?0Jw=?=", "--=_boundary--", "%s{0}"),
    ("&lt;b&gt;", "'\"\\", "x=y;z"),
    ("Анна\u00a0Ким", "tab\tand\nlines\r\n.\r\nmore", "a"),
]


def met(mailer: Harness, trouble: Trouble, within: timedelta = timedelta(seconds=20)) -> Answer:
    mailer.troubles[trouble]()
    [answer] = mailer.answers([mailer.letter(1)], within)
    return answer


# What is accepted.


def test_every_letter_gets_exactly_one_answer(mailer: Harness) -> None:
    letters = [mailer.letter(number) for number in range(1, 31)]
    answers = mailer.answers(letters)
    assert {each.state for each in answers} == {State.SENT}
    assert all(each.remote_id for each in answers)
    assert sorted(each.to for each in mailer.arrived()) == sorted(each.to for each in letters)


@pytest.mark.parametrize("values", NASTY)
def test_what_is_filled_in_arrives_intact(mailer: Harness, values: tuple[str, ...]) -> None:
    form = SHORT if mailer.able.kind is not AddressKind.EMAIL else FORM
    [answer] = mailer.answers([mailer.letter(1, values)])
    assert answer.state is State.SENT
    [found] = mailer.arrived()
    assert found.text.rstrip("\n") == filled_in(form.text, values).rstrip("\n")
    if mailer.able.kind is AddressKind.EMAIL:
        assert found.html.rstrip("\n") == filled_in(form.html, values).rstrip("\n")
        assert found.subject == filled_in(form.subject, values)


def test_headers_of_the_form_arrive(mailer: Harness) -> None:
    if not mailer.mailer().limits.headers_allowed or mailer.able.kind is not AddressKind.EMAIL:
        return
    mailer.answers([mailer.letter(1)])
    [found] = mailer.arrived()
    assert found.headers["list-unsubscribe"] == "<https://example.org/u/abc-1>"
    assert found.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert found.headers["reply-to"] == "shop@example.org"


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\r", "\x00"])
def test_no_value_becomes_a_header(mailer: Harness, breaking: str) -> None:
    if mailer.able.kind is not AddressKind.EMAIL:
        return
    values = (f"Анна{breaking}Bcc: all@example.com", *VALUES[1:])
    [answer] = mailer.answers([mailer.letter(1, values)])
    assert answer.state is State.REJECTED
    assert mailer.arrived() == [] and mailer.touched() == 0


def test_one_unfit_letter_spoils_no_other(mailer: Harness) -> None:
    letters = [mailer.letter(1), mailer.letter(2, to_name="x" * 100_000), mailer.letter(3)]
    states = [each.state for each in mailer.answers(letters)]
    assert (states[0], states[2]) == (State.SENT, State.SENT)


def test_a_letter_with_too_few_values_is_refused(mailer: Harness) -> None:
    [answer] = mailer.answers([mailer.letter(1, ("Анна",))])
    assert answer.state is State.REJECTED and mailer.arrived() == []


def test_the_key_of_a_letter_is_the_same_whenever_it_is_tried(mailer: Harness) -> None:
    for _ in range(2):
        mailer.answers([mailer.letter(1)])
    keys = {each.key for each in mailer.arrived()}
    assert len(keys) == 1
    assert len(mailer.arrived()) == (1 if mailer.able.key_valid_for else 2)
    mailer.answers([mailer.letter(2)])
    assert len({each.key for each in mailer.arrived()}) == 2


def test_two_forms_over_one_line_are_not_confused(mailer: Harness) -> None:
    usual = mailer.letter(1)
    other = LetterForm("other", usual.form.sender, ("Другое",), ("Совсем другое",))
    line = mailer.mailer().open()
    gathered(line, [usual, mailer.letter(2)])
    found = gathered(line, [type(usual)(3, "key3", usual.to, other)])
    line.close()
    assert found[3].state is State.SENT
    assert sum("Совсем другое" in each.text for each in mailer.arrived()) == 1


# What is answered.


@pytest.mark.parametrize("trouble", Trouble)
def test_an_answer_says_what_is_true(mailer: Harness, trouble: Trouble) -> None:
    if trouble not in mailer.troubles:
        return
    answer = met(mailer, trouble, SOON if trouble is Trouble.SILENT else timedelta(seconds=20))
    assert answer.state is EXPECTED[trouble]
    assert answer.gone == (trouble is Trouble.GONE)
    assert (answer.retry_after is not None) == (answer.state is State.PLANNED)
    assert answer.reason and answer.reason.text in catalogue("ru")
    assert len(mailer.arrived()) == (trouble is Trouble.LOST)


@pytest.mark.parametrize("trouble", Trouble)
def test_a_trouble_of_one_letter_is_not_the_next_ones(mailer: Harness, trouble: Trouble) -> None:
    if trouble not in mailer.troubles or trouble is Trouble.BROKEN:
        return
    mailer.troubles[trouble]()
    within = SOON if trouble is Trouble.SILENT else timedelta(seconds=20)
    line = mailer.mailer().open()
    first = gathered(line, [mailer.letter(1)], within)
    second = gathered(line, [mailer.letter(2)])
    line.close()
    assert (first[1].state, second[2].state) == (EXPECTED[trouble], State.SENT)


def test_nothing_is_sent_after_its_time(mailer: Harness) -> None:
    [answer] = mailer.answers([mailer.letter(1)], timedelta(seconds=-1))
    assert answer.state is State.PLANNED and answer.retry_after
    assert mailer.touched() == 0 and mailer.arrived() == []


def test_closing_answers_everything_that_was_in_flight(mailer: Harness) -> None:
    line = mailer.mailer().open()
    letters = [mailer.letter(number) for number in range(1, 1 + min(line.room(), 3))]
    line.post(letters, datetime.now(UTC) + timedelta(seconds=20))
    found = {each.id: each.state for each in line.close()}
    assert found.keys() == {each.id for each in letters}
    assert set(found.values()) <= {State.SENT, State.PLANNED, State.UNKNOWN}
    assert line.room() == 0 and line.close() == [] and line.answers(timedelta(seconds=1)) == []


def test_more_than_there_is_room_for_is_not_lost(mailer: Harness) -> None:
    line = mailer.mailer().open()
    letters = [mailer.letter(number) for number in range(1, line.room() + 3)]
    line.post(letters, datetime.now(UTC) + timedelta(seconds=20))
    found: dict[int, State] = {}
    while len(found) < len(letters):
        found |= {each.id: each.state for each in line.answers(timedelta(seconds=5))}
    assert set(found.values()) == {State.SENT, State.PLANNED}
    assert line.close() == []


def test_an_open_line_has_room_and_nothing_to_say(mailer: Harness) -> None:
    line = mailer.mailer().open()
    assert line.room() > 0 and line.answers(timedelta(seconds=30)) == []
    assert line.close() == []


def test_who_cannot_be_reached_is_not_now_or_refused(mailer: Harness) -> None:
    lost = mailer.mailer(**mailer.unreachable)
    for ask in (lost.open, lost.check):
        with pytest.raises((Unavailable, Refused)):
            ask()


# Looking.


def test_what_a_mailer_cannot_do_is_unsupported(mailer: Harness) -> None:
    made, now = mailer.mailer(), datetime.now(UTC)
    asked: list[tuple[bool, Any]] = [
        (made.capabilities.finds, lambda: made.find([mailer.letter(1)], now)),
        (made.capabilities.pulls, lambda: made.pull("")),
        (made.capabilities.tells, lambda: made.told({}, b"", now)),
    ]
    for able, ask in asked:
        if not able:
            with pytest.raises(Unsupported):
                ask()


def test_a_look_finds_only_what_is_proven(mailer: Harness) -> None:
    if not mailer.able.finds:
        return
    mailer.answers([mailer.letter(1)])
    found = {
        each.id: each.state for each in mailer.mailer().find([mailer.letter(1), mailer.letter(2)], datetime.now(UTC))
    }
    assert found[1] is State.SENT
    assert found.get(2, State.PLANNED) is State.PLANNED


def test_a_false_webhook_is_refused(mailer: Harness) -> None:
    if mailer.able.tells:
        for body in (b"", b"{}", b"\xff", b"[]", b"null"):
            with pytest.raises(Failure):
                mailer.mailer().told({}, body, datetime.now(UTC))


def test_settings_that_work_pass_the_check(mailer: Harness) -> None:
    mailer.mailer().check()
    assert mailer.arrived() == [] and mailer.touched() == 0


def test_dead_credentials_do_not_pass_the_check(mailer: Harness) -> None:
    for secret in mailer.secrets:
        for ask in (mailer.mailer(**{secret: "dead-word"}).check, mailer.mailer(**{secret: "dead-word"}).open):
            with pytest.raises(Refused) as caught:
                ask()
            assert "dead-word" not in repr(caught.value.reason) + str(caught.value)


# What is told to nobody.


@pytest.mark.parametrize("trouble", [*Trouble, None])
def test_no_secret_and_no_address_is_anywhere(
    mailer: Harness, trouble: Trouble | None, caplog: pytest.LogCaptureFixture
) -> None:
    if trouble and trouble not in mailer.troubles:
        return
    caplog.set_level(logging.DEBUG)
    try:
        if trouble:
            mailer.troubles[trouble]()
        made, told = mailer.mailer(), list[str]()
        line = made.open()
        letters = [mailer.letter(1, to_name="Анна Ким"), mailer.letter(2, ("a\nb", "c", "d"))]
        for one in letters[: max(1, min(line.room(), 2))]:
            line.post([one], datetime.now(UTC) + SOON)
            told += [repr(vars(line)) if hasattr(line, "__dict__") else "", repr(line)]
        told += [repr(each) + str(each.reason) for each in gathered_rest(line, letters)]
        told += [repr(made), repr(made.Settings(**mailer.typed))]
        try:
            mailer.mailer(**mailer.unreachable).open().close()
        except Failure as failure:
            told.append("".join(traceback.format_exception(failure)))
    finally:
        caplog.set_level(logging.NOTSET)
    shown = [*told, caplog.text]
    hidden = [*mailer.secrets.values(), letters[0].to, "Анна Ким", letters[1].to]
    assert not [word for word in hidden for text in shown if word in text]


def gathered_rest(line: Any, letters: list[Any]) -> list[Answer]:
    found: list[Answer] = []
    while more := line.answers(timedelta(seconds=2)):
        found += more
    return found + list(line.close())


def test_wrong_settings_do_not_repeat_what_was_typed(mailer: Harness) -> None:
    settings = mailer.mailer().Settings
    with pytest.raises(ValueError) as caught:
        settings(**(mailer.typed | {"unheard_of": "1"}))
    assert not [secret for secret in mailer.secrets.values() if secret in str(caught.value) + repr(caught.value)]


def test_making_a_mailer_calls_nobody(mailer: Harness) -> None:
    with suppress(Failure):
        mailer.mailer(**mailer.unreachable)
    mailer.mailer()
    assert mailer.touched() == 0
