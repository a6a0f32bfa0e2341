"""Step of brand styling (A6): glossary and typography, every correction listed."""

from collections import Counter
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.brand import Brand
from models.ending import Ending
from models.locale import mark, translate
from models.manuscript import Manuscript
from tasks.content import rows
from tasks.content.rows import Work
from tasks.house import house
from tasks.runs.steps import show
from tasks.styling.brand import style

TITLE = mark("Corrections by the brand's rules")
CHANGED = mark("“{before}” → “{after}” ({rule})")
OBJECTIONS = mark("Objections of the brand's rules: {number}. The artifact “{title}” names them.")
SHOWN = 12


@task(cache_policy=NO_CACHE)
def apply_brand() -> Ending:
    """Style every piece that is not styled yet; what the rules only object to is told, not changed."""
    at, objections = house(), 0
    lines: list[str] = []
    brand, language = at.workspace.brand, at.workspace.company.locale
    with at.reads() as session:
        works = rows.unstyled(session)
    for work in works:
        styled, corrections, notes = styled_manuscript(work.manuscript, brand, language)
        with at.sessions.begin() as session:
            rows.save_styled(session, at.clock, work, styled, corrections)
        objections += len(notes)
        lines += _lines(work, corrections, notes)
    show("brand-corrections", "\n".join([f"## {translate(TITLE)}", "", *lines]), translate(TITLE))
    remarks = (translate(OBJECTIONS, number=objections, title=translate(TITLE)),) if objections else ()
    return Ending(done=len(works), total=len(works), remarks=remarks)


def styled_manuscript(manuscript: Manuscript, brand: Brand, language: Any) -> tuple[Manuscript, list[Any], list[Any]]:
    """The manuscript as the brand writes it, all corrections and all notes; texts kept by hand are styled too."""
    corrections: list[Any] = []
    notes: list[Any] = []

    def set_right(text: str) -> str:
        styled = style(text, brand, language)
        corrections.extend(styled.corrections)
        notes.extend(styled.notes)
        return styled.text

    changed = {
        "title": set_right(manuscript.title), "body": set_right(manuscript.body),
        "description": set_right(manuscript.description),
        "text_for": {key: set_right(text) for key, text in manuscript.text_for.items()},
    }  # fmt: skip
    return manuscript.model_copy(update=changed), corrections, notes


def _lines(work: Work, corrections: list[Any], notes: list[Any]) -> list[str]:
    """Objections first, then what is seen, then how often each rule changed what is not seen."""
    seen = [c for c in corrections if c.before.strip() or c.after.strip()]
    unseen = Counter(translate(c.rule) for c in corrections if c not in seen)
    said = [translate(CHANGED, before=c.before, after=c.after, rule=translate(c.rule)) for c in seen[:SHOWN]]
    said += [f"… +{len(seen) - SHOWN}"] if len(seen) > SHOWN else []
    said += [f"{rule}: {number}" for rule, number in unseen.items()]
    objections = [f"⚠ {note.reason}" for note in notes]
    if not (said or objections):
        return []
    return ["", f"**№ {work.number} {work.title}**", "", *(f"- {line}" for line in [*objections, *said])]
