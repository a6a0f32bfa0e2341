"""Counted links: where a click leads, whatever comes with it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.mail_document import Button, Prose
from tasks.composing.compiled import Link
from tasks.composing.tracking import destination
from tests.tasks.composing.sample import ANNA, DOORS, SITE, html_of, text_of, variant

LINK = Link(1, "https://7cups.example/{0}/a?n={1}&z=%7Bx%7D#top", "Сюда", "p")


@pytest.mark.parametrize(
    ("given", "comes"),
    [
        (["чай", "a b"], "https://7cups.example/%D1%87%D0%B0%D0%B9/a?n=a%20b&z=%7Bx%7D#top"),
        (["x"], "https://7cups.example/x/a?n=&z=%7Bx%7D#top"),
        ([], "https://7cups.example//a?n=&z=%7Bx%7D#top"),
        (["{1}", "{0}"], "https://7cups.example/%7B1%7D/a?n=%7B0%7D&z=%7Bx%7D#top"),
    ],
)
def test_a_click_leads_where_the_letters_author_wanted(given: list[str], comes: str) -> None:
    assert destination(LINK, given) == comes


@given(st.lists(st.text(max_size=40), max_size=4))
def test_nothing_that_comes_with_a_click_leads_to_another_host(values: list[str]) -> None:
    assert urlsplit(destination(LINK, values)).netloc == "7cups.example"


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip()))
def test_what_a_letter_sends_with_a_click_comes_back_as_it_was(name: str) -> None:
    made = PERSONAL
    html = html_of(made, {**ANNA, "name": name})
    over = html.partition(f'href="{DOORS.link}/aB3-xyz_9/2')[2].partition('"')[0]
    said = parse_qs(over.lstrip("?"), keep_blank_values=True)["v"]
    end = destination(made.links[1], said)
    assert parse_qs(urlsplit(end).query, keep_blank_values=True)["n"] == [name]
    assert over.replace("&amp;", "&") in text_of(made, {**ANNA, "name": name})


PERSONAL = variant(Button(id="go", label="Пойти", link=f"{SITE}/c?n={{{{ name }}}}&z=1#top"))


def test_the_same_page_from_two_places_is_counted_apart() -> None:
    made = variant(
        Prose(id="a", text=f"[раз]({SITE}/x) [два]({SITE}/x)"), Button(id="b", label="раз", link=f"{SITE}/x")
    )
    assert [(link.label, link.block) for link in made.links[1:]] == [("раз", "a"), ("два", "a"), ("раз", "b")]


def test_braces_of_an_address_are_no_places_for_values() -> None:
    made = variant(Button(id="go", label="Пойти", link=f"{SITE}/c?x={{0}}&n={{{{ name }}}}"))
    assert made.links[1].url == f"{SITE}/c?x=%7B0%7D&n={{0}}"
