"""A code as a cashier or a client types it: understood, or told what is wrong before anything is looked up. Pure."""

from dataclasses import dataclass, field

from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.codes.folding import LONGEST_TYPED, behind_ean, fold, spellings, strange
from tasks.codes.shapes import Forms, Shape

SHOWN = 4
TEST_CODE = "0000-TEST-0000"  # of letters to colleagues; no drawn code has a 0 beside letters
OF_A_TEST = mark("This is the code of a test letter: it gives nothing. Only a letter to a client has a real one.")
NO_CODE = mark("No code was typed. Type it as it stands on the coupon, or scan it.")
STRANGE_SIGN = mark("There is no sign “{sign}” in our codes. Look at the coupon again and retype the code.")
OTHER_LENGTH = mark(
    "The code has {length} signs; ours have {lengths}. Look at the coupon again: some are missing or too many."
)
MISTYPED = mark("A sign of the code is wrong, or two have changed places. Compare it with the coupon sign by sign.")


@dataclass(frozen=True)
class Reading:
    """The code as it is kept; where it can be none of ours, why not. It never shows the whole code."""

    code: str = field(default="", repr=False)
    why: Reason = NO_REASON

    def __bool__(self) -> bool:
        return bool(self.code)

    def __str__(self) -> str:
        return masked(self.code)


def read(typed: str, forms: Forms, scanned: bool = False) -> Reading:
    """What was meant, among all that a code of the house may look like."""
    meant = spellings(typed) if len(typed) <= LONGEST_TYPED else []
    if not meant:
        return Reading(why=because(NO_CODE, code="no_code"))
    if is_of_a_test(meant[0]):
        return Reading(why=because(OF_A_TEST, code="test_code"))
    # A Russian word, read by its keys, may be as right as a drawn code is.
    if word := next((code for code in meant if code in forms.words), ""):
        return Reading(word)
    if scanned or not any(shape.matched(meant[0]) for shape in forms.shapes):
        meant += [digits for digits in [behind_ean(meant[0], scanned)] if digits]
    for code in meant:
        if kept := _ours(code, forms):
            return Reading(kept)
    for code in meant:
        if len(code) in forms.free and fold(code):
            return Reading(code)
    return Reading(why=_what_is_wrong(meant[0], forms))


def is_of_a_test(code: str) -> bool:
    """Whether a code as it is kept is the one that letters to colleagues show."""
    return code == fold(TEST_CODE)


def _ours(code: str, forms: Forms) -> str:
    kept = ((shape, shape.matched(code)) for shape in forms.shapes)
    return next((one for shape, one in kept if one and shape.is_right(one)), "")


def _what_is_wrong(code: str, forms: Forms) -> Reason:
    if any(shape.matched(code) for shape in forms.shapes):
        return because(MISTYPED, code="mistyped")
    near = [shape for shape in forms.shapes if len(shape.layout) == len(code)]
    sign = strange(code) or _not_of(code, near)
    if sign:
        return because(STRANGE_SIGN, code="strange_sign", sign=sign)
    lengths = sorted({*(len(shape.layout) for shape in forms.shapes), *forms.free})
    if lengths and len(code) not in lengths:
        said = ", ".join(map(str, lengths))
        return because(OTHER_LENGTH, code="other_length", length=len(code), lengths=said)
    return because(MISTYPED, code="mistyped")


def _not_of(code: str, near: list[Shape]) -> str:
    """A sign that none of the shapes has anywhere."""
    known = {sign for shape in near for sign in shape.signs + shape.layout}
    return next((sign for sign in code if near and sign not in known), "")


def masked(code: str) -> str:
    """What logs and pages may show of a code: its end, at most half of it."""
    return f"…{code[len(code) - min(SHOWN, len(code) // 2) :]}"
