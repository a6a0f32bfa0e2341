"""A piece from its file: markdown under a heading of fields between two lines of dashes. Pure."""

import re
from collections.abc import Iterable
from datetime import date

from integrations.documents import Document, accept, compose
from models.content import Effect, Found, Known, PieceSource, Place, Problem
from models.locale import mark
from models.reason import because
from tasks.content.encoding import decode
from tasks.content.references import refer, refer_file, unknown

NO_TITLE = mark(
    "The piece has no title. Add “title: …” between the two lines of ---, or begin the text with “# Title”."
)
UNCLOSED = mark("The fields begin with --- but do not end. Put a line of --- after the last of them.")
NOTHING_SAID = mark("The piece says nothing. Write its text under the fields.")

FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
ONE = (("group", "groups"), ("campaign", "campaigns"), ("goal", "goals"), ("author", "people"))


def read_piece(data: bytes, file: str, known: Known, start: date | None = None) -> Found[PieceSource]:
    """Read one piece; a piece in which anything is wrong is left out. `start` is what “+5” counts from."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    heading, body, first_line = _parted(text)
    if heading is None:
        return Found((), (Problem(place=Place(file=file, line=1), reason=because(UNCLOSED, code="unclosed")),))
    document = compose(heading, file, first_line) if heading.strip() else Document(file, value={})
    if document.problems:
        return Found((), tuple(_left_out(document.problems)))
    document.value = {"file": file, "text": body.strip(), **_titled(document.value, body)}
    piece, problems, _ = accept(PieceSource, document, {"start": start})
    if piece is None:
        return Found((), tuple(_titles_named(problems)))
    piece, wrong = _referred(piece, document, known)
    return Found(() if wrong else (piece,), tuple(wrong))


def _parted(text: str) -> tuple[str | None, str, int]:
    """Fields, markdown, and the line the fields begin in; None where the fields have no end."""
    lead = len(text) - len(text.lstrip("\n"))
    opening = FENCE.match(text, lead)
    if not opening:
        return "", text, 1
    closing = FENCE.search(text, opening.end() + 1)
    if not closing:
        return None, "", 1
    return text[opening.end() + 1 : closing.start()], text[closing.end() :], lead + 2


def _titled(fields: dict[str, object], body: str) -> dict[str, object]:
    """A piece without a title is called by the first heading of its text."""
    heading = None if "title" in fields else HEADING.search(body)
    return {"title": heading[1], **fields} if heading else fields


def _titles_named(problems: Iterable[Problem]) -> list[Problem]:
    reason = because(NO_TITLE, code="no_title")
    return [
        problem.model_copy(update={"reason": reason})
        if problem.reason.code == "missing" and problem.place.field == "title"
        else problem
        for problem in problems
    ]


def _left_out(problems: Iterable[Problem]) -> list[Problem]:
    return [problem.model_copy(update={"effect": Effect.LEFT_OUT}) for problem in problems]


def _referred(piece: PieceSource, document: Document, known: Known) -> tuple[PieceSource, list[Problem]]:
    """Turn the names the piece refers to into keys; a problem for every one that is not known."""
    problems: list[Problem] = []
    keys: dict[str, object] = {}
    for field, kind in ONE:
        value, among = getattr(piece, field), getattr(known, kind)
        if value and among is not None:
            keys[field] = refer(value, among) or ""
            if not keys[field]:
                problems.append(document.problem((field,), unknown(kind, value, among)))
    found = [refer(name, known.channels) for name in piece.channels]
    keys["channels"] = tuple(key for key in found if key)
    problems += _unknown_channels(piece.channels, found, "channels", document, known)
    texts = {name: refer(name, known.channels) for name in piece.text_for}
    keys["text_for"] = {key: piece.text_for[name] for name, key in texts.items() if key}
    problems += _unknown_channels(tuple(texts), list(texts.values()), "text_for", document, known)
    pictures, wrong = _pictures(piece, document, known)
    keys["pictures"] = pictures
    problems += [*wrong, *_products(piece, document, known)]
    if not piece.text and not piece.text_for:
        problems.append(document.problem((), because(NOTHING_SAID, code="nothing_said")))
    return piece.model_copy(update=keys), problems


def _unknown_channels(
    names: tuple[str, ...], keys: list[str | None], field: str, document: Document, known: Known
) -> list[Problem]:
    return [
        document.problem((field, name if field == "text_for" else place), unknown("channels", name, known.channels))
        for place, (name, key) in enumerate(zip(names, keys, strict=True))
        if key is None
    ]


def _pictures(piece: PieceSource, document: Document, known: Known) -> tuple[tuple[object, ...], list[Problem]]:
    if known.pictures is None:
        return piece.pictures, []
    found, problems = [], []
    for place, picture in enumerate(piece.pictures):
        file = refer_file(picture.file, known.pictures)
        found.append(picture.model_copy(update={"file": file}))
        if file is None:
            loc = ("pictures", place, "file")
            problems.append(document.problem(loc, unknown("pictures", picture.file, known.pictures)))
    return tuple(found), problems


def _products(piece: PieceSource, document: Document, known: Known) -> list[Problem]:
    among = known.products
    return [
        document.problem(("products", place), unknown("products", id, among))
        for place, id in enumerate(piece.products)
        if among is not None and id not in among
    ]
