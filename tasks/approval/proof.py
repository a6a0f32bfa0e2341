"""The question to an approver as Prefect shows it: a table to read and a form to fill in. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.locale import mark, translate
from models.reason import Reason
from tasks.schedule.wall import local

HEADING = mark("Approve until {due}")
OVERDUE = mark("Their time has come ({due}): what is approved goes out at once, unless it is too late for it already")
COLUMNS = (mark("№"), mark("Piece"), mark("Channel"), mark("First time"), mark("Text"))
SEE_PROOF = mark("See every version as it will look, and decide signed in: [{link}]({link})")
SIGN_IN_NOTE = mark("A name typed here is only stated; a decision on the page is proven.")
SHOWN_CHARACTERS = 160


def label(row_id: int, shown: Mapping[str, Any], account: str, channels: Mapping[str, str]) -> str:
    """How a row is called in the form: its number in the question, then № · piece · channel."""
    number = f"№ {shown['number']} · " if shown.get("number") else ""
    return f"{row_id}. {number}{shown['title']} · {channels.get(account, account)}"


def row_of(label: str) -> int:
    """The row a label was made for; 0 where it is none."""
    number = label.partition(".")[0]
    return int(number) if number.isdecimal() else 0


def moment(at: datetime, zone: str) -> str:
    return local(at, zone).strftime("%d.%m %H:%M")


def markdown(
    rows: Sequence[tuple[Mapping[str, Any], datetime, str, str]],
    channels: Mapping[str, str],
    due: datetime,
    now: datetime,
    zone: str,
    link: str,
    objection: Reason | None = None,
) -> str:
    """The proof in markdown; `rows` are (what is shown, first time, account, text).

    An objection to the last answer goes first.
    """
    lines = [f"**{objection}**", ""] if objection else []
    lines += [f"### {translate(HEADING if due > now else OVERDUE, due=moment(due, zone))}", ""]
    lines += ["| " + " | ".join(translate(column) for column in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for shown, first, account, text in rows:
        cells = (
            shown.get("number", ""),
            shown["title"],
            channels.get(account, account),
            moment(first, zone),
            short(text),
        )
        lines.append("| " + " | ".join(_cell(str(cell)) for cell in cells) + " |")
    return "\n".join([*lines, "", translate(SEE_PROOF, link=link), "", translate(SIGN_IN_NOTE)])


def short(text: str) -> str:
    """The beginning of a text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN_CHARACTERS else flat[: SHOWN_CHARACTERS - 1].rstrip() + "…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
