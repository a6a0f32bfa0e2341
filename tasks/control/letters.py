"""The question about what is not as approved, as the people of the company read it. Pure."""

from collections.abc import Collection, Sequence

from models.delivery import Verb
from models.locale import mark, translate
from tasks.control.compare import ANSWERS, Answer, Difference, answers
from tasks.watching.letter import Letter
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


def possible(differences: Sequence[Difference], verbs: Collection[Verb]) -> tuple[Answer, ...]:
    """What can be decided about all of these together on a channel with these verbs."""
    allowed = [answers(difference, verbs) for difference in differences]
    return tuple(answer for answer in Answer if all(answer in each for each in allowed))


def question(
    persons: Sequence[str], link: str, placed: Placed, channel: str, check_id: int, found: Sequence[Difference],
    verbs: Collection[Verb],
) -> list[Letter]:  # fmt: skip
    """What was found, and the answers that can be given to it."""
    said = {"number": placed.number or "—", "title": placed.title, "channel": channel, "url": placed.url or "—"}
    offered = " · ".join(translate(ANSWERS[answer]) for answer in possible(found, verbs))
    lines = [
        translate(WHERE, **said), "", translate(FOUND), *(f"— {difference.reason}" for difference in found), "",
        translate(ORDER, answers=offered), translate(HOW, order=translate(ORDER_TITLE), check=check_id),
    ]  # fmt: skip
    subject = translate(SUBJECT, title=placed.title or placed.key, channel=channel)
    return [Letter(f"difference:{check_id}", person, subject, "\n".join(lines), link) for person in persons]


def blind(persons: Sequence[str], account: str, channel: str, reason: object) -> list[Letter]:
    """That this channel cannot be looked at; said once."""
    subject, body = translate(BLIND_SUBJECT, channel=channel), translate(BLIND_BODY, reason=reason)
    return [Letter(f"blind:{account}", person, subject, body) for person in persons]
