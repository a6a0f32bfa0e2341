"""An offer read from declarative text; what cannot be read says its line, its field and how to mend it. Pure."""

import re
from dataclasses import dataclass, replace
from typing import get_args

from pydantic import create_model

from integrations.documents import NOT_AMONG, NOT_GROUP, Document, Loc, accept, compose
from models.content import Effect, Problem, nearest
from models.locale import mark
from models.offers import Gives, OfferTerms
from models.reason import Reason, because
from models.timetable import read_weekdays
from tasks.offers.checking import Known, checked

NO_KIND = mark("What the offer gives has no kind. Add “kind: …”, one of: {expected}.")
BAD_KIND = mark("“{value}” is not what an offer can give. Perhaps “{nearest}” was meant; possible are: {expected}.")
BAD_WEEKDAYS = mark("“{value}” are not days of the week. Write them as mon-fri, or as numbers from 1 (Monday) to 7.")

NUMBERS, NUMBER = re.compile(r"[1-7](?:[\s,;]+[1-7])*"), re.compile(r"\b[1-7]\b")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = {str(kind.model_fields["kind"].default): kind for kind in get_args(get_args(Gives)[0])}
# One model for each kind, so that what is wrong in it is told by its own fields and not by those of another.
MODELS = {kind: create_model(f"Offer_{kind}", __base__=OfferTerms, gives=(gives, ...)) for kind, gives in KINDS.items()}


@dataclass(frozen=True)
class ReadOffer:
    """The terms, or none where something is wrong with them, and what."""

    terms: OfferTerms | None
    problems: tuple[Problem, ...] = ()


def read(text: str, file: str = "", known: Known | None = None) -> ReadOffer:
    """The offer that the text says, checked against what the company knows; with anything wrong there are no terms."""
    document = compose(text, file)
    if document.value is None:
        return ReadOffer(None, tuple(document.problems))
    document, wrong = _with_days(document)
    if kind := _wrong_kind(document):
        wrong = [*wrong, kind]
        accepted, problems = None, _beside_the_kind(document)
    else:
        accepted, problems, _ = accept(MODELS[document.value["gives"]["kind"]], document)
    problems = [*document.problems, *(document.problem(loc, reason) for loc, reason in wrong), *problems]
    terms = OfferTerms.model_validate(accepted.model_dump()) if accepted else None
    if terms:
        problems += [document.problem(loc, reason, Effect.STOPS) for loc, reason in checked(terms, known)]
    return ReadOffer(None if problems else terms, tuple(problems))


def _beside_the_kind(document: Document) -> list[Problem]:
    """What else is wrong where it is not known what is given."""
    usual = {**document.value, "gives": {"kind": "delivery"}}
    return accept(MODELS["delivery"], replace(document, value=usual))[1]


def _wrong_kind(document: Document) -> tuple[Loc, Reason] | None:
    gives, expected = document.value.get("gives"), ", ".join(KINDS)
    if gives is not None and not isinstance(gives, dict):
        return ("gives",), because(NOT_GROUP, code="not_group")
    kind = gives.get("kind") if gives else None
    if kind is None:
        return ("gives",), because(NO_KIND, code="no_kind", expected=expected)
    if isinstance(kind, str) and kind in KINDS:
        return None
    near = nearest(str(kind), KINDS, 1)
    said = because(
        BAD_KIND if near else NOT_AMONG, code="bad_kind", value=kind, nearest=", ".join(near), expected=expected
    )
    return ("gives", "kind"), said


def _with_days(document: Document) -> tuple[Document, list[tuple[Loc, Reason]]]:
    """Weekdays may be said in words or by number: mon-fri, «пн, ср», [sat, sun], 1-5; the document with a list."""
    conditions = document.value.get("conditions")
    said = conditions.get("weekdays") if isinstance(conditions, dict) else None
    if isinstance(said, list) and any(isinstance(one, str) and one[:1].isalpha() for one in said):
        said = ", ".join(map(str, said))
    if not isinstance(said, str):
        return document, []
    numbers = _weekdays(said.strip().lower())
    loc: Loc = ("conditions", "weekdays")
    wrong = [] if numbers else [(loc, because(BAD_WEEKDAYS, code="weekdays", value=said))]
    value = {**document.value, "conditions": {**conditions, "weekdays": numbers}}
    return replace(document, value=value), wrong


def _weekdays(said: str) -> list[str]:
    """Their numbers: as they stand where nothing else is said; none where a word is not a day."""
    if NUMBERS.fullmatch(said):
        return NUMBER.findall(said)
    days = read_weekdays(NUMBER.sub(lambda found: DAYS[int(found[0]) - 1], said))
    return [str(day + 1) for day in sorted(days or ())]
