"""Fields of the form that say something and do not belong to what is chosen in it. Pure."""

from collections.abc import Iterator

from models.content import Effect, Place, Problem
from models.desk.offers import ONLY_OF
from models.locale import mark
from models.offer_form import OfferFields
from models.reason import Reason, because

TEXT = mark("What is chosen to be given takes nothing from this field. Clear it, or choose what it belongs to.")
NUMBER = mark(
    "What is chosen to be given takes nothing from this field. Put {usual} back, or choose what it belongs to."
)
WORD = mark("A word is only for one code for everybody. Clear it, or choose that kind of codes.")


def strange(form: OfferFields) -> Iterator[Problem]:
    """What would have no effect, by field; one that is empty or has its usual value says nothing."""
    for name, kinds in ONLY_OF.items():
        said, usual = getattr(form, name), OfferFields.model_fields[name].default
        said = said.strip() if isinstance(said, str) else said
        if form.gives not in kinds and said != usual:
            text = TEXT if isinstance(said, str) else NUMBER
            yield _problem(name, because(text, code="strange", usual=usual))
    if form.codes != "one for everybody" and form.word.strip():
        yield _problem("word", because(WORD, code="strange"))


def _problem(field: str, reason: Reason) -> Problem:
    return Problem(place=Place(file="", line=0, field=field), reason=reason, effect=Effect.STOPS)
