"""Styles pieces by the brand's rules, all that are not styled yet or these alone. It knows no Prefect."""

from collections.abc import Collection
from dataclasses import dataclass

from models.brand import Brand, Correction
from models.locale import mark, translate
from models.manuscript import Manuscript
from tasks.content import rows
from tasks.content.rows import Work
from tasks.house import House
from tasks.styling.brand import style
from tasks.styling.typography import Language

IN_TITLE, IN_DESCRIPTION = mark("Title: {objection}"), mark("Description: {objection}")
IN_TEXT_FOR = mark("Text for “{channel}”: {objection}")


@dataclass(frozen=True)
class Styled:
    """A piece that was styled: all that was corrected, and what the rules only object to."""

    work: Work
    corrections: list[Correction]
    objections: list[str]


def style_pieces(at: House, pieces: Collection[int] | None = None) -> list[Styled]:
    """Style every piece that is not styled yet, of these where some are named."""
    brand, language = at.workspace.brand, at.workspace.company.locale
    with at.reads() as session:
        works = rows.unstyled(session, pieces)
    told: list[Styled] = []
    for work in works:
        styled, corrections, objections = styled_manuscript(work.manuscript, brand, language)
        with at.sessions.begin() as session:
            rows.save_styled(session, at.clock, work, styled, corrections)
        told.append(Styled(work, corrections, objections))
    return told


def styled_manuscript(
    manuscript: Manuscript, brand: Brand, language: Language
) -> tuple[Manuscript, list[Correction], list[str]]:
    """The manuscript as the brand writes it, all corrections and all objections; texts kept by hand are styled too."""
    corrections: list[Correction] = []
    objections: list[str] = []

    def set_right(text: str, where: str = "", channel: str = "") -> str:
        styled = style(text, brand, language)
        corrections.extend(styled.corrections)
        said = (note.reason for note in styled.notes)
        objections.extend(translate(where, objection=one, channel=channel) if where else str(one) for one in said)
        return styled.text

    changed = {
        "title": set_right(manuscript.title, IN_TITLE), "body": set_right(manuscript.body),
        "description": set_right(manuscript.description, IN_DESCRIPTION),
        "text_for": {key: set_right(text, IN_TEXT_FOR, key) for key, text in manuscript.text_for.items()},
    }  # fmt: skip
    return manuscript.model_copy(update=changed), corrections, objections
