"""A letter for nobody in particular: fallbacks stand for a recipient's values, and no link is one's own. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tasks.composing.compiled import Made
from tasks.composing.expressions import MARK, Applied
from tasks.composing.filling import filled
from tasks.composing.holes import Fill, Hole, Place

NOBODY = "nobody"  # where a recipient's mark would stand
DOTS, DASH = "…", "-"


def impersonal(made: Made, site: str) -> Made:
    """The same form, in which every place has a fallback; an address leads to the site."""
    return replace(made, fills=tuple(_with_fallback(fill, site) for fill in made.fills))


def _with_fallback(fill: Fill, site: str) -> Fill:
    if not isinstance(fill, Hole) or fill.expression.falls_back:
        return fill
    whole = fill.place in (Place.ADDRESS, Place.TEXT_ADDRESS)
    words = site if whole else DASH if fill.place is Place.ADDRESS_PART else DOTS
    default = Applied("default", (words,))
    return replace(fill, expression=replace(fill.expression, filters=(*fill.expression.filters, default)))


def page_of(made: Made, person: Mapping[str, Any]) -> str:
    """The letter's HTML for this person. Raises HeldBack where a place has neither value nor fallback."""
    return filled(made.form.html, made.values(person))


def page_of_nobody(made: Made, site: str, key: str) -> str:
    """The letter as everybody may read it: where one would leave it, one is led to the other letters."""
    html = page_of(impersonal(made, site), {MARK: NOBODY})
    for path, instead in (("u", "/letters"), ("c", "/letters"), ("v", f"/letters/{key}")):
        html = html.replace(f"{site}/{path}/{NOBODY}", f"{site}{instead}")
    return html


def words_of_nobody(made: Made, site: str) -> tuple[str, str]:
    """The subject and the words of the letter, without a link that would be somebody's."""
    fallen = impersonal(made, site)
    values = fallen.values({MARK: NOBODY})
    text = filled(fallen.form.text, values)
    kept = [line for line in text.splitlines() if f"/{NOBODY}" not in line]
    return filled(fallen.form.subject, values), "\n".join(kept).strip()
