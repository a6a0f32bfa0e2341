"""What a piece's page says of its fields and versions, in the words of whoever reads it. Pure."""

from collections.abc import Mapping

from models.content import PictureSource
from models.desk.piece import CorrectionLine, Fields
from models.locale import mark
from models.piece import PieceVersion
from models.reason import Reason, because
from tasks.content.rows import BACK, DESK, HAND, PLAN, STYLING
from tasks.editing.fields import Known

FROM_PLAN, FROM_DRAFT, AGAIN = mark("from the content plan"), mark("drafted"), mark("the plan was loaded again")
STYLED, EDITED = mark("styled by the brand's rules"), mark("corrected on the desk")
HAND_TEXT, CAME_BACK = mark("a text for one channel by hand"), mark("a former version came back")
WHY = {DESK: EDITED, HAND: HAND_TEXT, BACK: CAME_BACK, "plan": AGAIN}
CORRECTIONS_SHOWN = 200


def why_of(made_by: str, why: str, source: str) -> Reason:
    """Why there is a version."""
    text = WHY.get(why, FROM_PLAN if source == PLAN else FROM_DRAFT)
    return because(STYLED if made_by == STYLING else text, code=why)


def readable(fields: Fields, known: Known) -> Fields:
    """The same fields with titles in place of keys, for a difference to be read."""
    return fields.model_copy(
        update={
            "channels": tuple(known.channels.get(key, key) for key in fields.channels),
            "campaign": known.campaigns.get(fields.campaign, fields.campaign),
            "goal": known.goals.get(fields.goal, fields.goal), "group": known.groups.get(fields.group, fields.group),
            "author": known.people.get(fields.author, fields.author),
            "pictures": tuple(PictureSource(file=p.file[:8], alt=p.alt or "—") for p in fields.pictures),
        }
    )  # fmt: skip


def names_of(fields: Fields, known: Known) -> Mapping[str, str]:
    """The titles of what the fields name."""
    said = readable(fields, known)
    return {name: getattr(said, name) for name in ("campaign", "goal", "group", "author")}


def corrections(version: PieceVersion) -> tuple[CorrectionLine, ...]:
    """What styling corrected in a version, as far as anybody sees it."""
    seen = [c for c in version.corrections if str(c["before"]).strip() or str(c["after"]).strip()]
    return tuple(CorrectionLine(before=c["before"], after=c["after"], rule=c["rule"]) for c in seen[:CORRECTIONS_SHOWN])
