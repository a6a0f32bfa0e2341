"""A list of customers looked at: who of it is known, who is new to the group, which rows name nobody known.

It knows no Prefect, and writes nothing: what is loaded is an order by numbers.
"""

from dataclasses import dataclass
from io import StringIO

from integrations.errors import Refused
from models.customer_groups import GroupKind
from models.desk.groups import ListLook
from models.locale import mark
from models.reason import because
from tasks.content.encoding import decode
from tasks.groups import rows
from tasks.groups.lists import read_list
from tasks.groups.pages import rows as asked
from tasks.house import House
from tasks.purchases.rows import buyers

EMPTY = mark("The list names nobody. Write codes, e-mails, phones or names on Telegram, one a line, or choose a file.")
NOT_TEXT = mark("This file is no text: save the table as CSV, then choose it again. XLSX lists cannot be read here.")
SHOWN_MOST = 80_000  # characters: as many bytes and more as a page can send back in one field
NO_TEXT = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")


@dataclass(frozen=True)
class Read:
    """A list that was read: what is said of it, and whom it names."""

    look: ListLook
    customers: tuple[int, ...] = ()


def look_at(house: House, key: str, said: str | bytes, replaces: bool = False) -> Read:
    """Who the list names. Raises Refused where it names nobody, or the group has no list."""
    text = _text(said)
    named = read_list(text, house.workspace.company.country)
    if not named:
        raise Refused(because(EMPTY, code="empty"))
    with house.reads() as session:
        group = rows.in_use(session, key)
        if group.kind != GroupKind.STATIC:
            raise Refused(because(rows.NOT_LISTED, code="kind", group=key))
        known = buyers(session, {who for one in named for who in one.whos})
        found = [(one.row, next((known[who] for who in one.whos if who in known), None)) for one in named]
        ids = {id for _, id in found if id is not None}
        there = asked.listed_among(session, group.id or 0, ids)
        listed = asked.listed(session, group.id or 0)
    unknown = tuple(dict.fromkeys(row for row, id in found if id is None))
    look = ListLook(
        text=text if len(text) <= SHOWN_MOST else "", is_long=len(text) > SHOWN_MOST, named=len(named), known=len(ids),
        new=len(ids) - there, gone=listed - there if replaces else 0, unknown=unknown, replaces=replaces,
        unknown_text=unknown_of(text, unknown),
    )  # fmt: skip
    return Read(look, tuple(sorted(ids)))


def _text(said: str | bytes) -> str:
    if isinstance(said, str):
        return said
    if said.startswith(NO_TEXT):
        raise Refused(because(NOT_TEXT, code="not_text"))
    return decode(said)


def unknown_of(text: str, unknown: tuple[int, ...]) -> str:
    """The rows that name nobody known, as they were written, with the heading; all of it where rows are no lines."""
    lines = list(StringIO(text.replace("\x00", "")))
    if not unknown or '"' in text or unknown[-1] > len(lines):
        return text[:SHOWN_MOST] if unknown else ""
    head = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    with_heading = head not in unknown and len(read_list("".join(lines[:head]), "RU")) == 0
    kept = [*([head] if with_heading else []), *unknown]
    return "\n".join(lines[number - 1].rstrip("\r\n") for number in kept)[:SHOWN_MOST]
