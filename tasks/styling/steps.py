"""Step of brand styling (A6): glossary and typography, every correction listed."""

from collections import Counter
from collections.abc import Iterable

from models.brand import Brand, Correction
from models.ending import Ending
from models.locale import mark, translate
from models.manuscript import Manuscript
from tasks.content import rows
from tasks.content.rows import Work
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.styling.brand import palette_notes, style
from tasks.styling.glossary import contradictions
from tasks.styling.typography import Language

TITLE = mark("Corrections by the brand's rules")
CHANGED = mark("“{before}” → “{after}” ({rule})")
OBJECTIONS = mark("Objections of the brand's rules: {number}. The artifact “{title}” names them.")
BRAND = mark("The brand itself (brand.yaml)")
BRAND_WRONG = mark("brand.yaml is to be mended in places: {number}. The artifact “{title}” names them.")
IN_TITLE, IN_DESCRIPTION = mark("Title: {objection}"), mark("Description: {objection}")
IN_TEXT_FOR = mark("Text for “{channel}”: {objection}")
SHOWN = 12


@step(mark("Style by the brand's rules"))
def apply_brand() -> Ending:
    """Style every piece that is not styled yet; what the rules only object to is told, not changed."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    brand, language, number = at.workspace.brand, at.workspace.company.locale, 0
    lines: list[str] = []
    with at.reads() as session:
        works = rows.unstyled(session)
    for work in works:
        styled, corrections, objections = styled_manuscript(work.manuscript, brand, language)
        with at.sessions.begin() as session:
            rows.save_styled(session, at.clock, work, styled, corrections)
        number += len(objections)
        lines += _lines(work, corrections, objections)
    wrong = of_the_brand(brand)
    title = translate(TITLE)
    show("brand-corrections", "\n".join([f"## {title}", "", *_listed(translate(BRAND), wrong), *lines]), title)
    told = {OBJECTIONS: number, BRAND_WRONG: len(wrong)}
    remarks = tuple(translate(text, number=many, title=title) for text, many in told.items() if many)
    return Ending(done=len(works), total=len(works), remarks=remarks)


def of_the_brand(brand: Brand) -> list[str]:
    """What is wrong with the brand's own rules: colours that cannot be read, words that are wanted and forbidden."""
    return [f"⚠ {note.reason}" for note in (*palette_notes(brand.palette), *contradictions(brand))]


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


def _lines(work: Work, corrections: list[Correction], objections: list[str]) -> list[str]:
    """Objections first, then what is seen, then how often each rule changed what is not seen."""
    seen = [c for c in corrections if c.before.strip() or c.after.strip()]
    unseen = Counter(translate(c.rule) for c in corrections if not (c.before.strip() or c.after.strip()))
    said = [translate(CHANGED, before=c.before, after=c.after, rule=translate(c.rule)) for c in seen[:SHOWN]]
    said += [f"… +{len(seen) - SHOWN}"] if len(seen) > SHOWN else []
    said += [f"{rule}: {number}" for rule, number in unseen.items()]
    return _listed(f"№ {work.number} {work.title}", [*(f"⚠ {one}" for one in objections), *said])


def _listed(title: str, said: Iterable[str]) -> list[str]:
    lines = [f"- {line}" for line in said]
    return ["", f"**{title}**", "", *lines] if lines else []
