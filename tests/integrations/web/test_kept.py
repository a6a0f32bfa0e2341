"""What goes through the door with whoever was signed out: all that was typed, and no bare press of a button."""

import re
from pathlib import Path

import pytest
from starlette.datastructures import FormData

from integrations import web
from integrations.web.kept import is_pressed, kept_of

FILLED_BY_THE_PAGE = re.compile(
    r'<button[^>]*\bname="([^"]+)"|<input(?=[^>]*type="(?:hidden|checkbox|radio)")[^>]*\bname="([^"]+)"'
)
OF_THE_DOOR = ("csrf", "kept-to", "kept:")


@pytest.mark.parametrize(
    ("fields", "typed"),
    [
        pytest.param({"amount": "4500", "date": "2026-11-20"}, ["4500"], id="a number"),
        pytest.param({"why": "rain", "next": "/staff"}, ["rain"], id="one word"),
        pytest.param({"text": "дождь"}, ["дождь"], id="a word of ours"),
    ],
)
def test_whatever_was_typed_is_kept(fields: dict[str, str], typed: list[str]) -> None:
    kept = kept_of("/staff/x", FormData(fields))
    assert kept is not None and kept.readable == typed and dict(kept.fields) == fields


def test_with_nothing_typed_nothing_is_kept() -> None:
    pressed = {"do": "approve:7", "seen": "f" * 64, "why": " ", "once": "a", "version-7": "h", "date": "2026-12-01"}
    assert kept_of("/staff/x", FormData(pressed)) is None


def test_what_a_page_fills_in_by_itself_is_known() -> None:
    pages = set(Path(web.__file__).parent.glob("templates/*.html"))
    pages -= {page for page in pages if page.name == "invited.html"}  # a guest has no door to come back through
    found = {name for page in pages for names in FILLED_BY_THE_PAGE.findall(page.read_text()) for name in names if name}
    named = {name.replace("{{", "\n").split("\n")[0] for name in found} - {""}
    assert len(named) > 20
    assert {name for name in named if not is_pressed(name) and not name.startswith(OF_THE_DOOR)} == set()
