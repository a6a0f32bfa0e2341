"""A letter as MIME: what is filled in is what is read, and nothing gets out of its place."""

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrations.errors import Refused
from integrations.mailers.mime import FormBytes, assemble, filled
from models.letters import Letter, LetterForm
from tests.depth import examples
from tests.integrations.mailers.forms import FORM, NOW, VALUES, filled_in, letter, read

UNENDING = "x" * 10_000_000


def both(form: LetterForm) -> list[FormBytes]:
    return [FormBytes(form, True), FormBytes(form, False)]


def undotted(data: bytes) -> bytes:
    """What a server makes of DATA (RFC 5321, 4.5.2)."""
    assert data.endswith(b"\r\n.\r\n")
    lines = data.removesuffix(b".\r\n").split(b"\r\n")
    assert b"." not in lines
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


@pytest.mark.parametrize("made", both(FORM), ids=["8bit", "quoted-printable"])
def test_a_letter_is_read_as_it_was_written(made: FormBytes) -> None:
    found = read(assemble(made, letter(7, to_name="Анна Ким"), NOW))
    assert found.subject == "Чай для Анна 🍵"
    assert (found.sender, found.to) == (("Семь чашек", "news@example.org"), ("Анна Ким", "anna7@example.com"))
    assert (found.text, found.html) == (filled_in(FORM.text, VALUES), filled_in(FORM.html, VALUES))
    assert found.whole["Message-ID"] == "<key00000007@example.org>"
    assert found.whole["Date"] == "Sun, 22 Nov 2026 09:05:07 +0000"
    assert found.whole["Reply-To"] == "shop@example.org"
    assert found.whole["List-Unsubscribe"] == "<https://example.org/u/abc-1>"
    assert found.whole["List-Id"] == "Новости <news.example.org>"
    assert found.headers == (
        "From", "Reply-To", "MIME-Version", "Content-Type", "List-Unsubscribe-Post", "List-Id", "To", "Date",
        "Message-ID", "Subject", "List-Unsubscribe",
    )  # fmt: skip


def test_a_letter_without_a_page_is_text_alone() -> None:
    form = LetterForm("short", "news@example.org", ("Short",), ("Hello, ", 0))
    for made in both(form):
        found = read(assemble(made, letter(form=form, values=("Анна",)), NOW))
        assert (found.text, found.html) == ("Hello, Анна\n", None)
        assert found.whole.get_content_type() == "text/plain"


def test_the_message_id_of_a_letter_is_the_same_whenever_it_is_tried() -> None:
    made = FormBytes(FORM, True)
    first, second = (read(assemble(made, letter(), at)).whole for at in (NOW, NOW.replace(hour=20)))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] != second["Date"]


def test_a_key_that_is_no_word_still_makes_one_message_id() -> None:
    made = FormBytes(FORM, True)
    ids = {
        read(assemble(made, Letter(1, key, "a@example.com", FORM, VALUES), NOW)).whole["Message-ID"]
        for key in ("a b", "a>b", "a\r\nBcc: x@example.com", "ключ", "ключ")
    }
    assert len(ids) == 4
    assert all(re.fullmatch(r"<[0-9a-f]{64}@example\.org>", each) for each in ids)


# Nothing gets out of its place.

BREAKS = ["\r", "\n", "\r\n", "\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\t"]
INJECTED = "Bcc: all@example.com"


@pytest.mark.parametrize("made", both(FORM), ids=["8bit", "quoted-printable"])
@pytest.mark.parametrize("breaking", BREAKS)
def test_no_value_makes_a_header(made: FormBytes, breaking: str) -> None:
    nasty = f"Анна{breaking}{INJECTED}"
    for values in ((nasty, *VALUES[1:]), (*VALUES[:2], nasty)):
        with pytest.raises(Refused) as caught:
            assemble(made, letter(values=values), NOW)
        assert caught.value.reason.code in ("control", "header")
        assert INJECTED not in repr(caught.value.reason)
    with pytest.raises(Refused):
        assemble(made, letter(to_name=nasty), NOW)
    with pytest.raises(Refused):
        assemble(made, letter(to=f"anna@example.com{breaking}{INJECTED}"), NOW)


PLACES = [
    pytest.param({"subject": ("a\nb",)}, "subject", id="subject"),
    pytest.param({"sender_name": "a\r\nb"}, "sender's name", id="sender's name"),
    pytest.param({"sender": "a\n@example.org"}, "sender", id="sender"),
    pytest.param({"reply_to": "nobody"}, "replies", id="replies"),
    pytest.param({"text": ("a\x00b",)}, "text", id="text"),
    pytest.param({"html": ("a\x00b",)}, "page", id="page"),
    pytest.param({"headers": (("X-One", ("a\nb",)),)}, "X-One", id="header"),
    pytest.param({"headers": (("X One", ("a",)),)}, "name of a header", id="name of a header"),
    pytest.param({"headers": (("X-One\r\nBcc: b@example.com", ("a",)),)}, "name of a header", id="header in a name"),
    pytest.param({"headers": (("bcc", ("b@example.com",)),)}, "bcc", id="bcc"),
    pytest.param({"headers": (("List-Unsubscribe", ("<https://чай.example/>",)),)}, "List-Unsubscribe", id="address"),
    pytest.param({"subject": (UNENDING,)}, "subject", id="long subject"),
    pytest.param({"sender_name": UNENDING}, "sender's name", id="long name"),
    pytest.param({"headers": (("X-One", (UNENDING,)),)}, "X-One", id="long header"),
    pytest.param({"headers": (("X-One", ("x" * 2000,)),)}, "X-One", id="long word"),
]


@pytest.mark.parametrize(("wrong", "said"), PLACES)
def test_an_unfit_form_is_refused_with_its_place(wrong: dict[str, Any], said: str) -> None:
    usual: dict[str, Any] = {"id": "x", "sender": "news@example.org", "subject": ("s",), "text": ("t",), "html": ("h",)}
    with pytest.raises(Refused) as caught:
        FormBytes(LetterForm(**(usual | wrong)), True)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        pytest.param((UNENDING, "", ""), {}, "subject", id="subject"),
        pytest.param(("", "", UNENDING), {}, "List-Unsubscribe", id="header"),
        pytest.param(VALUES, {"to_name": UNENDING}, "recipient's name", id="name"),
        pytest.param(VALUES, {"to": f"{UNENDING}@example.com"}, "address", id="address"),
        pytest.param(("",), {}, "places", id="too few"),
    ],
)
def test_an_unfit_letter_is_refused_with_its_place(values: tuple[str, ...], more: dict[str, str], said: str) -> None:
    with pytest.raises(Refused) as caught:
        assemble(FormBytes(FORM, True), letter(values=values, **more), NOW)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_letter_of_ten_megabytes_is_only_a_long_letter() -> None:
    form = LetterForm("long", "news@example.org", ("s",), (0,), (0,))
    data = assemble(FormBytes(form, True), letter(form=form, values=(UNENDING,)), NOW)
    assert max(map(len, data.split(b"\r\n"))) <= 76
    assert read(data).text == UNENDING


def test_nobody_breaks_a_letter_apart_by_its_boundary() -> None:
    boundary = FormBytes(FORM, True).boundary.decode()
    values = (
        f"\n--{boundary}--\n\nContent-Type: text/html\n\n<b>mine</b>".replace("\n", " "),
        f"\r\n--{boundary}",
        "x",
    )
    for made in both(FORM):
        found = read(assemble(made, letter(values=values), NOW))
        assert (found.text, found.html) == (filled_in(FORM.text, values), filled_in(FORM.html, values))


# Laws, whatever the values.

ODD = st.sampled_from([
    "", ".", "..", ". ", " ", "  ", "=", "=?", "?=", "=?utf-8?B?0Jw=?=", "=20", "--", "From ", ",", '"', "<", ">", "\\",
    "(", ";", "@", "\u00a0", "\u200d", "🍵", "👩‍👩‍👧", "e\u0301", "я" * 80, "x" * 950, "a b " * 70, "\ufeff", "%", "%b",
    "{0}", "<p>", '<a href="', '">', "</p> <p>", "<!-- ", " -->", "<pre>", "</pre>",
])  # fmt: skip
BREAK = st.sampled_from(
    ["\n", "\r\n", "\r", "\n.", "\n.\n", "\r\n.\r\n", ".\r\n", "\t", "=\r\n", " \n", "\n\n", "\u2028"]
)
NEVER = st.sampled_from(["\x00", "\x1b", "\ud800", "\x85", "\x0c"])
LETTERS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
WORDS = st.lists(ODD | LETTERS, max_size=5).map("".join)
TEXT = st.lists(ODD | LETTERS | BREAK, max_size=6).map("".join)
ANY = st.lists(ODD | BREAK | NEVER, max_size=3).map("".join)
HEAD = st.lists(WORDS | st.integers(0, 1), max_size=5).map(tuple)
BODY = st.lists(TEXT | st.integers(0, 3), max_size=8).map(tuple)
FORMS = st.builds(
    LetterForm, id=st.just("any"), sender=st.just("news@example.org"), subject=HEAD, text=BODY, html=BODY,
    sender_name=WORDS, headers=HEAD.map(lambda p: (("X-Any", p),)),
)  # fmt: skip
FILLS = st.tuples(WORDS, WORDS, TEXT, TEXT) | st.tuples(WORDS, ANY, ANY, TEXT)


@settings(max_examples=examples(120, 1000), deadline=None)
@given(FORMS, FILLS, WORDS, st.booleans())
@example(
    LetterForm("e", "news@example.org", (0,), (0, ".x"), (0, "."), headers=(("X-Any", ("x",)),)),
    ("", "", "", ""),
    "",
    True,
)
def test_whatever_is_filled_in_is_read_exactly(
    form: LetterForm, values: tuple[str, ...], name: str, eight_bit: bool
) -> None:
    try:
        made = FormBytes(form, eight_bit)
        one = filled(made, Letter(1, "k", "anna@example.com", form, values, name), NOW)
    except Refused as no:
        assert no.reason.code in ("control", "too_long", "header")
        return
    data = one.whole()
    assert undotted(one.on_wire()) == data
    assert "\r" not in data.decode().replace("\r\n", "") and "\n" not in data.decode().replace("\r\n", "")
    most = 998 if one.made.eight_bit else 76
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= most
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998
    found = read(data)
    assert set(found.headers) <= OURS
    assert len(set(found.headers)) == len(found.headers)
    assert found.subject == filled_in(form.subject, values)
    assert found.to == (" ".join(name.split()), "anna@example.com")
    assert found.sender == (" ".join(form.sender_name.split()), form.sender)
    assert " ".join(found.whole["X-Any"].split()) == " ".join(filled_in(form.headers[0][1], values).split())
    text, html = filled_in(form.text, values), filled_in(form.html, values)
    if form.text and form.html:
        assert found.text == text
        assert broken_anyhow(found.html or "") == broken_anyhow(html)
    else:
        assert found.text == (f"{text}\n" if form.text or not form.html else None)
        assert broken_anyhow(found.html or "") == broken_anyhow(f"{html}\n" if form.html else "")


OURS = {
    "From", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "To", "Date", "Message-ID", "Subject", "X-Any",
}  # fmt: skip


def broken_anyhow(html: str) -> str:
    return re.sub(r"[ \t\n]+", " ", html)
