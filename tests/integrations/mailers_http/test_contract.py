"""The laws of the port: what every mailer that calls an API does. What it cannot do it says."""

import html
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations.errors import Failure, Refused, Unavailable, Unsupported
from integrations.mailers.filling import filled
from models.delivery import State
from models.letters import Answer, Holds, Letter
from tests.integrations.mailers_http.answers import JSON
from tests.integrations.mailers_http.harness import AT_ONCE, KINDS, Harness
from tests.integrations.mailers_http.test_secrets import let_in

NOW = datetime.now(UTC).replace(microsecond=0)
UNSUBSCRIBE = (
    ("List-Unsubscribe", ("<https://tea.example/u/", 0, ">")),
    ("List-Unsubscribe-Post", ("List-Unsubscribe=One-Click",)),
)
NASTY = (
    "Иван «Чай» O'Нил", '"кавычки" & <b>жирно</b>', "{{v1}} {{{v0}}} {% if x %} *|FNAME|*", "%recipient.v0% 100%",
    "-v0- ${x} [[y]] \\{{z}} }}", "☕🍵👩‍👩‍👧", "back\\slash\\", "}", "{", "{{ UnsubscribeUrl }}", "", "  с краю  ",
    "\\", "{{", "}}", "c0", "v0", "recipient.v0%",
)  # fmt: skip


def plain(harness: Harness, count: int) -> list[Letter]:
    return harness.letters(count)


def states(said: dict[int, Answer]) -> set[State]:
    return {answer.state for answer in said.values()}


# Every letter has exactly one answer, and arrives as it was written.


def test_every_letter_has_exactly_one_answer_and_arrives_once(mailer: Harness) -> None:
    letters = plain(mailer, 60)
    said = mailer.send(letters)
    assert states(said) == {State.SENT}
    assert all(answer.remote_id for answer in said.values())
    assert sorted(mail.to for mail in mailer.inbox()) == sorted(letter.to for letter in letters)


def test_two_letters_to_one_address_both_arrive(mailer: Harness) -> None:
    form = mailer.form()
    letters = [mailer.letter(number, form, f"раз {number}", to=mailer.address(1)) for number in (1, 2, 3)]
    assert states(mailer.send(letters)) == {State.SENT}
    assert sorted(mail.text or mail.html for mail in mailer.inbox()) == sorted(
        filled(form.html if mailer.name == "unisender" else form.text, letter.values) for letter in letters
    )


def test_different_forms_are_not_mixed(mailer: Harness) -> None:
    one, other = mailer.form(), mailer.form(id="autumn", text=("Осень, ", 0), html=())
    letters = [mailer.letter(number, (one, other)[number % 2], f"г{number}") for number in range(1, 9)]
    assert states(mailer.send(letters)) == {State.SENT}
    seen = {mail.to: mail.text + html.unescape(mail.html) for mail in mailer.inbox()}
    assert all(filled(letter.form.text, letter.values)[:5] in seen[letter.to] for letter in letters)


def test_nasty_values_arrive_intact(mailer: Harness) -> None:
    form = mailer.form(
        id="nasty", subject=("{{имя}} ", 0, " 50% *|X|*"),
        text=("{", 0, "}\n{{", 1, "}} \\", 2, " %recipient.v0% {{{v9}}} -v0.0- ", "{", "{x}}", 0),
        html=("<style>@media print{p{color:red}}</style><p>", 0, "</p>{{name}} ", 1, 2, "{</p>")[: 7 * mailer.is_mail],
    )  # fmt: skip
    letters = [
        mailer.letter(number, form, value, NASTY[number % len(NASTY)], NASTY[-number])
        for number, value in enumerate(NASTY, start=1)
    ]
    said = mailer.send(letters)
    assert {number: answer.reason for number, answer in said.items() if answer.state is not State.SENT} == {}
    seen = {mail.to: mail for mail in mailer.inbox()}
    for letter in letters:
        mail = seen[letter.to]
        if mailer.is_mail:
            assert mail.subject == filled(form.subject, letter.values)
            assert html.unescape(mail.html) == html.unescape(filled(form.html, letter.values))
        if mailer.name != "unisender":  # it makes the plain text itself
            assert mail.text == filled(form.text, letter.values)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.data())
def test_any_text_around_any_value_arrives_intact(mailer: Harness, data: st.DataObject) -> None:
    signs = st.text(st.sampled_from("{}\\v0c1% .-*|аЁ☕\"'&<>"), max_size=9)
    part = signs | st.sampled_from(["{{", "}}", "%recipient.v0%", "{{{c0}}}", "-v0-"])
    text = (*data.draw(st.tuples(part, part)), 0, data.draw(part), 1, data.draw(part))
    form = mailer.form(id="any", subject=("я", *text), text=("я", *text), html=("<p>", *text) if mailer.is_mail else ())
    mailer.server.inbox.clear()
    letters = [mailer.letter(number, form, data.draw(part), data.draw(part)) for number in (1, 2)]
    said = mailer.send(letters)
    assert {number: answer.reason for number, answer in said.items() if answer.state is not State.SENT} == {}
    for letter, mail in zip(letters, sorted(mailer.inbox(), key=lambda mail: mail.to), strict=True):
        if mailer.is_mail:
            assert mail.subject == filled(form.subject, letter.values)
        if mailer.name != "unisender":
            assert mail.text == filled(form.text, letter.values)


def test_names_and_the_reply_address_arrive(mailer: Harness) -> None:
    if not mailer.is_mail:
        return
    form = mailer.form(reply_to="ask@seven-cups.example")
    letters = [
        mailer.letter(1, form, "я", to_name="Анна Петровна"),
        mailer.letter(2, form, "я", to_name="O'Neil-Smith Jr."),
    ]
    assert states(mailer.send(letters)) == {State.SENT}
    assert sorted(mail.to_name for mail in mailer.inbox()) == ["O'Neil-Smith Jr.", "Анна Петровна"]
    assert {mail.headers["Reply-To"] for mail in mailer.inbox()} == {"ask@seven-cups.example"}
    assert {mail.sender for mail in mailer.inbox()} == {"shop@seven-cups.example"}


def test_own_headers_arrive_or_are_refused_with_a_reason(mailer: Harness) -> None:
    letters = mailer.letters(3, mailer.form(headers=UNSUBSCRIBE, subject=("Чай",), text=("Чай",), html=()))
    letters = [Letter(each.id, each.key, each.to, each.form, (f"t{each.id}",)) for each in letters]
    said = mailer.send(letters)
    if not mailer.kind.mailer.limits.headers_allowed:
        assert {answer.reason.code for answer in said.values()} == {"headers"}
        assert states(said) == {State.REJECTED} and mailer.requests() == 0
        return
    assert states(said) == {State.SENT}
    for mail in mailer.inbox():
        assert mail.headers["List-Unsubscribe"] == f"<https://tea.example/u/t{int(mail.key[-4:])}>"
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_our_key_goes_along_and_stays_the_same_when_it_is_tried_again(mailer: Harness) -> None:
    letters = plain(mailer, 4)
    mailer.fault("429", times=4)
    first = mailer.send(letters)
    waiting = [letter for letter in letters if first[letter.id].state is State.PLANNED]
    assert waiting
    mailer.server.faults._script.clear()
    assert states(mailer.send(waiting)) == {State.SENT}
    if mailer.kind.keyed:
        assert {mail.to: mail.key for mail in mailer.inbox()} == {letter.to: letter.key for letter in letters}


# What is refused.


def test_one_bad_address_costs_nobody_else_anything(mailer: Harness) -> None:
    letters = plain(mailer, 40)
    mailer.server.bad = {letters[7].to, letters[30].to}
    said = mailer.send(letters)
    assert {id for id, answer in said.items() if answer.state is State.REJECTED} == {8, 31}
    assert len(mailer.inbox()) == 38 and len({mail.to for mail in mailer.inbox()}) == 38
    if mailer.name != "unisender":  # its error for letters has no code of its own for that
        assert said[8].gone and said[31].gone


@pytest.mark.parametrize("place", ["subject", "sender_name", "to_name", "reply_to", "header"])
def test_a_line_break_where_none_may_stand_is_refused_before_anything_is_sent(mailer: Harness, place: str) -> None:
    break_in = "Чай\r\nBcc: all@tea.example"
    fields: dict[str, Any] = {place: break_in} if place in ("sender_name", "reply_to") else {}
    fields |= {"subject": ("Привет ", 0)} if place == "subject" else {}
    fields |= {"headers": (("X-Note", ("a ", 0)),)} if place == "header" else {}
    value = break_in if place in ("subject", "header") else "я"
    letter = mailer.letter(1, mailer.form(**fields), value, to_name=break_in if place == "to_name" else "")
    answer = mailer.send([letter])[1]
    assert answer.state is State.REJECTED and answer.reason.code in ("lines", "headers")
    assert mailer.requests() == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"to": "a@b.example, c@d.example"}, id="two addresses"),
        pytest.param({"to": "nobody"}, id="no address"),
        pytest.param({"to": "a@b.example>\r\nBcc: x@y.example"}, id="an address with more in it"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(mailer: Harness, fields: dict[str, Any]) -> None:
    answer = mailer.send([mailer.letter(1, mailer.form(), "я", **fields)])[1]
    assert answer.state is State.REJECTED and answer.gone and answer.reason.code == "address"
    assert mailer.requests() == 0


def test_half_a_sign_costs_nobody_else_a_letter(mailer: Harness) -> None:
    """A template may say "\\ud83d": no encoding has that, so the letter is refused and the others go."""
    letters = [mailer.letter(1, mailer.form(), "\ud83d"), *mailer.letters(4)[1:]]
    said = mailer.send(letters)
    assert (said[1].state, said[1].reason.code) == (State.REJECTED, "control")
    assert states({number: said[number] for number in (2, 3, 4)}) == {State.SENT}
    broken = mailer.letter(5, mailer.form(text=("\ud83d",)), "я")
    assert mailer.send([broken])[5].state is State.REJECTED


def test_settings_that_no_request_can_hold_cost_no_letter(mailer: Harness) -> None:
    """A key with a Russian letter in it, an address that is none: nothing leaves, so nothing "may have gone out"."""
    fields = mailer.kind.mailer.Settings.model_fields
    keys = {name: "ключ" for name, info in fields.items() if info.annotation is SecretStr or name.endswith("_id")}
    for wrong in (keys | {"list_id": 7}, {"api_url": "https://[x"}):
        wrong = {name: value for name, value in wrong.items() if name in fields}
        with httpx.Client(
            transport=httpx.MockTransport(lambda request: let_in(request) or httpx.Response(401))
        ) as http:
            try:
                said = mailer.send(mailer.letters(2), mailer=mailer.over(http, **wrong))
            except Refused:
                continue
        assert {(each.state, each.holds) for each in said.values()} == {(State.PLANNED, Holds.ACCOUNT)}


def test_too_few_values_are_refused(mailer: Harness) -> None:
    answer = mailer.send([mailer.letter(1, mailer.form())])[1]
    assert (answer.state, answer.reason.code) == (State.REJECTED, "values")


def test_an_empty_letter_is_refused(mailer: Harness) -> None:
    answer = mailer.send([mailer.letter(1, mailer.form(text=(0,), html=()), " ")])[1]
    assert (answer.state, answer.reason.code) == (State.REJECTED, "empty")


def test_a_form_that_is_refused_costs_few_calls_and_no_letter_its_answer(batching: Harness) -> None:
    """As when every single letter would be refused for the same: nobody asks a thousand times."""
    letters = plain(batching, 300)
    answer = {"errors": [{"message": "bad", "field": "content"}], "message": "bad", "status": "error",
              "name": "ValidationError", "code": 1}  # fmt: skip
    calls: list[int] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        calls.append(1)
        return httpx.Response(400, json=answer, headers={"x-amzn-errortype": "BadRequestException"})

    with httpx.Client(transport=httpx.MockTransport(refuse)) as http:
        said = batching.send(letters, mailer=batching.over(http))
    assert states(said) == {State.REJECTED}
    assert len(calls) < 60


# What is not now.


def test_too_many_calls_hold_the_account(mailer: Harness) -> None:
    mailer.fault("429")
    answer = mailer.send(plain(mailer, 1))[1]
    assert (answer.state, answer.holds, answer.reason.code) == (State.PLANNED, Holds.ACCOUNT, "busy")
    assert answer.retry_after
    assert mailer.inbox() == []


def test_who_is_not_let_in_loses_nothing(mailer: Harness) -> None:
    secret = next(name for name in mailer.typed if ("key" in name and name != "key_id") or name == "client_secret")
    mailer_with_wrong_key = mailer.mailer(**{secret: "wrong-key"})
    try:
        said = mailer.send(plain(mailer, 3), mailer=mailer_with_wrong_key)
    except Refused as no:
        assert no.reason.code == "credentials"
    else:
        assert {(answer.state, answer.holds) for answer in said.values()} == {(State.PLANNED, Holds.ACCOUNT)}
        assert {answer.reason.code for answer in said.values()} == {"credentials"}
    assert mailer.inbox() == []
    with pytest.raises(Refused) as caught:
        mailer_with_wrong_key.check()
    assert caught.value.reason.code == "credentials"


def test_where_nobody_answers_everything_is_planned_again(mailer: Harness) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        unreachable = mailer.mailer(api_url=url)
        try:
            said = mailer.send(plain(mailer, 3), mailer=unreachable)
        except Unavailable as nobody:
            assert nobody.reason.code == "unreachable"
        else:
            assert {(answer.state, answer.holds) for answer in said.values()} == {(State.PLANNED, Holds.ACCOUNT)}


def test_what_is_late_is_not_sent_any_more(mailer: Harness) -> None:
    said = mailer.send(plain(mailer, 3), within=timedelta(seconds=-1))
    assert states(said) == {State.PLANNED}
    assert mailer.requests() == 0


# What is not known.


@pytest.mark.parametrize(
    "kind", ["close_after", "close_before", "5xx", "5xx_after", "truncated", "truncated_wire", "html_after", "no_id"]
)
def test_a_lost_answer_is_unknown_and_never_sent_again_by_itself(mailer: Harness, kind: str) -> None:
    if mailer.name == "sendgrid" and kind.startswith("truncated"):
        return  # its yes has no body that could be cut off
    mailer.fault(kind)
    answer = mailer.send(plain(mailer, 1))[1]
    assert (answer.state, answer.remote_id) == (State.UNKNOWN, "")
    assert str(answer.reason)
    assert mailer.requests() == 1


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_an_answer_that_does_not_come_in_time_is_unknown(mailer: Harness, kind: str) -> None:
    mailer.fault(kind, delay_ms=3000)
    assert mailer.send(plain(mailer, 1), within=AT_ONCE)[1].state is State.UNKNOWN


def test_an_error_in_a_good_answer_is_no_yes(mailer: Harness) -> None:
    mailer.fault("ok_with_error")
    answer = mailer.send(plain(mailer, 1))[1]
    assert answer.state in (State.UNKNOWN, State.PLANNED, State.REJECTED)
    assert answer.remote_id == "" and mailer.inbox() == []


def test_a_line_that_is_closed_answers_for_what_was_on_its_way(mailer: Harness) -> None:
    mailer.fault("timeout_after", delay_ms=3000)
    line = mailer.mailer().open()
    letters = plain(mailer, 1)
    line.post(letters, datetime.now(UTC) + timedelta(seconds=20))
    mailer.server.wait_for("accepted")
    (answer,) = line.close()
    assert (answer.id, answer.state) == (1, State.UNKNOWN)
    assert line.room() == 0 and line.answers(timedelta(0)) == []


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.sampled_from([200, 202, 302, 400, 401, 404, 413, 429, 500, 503]), JSON)
def test_no_answer_is_more_than_an_answer_or_a_failure(mailer: Harness, status: int, said: object) -> None:
    """Whatever an API may say one day: each letter has its answer, and nothing else than the four errors comes out."""
    body = json.dumps(said).encode()
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body))) as http:
        provider, letters = mailer.over(http), plain(mailer, 2)
        for ask in (
            lambda: mailer.send(letters, mailer=provider), lambda: provider.find(letters, NOW),
            lambda: provider.pull(""), provider.check,
        ):  # fmt: skip
            try:
                answered = ask()
            except Failure:
                continue
            if isinstance(answered, dict):
                assert set(answered) == {1, 2}


# What it says of itself.


def test_what_a_mailer_cannot_do_it_says(mailer: Harness) -> None:
    able, provider = mailer.kind.mailer.capabilities, mailer.mailer()
    asked = [(able.finds, lambda: provider.find([], NOW)), (able.tells, lambda: provider.told({}, b"{}", NOW)),
             (able.pulls, lambda: provider.pull(""))]  # fmt: skip
    for can, ask in asked:
        if not can:
            with pytest.raises(Unsupported):
                ask()


def test_good_settings_pass_the_check(mailer: Harness) -> None:
    mailer.mailer().check()


def test_every_http_mailer_is_here() -> None:
    assert len(KINDS) == 7
