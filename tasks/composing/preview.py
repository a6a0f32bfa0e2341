"""A letter looked at and tried before anybody gets it: nothing in it is counted, no coupon can be redeemed. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.letters import LetterForm
from models.locale import mark, translate
from tasks.codes.reading import TEST_CODE
from tasks.composing.compiled import Made, Variant
from tasks.composing.expressions import MARK
from tasks.composing.filling import filled

TEST = mark("TEST")
# Marks of nobody: whoever follows a link of them is shown the page, and nothing is written down.
PREVIEW_MARK, TEST_MARK = "preview", "test"
NO_CODE = TEST_CODE  # no till takes it
COUPON = "coupon"


def preview(variant: Variant, person: Mapping[str, Any]) -> str:
    """The HTML as this person would get it, for a frame: links lead straight there, in a window of their own."""
    html = filled(variant.direct.form.html, variant.direct.values({**person, MARK: PREVIEW_MARK}))
    return html.replace("<head>", '<head><base target="_blank">', 1)


def preview_text(variant: Variant, person: Mapping[str, Any]) -> str:
    return filled(variant.direct.form.text, variant.direct.values({**person, MARK: PREVIEW_MARK}))


def trial(variant: Variant) -> Made:
    """The form of a letter to colleagues: its subject says that it is a test, its links are not counted."""
    form: LetterForm = variant.direct.form
    subject = (f"{translate(TEST)}: ", *form.subject)
    return replace(variant.direct, form=replace(form, id=f"{form.id}-test", subject=subject))


def trial_person(person: Mapping[str, Any]) -> dict[str, Any]:
    """The person with whose values a test is filled: a mark of nobody, and a coupon that no till takes."""
    return {**person, MARK: TEST_MARK, COUPON: _without_code(person.get(COUPON))}


def _without_code(coupon: Any) -> Any:
    """The code replaced wherever it stands, in the address of its picture too."""
    if not isinstance(coupon, Mapping):
        return coupon
    code = str(coupon.get("code") or "")
    return {
        name: NO_CODE if name == "code" else value.replace(code, NO_CODE) if isinstance(value, str) and code else value
        for name, value in coupon.items()
    }
