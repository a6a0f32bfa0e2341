"""The question about what is not as approved, as the people of the company read it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.delivery import Verb
from models.locale import mark, translate
from tasks.control.compare import ANSWERS, Answer, Difference, answers
from tasks.watching.placed import Placed

SUBJECT = mark("Not as approved: “{title}”, {channel}")
WHERE = mark("Publication № {number} “{title}” in “{channel}”: {url}")
FOUND = mark("What is different:")
ORDER = mark("Nothing is changed without you. Decide: {answers}.")
HOW = mark("In Prefect start “{order}”: number of the difference {check}, your decision, your name.")
ORDER_TITLE = mark("Decide about a difference")
BLIND_SUBJECT = mark("{channel}: what is published cannot be checked")
BLIND_BODY = mark(
    "{reason} Otdel will not check the publications of this channel; nothing is known of them, neither good nor bad."
)


@dataclass(frozen=True)
class Words:
    """A letter without its address."""

    subject: str
    body: str


def possible(differences: Sequence[Difference], verbs: Collection[Verb]) -> tuple[Answer, ...]:
    """What can be decided about all of these together on a channel with these verbs."""
    allowed = [answers(difference, verbs) for difference in differences]
    return tuple(answer for answer in Answer if all(answer in each for each in allowed))


def question(
    placed: Placed, channel: str, check_id: int, found: Sequence[Difference], verbs: Collection[Verb]
) -> Words:
    """What was found, and the answers that can be given to it."""
    said = {"number": placed.number or "—", "title": placed.title, "channel": channel, "url": placed.url or "—"}
    offered = " · ".join(translate(ANSWERS[answer]) for answer in possible(found, verbs))
    lines = [
        translate(WHERE, **said), "", translate(FOUND), *(f"— {difference.reason}" for difference in found), "",
        translate(ORDER, answers=offered), translate(HOW, order=translate(ORDER_TITLE), check=check_id),
    ]  # fmt: skip
    return Words(translate(SUBJECT, title=placed.title or placed.key, channel=channel), "\n".join(lines))


def blind(channel: str, reason: object) -> Words:
    """That this channel cannot be looked at; said once."""
    return Words(translate(BLIND_SUBJECT, channel=channel), translate(BLIND_BODY, reason=reason))
