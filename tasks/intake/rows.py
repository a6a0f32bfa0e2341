"""What was handed in as rows: calls that were made before, last words, consents. Sessions are given; none is opened."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Act, Purpose
from models.database import portions
from models.intake import ConsentTold, IntakeCall, IntakeWord
from models.piece import OfferRow
from tasks.customers.matching import Person
from tasks.customers.reading import CustomerRow
from tasks.delivery.rows import insert_quietly, many
from tasks.delivery.statements import QUICK

CALL: Table = IntakeCall.__table__  # type: ignore[attr-defined]
WORD: Table = IntakeWord.__table__  # type: ignore[attr-defined]
LATER = (
    update(WORD).where(WORD.c.print == bindparam("b_print"), WORD.c.at < bindparam("b_at")).values(at=bindparam("b_at"))
)
KEPT = timedelta(days=7)
VIA = "till"


def begin(session: Session, key_id: int, once: str, said: str, at: datetime) -> IntakeCall | None:
    """Write down that this call is made; the one that was made before under the same key, if there is one.

    Who makes the same call at once waits for the end of the transaction of the first.
    """
    row = {"key_id": key_id, "once": once, "said": said, "answer": {}, "at": at}
    made = session.execute(insert_quietly(session, CALL, ["key_id", "once"]).returning(CALL.c.id), [row]).first()
    if made is not None:
        return None
    mine = (col(IntakeCall.key_id) == key_id, col(IntakeCall.once) == once)
    return session.execute(select(IntakeCall).where(*mine)).scalar_one()


def answered(session: Session, key_id: int, once: str, answer: Mapping[str, Any]) -> None:
    mine = (col(IntakeCall.key_id) == key_id, col(IntakeCall.once) == once)
    session.execute(update(IntakeCall).where(*mine).values(answer=dict(answer)), execution_options=QUICK)


def forget_calls(session: Session, now: datetime) -> int:
    """Answers are kept for a week: nobody makes a call again after that."""
    gone = session.execute(delete(IntakeCall).where(col(IntakeCall.at) < now - KEPT), execution_options=QUICK)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def last_words(session: Session, prints: Collection[str]) -> dict[str, datetime]:
    """When the last word about each of these was said, of those about whom one was, by print."""
    found: dict[str, datetime] = {}
    for some in portions(sorted(set(prints))):
        query = select(col(IntakeWord.print), col(IntakeWord.at)).where(col(IntakeWord.print).in_(some))
        found |= dict(session.execute(query).tuples().all())
    return found


def keep_words(session: Session, words: Mapping[str, datetime]) -> None:
    put: Any = insert_quietly(session, WORD, ["print"])
    many(session, put, [{"print": print_, "at": at} for print_, at in sorted(words.items())])
    many(session, LATER, [{"b_print": print_, "b_at": at} for print_, at in sorted(words.items())])


def consent_lines(
    one: Person, row: CustomerRow, told: Sequence[ConsentTold], print_of: Any, source: str, by: str, now: datetime
) -> list[dict[str, Any]]:
    """The lines of the ledger that these consents come to: of each address they are for, or the customer's own.

    What a clock that is ahead says of a moment to come is said now: nothing looks at an address anew when it has come.
    """
    found = []
    for said in told:
        at = min(said.at, now)
        line = {
            "customer_id": one.id, "purpose": said.purpose.value, "act": Act(said.act).value, "wording": said.wording,
            "via": VIA, "source": source, "proof": said.proof, "at": at, "recorded_at": now, "recorded_by": by,
        }  # fmt: skip
        stamp = f"{said.purpose.value}:{said.act}:{said.at.isoformat()}"
        if said.purpose is Purpose.PERSONAL:
            found.append(line | {"kind": "", "print": "", "once": f"{one.id}:{stamp}"})
            continue
        for kind, value in _meant(one, row, said):
            print_ = print_of(kind, value)
            found.append(line | {"kind": kind, "print": print_, "once": f"{print_}:{stamp}"})
    return found


def _meant(one: Person, row: CustomerRow, said: ConsentTold) -> list[tuple[str, str]]:
    """The addresses that a consent is of: those of the row that are the customer's; another's is theirs to agree for.

    A "no" is heard more widely: for an address whoever has it, and for all the customer has where the row names none.
    """
    own = {(str(kind), value) for kind, (value, _) in one.addresses.items() if said.kind in (None, kind)}
    named = [(way.kind.value, way.value) for way in row.addresses if said.kind in (None, way.kind)]
    if Act(said.act) is Act.GIVEN:
        return [way for way in named if way in own]
    return named or sorted(own)


def product_groups(session: Session) -> dict[str, str]:
    """The product group that the feed has for each product, by its folded name and id."""
    query = select(col(OfferRow.id), col(OfferRow.name), col(OfferRow.category)).order_by(col(OfferRow.id))
    found = session.execute(query).tuples().all()
    return {name.casefold(): group for id, name_, group in found for name in (name_, id)}
