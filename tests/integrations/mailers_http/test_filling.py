"""Filling a form, and writing it for an engine with braces so that nothing of ours is read as its syntax."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.mailers.base import MailerLimits
from integrations.mailers.filling import encoded, filled, joined, named, unfit, with_braces
from models.customers import AddressKind
from models.letters import Letter, LetterForm
from tests.servers.amazon_ses import rendered
from tests.servers.mailchimp_transactional import merged

PIECE = st.text(st.sampled_from("{}\\ av0c1"), max_size=6) | st.integers(0, 2)


def letter(**fields: Any) -> Letter:
    plain: dict[str, Any] = {"id": "f", "sender": "a@b.example", "subject": ("Чай",), "text": ("Чай",)}
    own = {name: fields.pop(name) for name in ("to", "values", "to_name") if name in fields}
    return Letter(
        1,
        "k",
        own.get("to", "g@tea.example"),
        LetterForm(**(plain | fields)),
        own.get("values", ()),
        own.get("to_name", ""),
    )


@given(st.lists(PIECE, max_size=8), st.tuples(*[st.text(st.sampled_from("{}\\av0c1"), max_size=6)] * 3))
@example(["{", "{", 0, "}}", "\\", 1], ("{{v1}}", "\\", ""))
def test_what_an_engine_with_braces_makes_of_it_is_what_was_written(
    pieces: list[Any], values: tuple[str, str, str]
) -> None:
    """Two braces once and strictly, as Amazon's; three with backslashes and escapes, as Handlebars."""
    form = LetterForm(id="f", sender="a@b.example", subject=tuple(pieces), text=("x",))
    one = Letter(1, "k", "g@tea.example", form, values)
    two, three = with_braces(form, 2), with_braces(form, 3)
    assert rendered(two.subject, two.data(one)) == filled(form.subject, values)
    assert merged(three.subject, three.data(one)) == filled(form.subject, values)


def test_a_form_without_braces_is_written_as_it_is() -> None:
    form = LetterForm(id="f", sender="a@b.example", subject=("Чай, ", 0), text=("a {b} c",))
    assert with_braces(form, 2).subject == "Чай, {{v0}}"
    assert with_braces(form, 2).text == "a {b} c" and with_braces(form, 2).constants == {}


def test_texts_beside_each_other_are_one() -> None:
    assert joined(("a", "b", 0, "", "c", "d", 1, 1)) == ("ab", 0, "cd", 1, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        pytest.param({}, "", id="good"),
        pytest.param({"subject": ("a\nb",)}, "lines", id="subject"),
        pytest.param({"subject": ("a\u2028b",)}, "lines", id="a line break of Unicode"),
        pytest.param({"sender_name": "a\rb"}, "lines", id="sender"),
        pytest.param({"to_name": "a\0b"}, "lines", id="name"),
        pytest.param({"reply_to": "a@b.example\nBcc: c"}, "lines", id="reply"),
        pytest.param({"headers": (("X-A", ("a\r\nb",)),)}, "lines", id="header"),
        pytest.param({"headers": (("X A", ("a",)),)}, "header", id="name of a header"),
        pytest.param({"headers": (("X-Ф", ("a",)),)}, "header", id="name of a header in Russian"),
        pytest.param({"subject": (0,)}, "values", id="too few values"),
        pytest.param({"to": "a b@c.example"}, "address", id="a space in the address"),
        pytest.param({"to": "a@b"}, "address", id="no domain"),
        pytest.param({"to": "я@почта.рф"}, "", id="an address in Russian"),
        pytest.param({"text": (" ",)}, "empty", id="no text"),
        pytest.param({"subject": (" ",)}, "empty", id="no subject"),
        pytest.param({"subject": ("я" * 100,)}, "subject", id="long subject"),
        pytest.param({"text": ("я" * 600,)}, "size", id="too large"),
    ],
)
def test_why_a_letter_cannot_be_sent(fields: dict[str, Any], code: str) -> None:
    reason = unfit(letter(**fields), MailerLimits(letter_bytes_max=1000, subject_max=90))
    assert reason.code == code
    assert bool(str(reason)) == bool(code)


@pytest.mark.parametrize(
    ("to", "fits"), [("+79161234567", True), ("79161234567", True), ("+7916", False), ("a@b.example", False)]
)
def test_a_phone_is_a_phone(to: str, fits: bool) -> None:
    assert (unfit(letter(to=to, subject=()), MailerLimits(), AddressKind.PHONE).code == "") == fits


def test_headers_are_told_where_none_are_taken() -> None:
    told = unfit(letter(headers=(("List-Unsubscribe", ("<https://a.example>",)),)), MailerLimits(headers_allowed=False))
    assert told.code == "headers" and "List-Unsubscribe" in str(told)


@given(st.text(max_size=30))
def test_a_name_never_ends_the_header_it_stands_in(name: str) -> None:
    said = named(name, "g@tea.example")
    assert said.isascii() and not re.search(r"[\r\n]", said)
    assert said.endswith("g@tea.example" if not name else " <g@tea.example>")
    assert said.count("<") <= 1


def test_what_is_not_ascii_is_encoded_in_one_line() -> None:
    assert encoded("plain <https://a.example>") == "plain <https://a.example>"
    assert encoded("чай " * 60).isascii() and "\n" not in encoded("чай " * 60)
