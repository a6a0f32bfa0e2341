"""Marks: what is signed is read, anything else is not, whatever mail servers and people do to it on the way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.returns import marks
from tasks.returns.marks import Marked, Sent
from tests.tasks.returns.mails import DOMAIN, MARK, others, printed

IDS = st.integers(0, 2**63 - 1)


@given(IDS)
def test_a_mark_says_which_letter_it_is_of(id: int) -> None:
    mark = marks.mark_of(printed, id)
    assert marks.read(printed, mark) == Marked(Sent.LETTER, id)
    assert marks.read(printed, f" {mark.upper()} ") == Marked(Sent.LETTER, id), "mail servers change the case"
    assert re.fullmatch("[a-z0-9]{18,30}", mark), "it stands in links and in addresses as it is"


@given(IDS, IDS)
def test_no_two_letters_have_one_mark(one: int, other: int) -> None:
    assert (marks.mark_of(printed, one) == marks.mark_of(printed, other)) is (one == other)


@given(IDS, st.integers(0, 40), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_letter_makes_a_mark_worthless(id: int, place: int, letter: str) -> None:
    mark = marks.mark_of(printed, id)
    place %= len(mark)
    forged = mark[:place] + letter + mark[place + 1 :]
    assert forged == mark or marks.read(printed, forged) is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "m",
        MARK[:-1],
        MARK[1:],
        MARK + "a",
        MARK * 9,
        "m1" + "a" * 16,
        "x" + MARK[1:],
        MARK.replace("m", "t", 1),
        "m-" + MARK[1:],
        "\x00",
        "м" + MARK[1:],
        MARK + "\n" + MARK,
        marks.mark_of(others, 17),
    ],
)
def test_what_is_forged_cut_or_of_another_house_is_no_mark(forged: str) -> None:
    assert marks.read(printed, forged) is None
    assert marks.read_key(printed, forged) is None


def test_tests_and_previews_are_known_and_never_count() -> None:
    for made, sent in ((marks.test_mark, Sent.TEST), (marks.preview_mark, Sent.PREVIEW)):
        assert marks.read(printed, made(printed, 5, "B")) == Marked(sent, 5, "B")
        assert not Marked(sent, 5, "B").counts
    assert Marked(Sent.LETTER, 5).counts
    with pytest.raises(ValueError):
        marks.test_mark(printed, 5, "АБ")


def test_a_key_stays_that_of_its_letter_however_often_it_is_tried() -> None:
    for generation in (0, 1, 25):
        key = marks.letter_key(MARK, generation)
        assert marks.read_key(printed, key) == Marked(Sent.LETTER, 17)
    assert marks.letter_key(MARK, 1) != marks.letter_key(MARK)


@pytest.mark.parametrize(
    "text",
    [
        f"<{MARK}@{DOMAIN}>",
        f"bounce+{MARK}@{DOMAIN}",
        f"BOUNCE+{MARK.upper()}@{DOMAIN.upper()}",
        f"<https://cups.example/u/{MARK}>, <mailto:out+{MARK}@{DOMAIN}>",
        marks.message_id(marks.letter_key(MARK, 3), DOMAIN),
        f"bounce-{MARK}={DOMAIN}@relay.example",
        marks.envelope_sender(f"bounce@{DOMAIN}", marks.letter_key(MARK, 2)),
        "m" * 400 + " " + MARK,
    ],
)
def test_a_mark_is_found_wherever_it_stands(text: str) -> None:
    assert marks.find(printed, ["", text]) == (MARK, Marked(Sent.LETTER, 17))


def test_whoever_offers_thousands_of_marks_is_not_listened_to() -> None:
    offered = " ".join(f"m{n}{'a' * 16}" for n in range(5000))
    assert marks.find(printed, [offered, MARK]) is None


def test_an_envelope_sender_fits_into_an_address() -> None:
    local = marks.envelope_sender(f"bounce@{DOMAIN}", marks.mark_of(printed, 2**63 - 1)).partition("@")[0]
    assert len(local) <= 64, "RFC 5321, 4.5.3.1.1"


def test_paths_are_of_the_public_pages() -> None:
    made = (marks.link_path(MARK, 3), marks.link_path(MARK, 3, 2), marks.pixel_path(MARK), marks.unsubscribe_path(MARK),
            marks.preferences_path(MARK), marks.web_path(MARK))  # fmt: skip
    assert made == (f"/l/{MARK}/3", f"/l/{MARK}/3.2", f"/o/{MARK}.gif", f"/u/{MARK}", f"/c/{MARK}", f"/v/{MARK}")
