"""Step of brand styling (A6): glossary and typography, every correction listed."""

from collections import Counter
from collections.abc import Iterable

from models.brand import Brand
from models.ending import Ending
from models.locale import mark, translate
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.styling.brand import palette_notes
from tasks.styling.engine import Styled, style_pieces
from tasks.styling.glossary import contradictions

TITLE = mark("Corrections by the brand's rules")
CHANGED = mark("“{before}” → “{after}” ({rule})")
OBJECTIONS = mark("Objections of the brand's rules: {number}. The artifact “{title}” names them.")
BRAND = mark("The brand itself (brand.yaml)")
BRAND_WRONG = mark("brand.yaml is to be mended in places: {number}. The artifact “{title}” names them.")
SHOWN = 12


@step(mark("Style by the brand's rules"))
def apply_brand() -> Ending:
    """Style every piece that is not styled yet; what the rules only object to is told, not changed."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    done = style_pieces(at)
    wrong, title = of_the_brand(at.workspace.brand), translate(TITLE)
    lines = [line for one in done for line in _lines(one)]
    if wrong or lines:
        show("brand-corrections", "\n".join([f"## {title}", "", *_listed(translate(BRAND), wrong), *lines]), title)
    told = {OBJECTIONS: sum(len(one.objections) for one in done), BRAND_WRONG: len(wrong)}
    remarks = tuple(translate(text, number=many, title=title) for text, many in told.items() if many)
    return Ending(done=len(done), total=len(done), remarks=remarks)


def of_the_brand(brand: Brand) -> list[str]:
    """What is wrong with the brand's own rules: colours that cannot be read, words that are wanted and forbidden."""
    return [f"⚠ {note.reason}" for note in (*palette_notes(brand.palette), *contradictions(brand))]


def _lines(one: Styled) -> list[str]:
    """Objections first, then what is seen, then how often each rule changed what is not seen."""
    seen = [c for c in one.corrections if c.before.strip() or c.after.strip()]
    unseen = Counter(translate(c.rule) for c in one.corrections if not (c.before.strip() or c.after.strip()))
    said = [translate(CHANGED, before=c.before, after=c.after, rule=translate(c.rule)) for c in seen[:SHOWN]]
    said += [f"… +{len(seen) - SHOWN}"] if len(seen) > SHOWN else []
    said += [f"{rule}: {number}" for rule, number in unseen.items()]
    return _listed(f"№ {one.work.number} {one.work.title}", [*(f"⚠ {one}" for one in one.objections), *said])


def _listed(title: str, said: Iterable[str]) -> list[str]:
    lines = [f"- {line}" for line in said]
    return ["", f"**{title}**", "", *lines] if lines else []
