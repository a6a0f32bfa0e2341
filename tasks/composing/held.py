"""A letter that one recipient cannot get, because something of theirs is missing or makes no sense. Pure."""

from models.locale import mark, translate
from models.reason import Reason, because

MISSING = mark(
    '{place}: this customer has no “{field}”. Give it a fallback, as in {{{{ {field} | default("…") }}}}, or fill '
    "the field."
)
SENSELESS = mark("{place}: “{field}” of this customer cannot be written as “{filter}”. Correct it in the record.")
TOO_LONG = mark("{place}: “{field}” of this customer is longer than {limit} characters. Correct it in the record.")
NO_ADDRESS = mark("{place}: “{field}” of this customer is not an address with https:// in front. Correct it.")
NO_MARK = mark("The recipient has no mark, so nothing of the letter could be counted. Give every recipient one.")

SUBJECT, PREHEADER, TITLE, SMS = "@subject", "@preheader", "@title", "@sms"
_NAMED = {
    SUBJECT: mark("the subject"), PREHEADER: mark("the preheader"), TITLE: mark("the title of the letter"),
    SMS: mark("the short message"),
}  # fmt: skip
BLOCK = mark("block “{id}”")
LETTER = mark("the letter")


class HeldBack(Exception):
    """One recipient's letter is not made. The reason names the place and the field, never what the person has there."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def named(where: str) -> str:
    """A place of a letter in the reader's words."""
    if not where:
        return translate(LETTER)
    return translate(_NAMED[where]) if where in _NAMED else translate(BLOCK, id=where)


def held(reason: str, code: str, where: str, field: str, **words: object) -> HeldBack:
    return HeldBack(because(reason, code=code, place=named(where), field=field, **words))
