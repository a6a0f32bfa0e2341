"""The rows of conclusions: every version is kept, the last one stands. Sessions are given; nothing here commits one."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.conclusion import Conclusion
from models.content import fingerprint
from models.database import Clock, now_by

TABLE = Conclusion.__table__  # type: ignore[attr-defined]
ANY = -1  # whichever version stands now
MOST = 50


def keep(
    session: Session, clock: Clock, period: str, text: str, person: str = "", once: str = "", follows: int = ANY
) -> bool:
    """Keep a version, unless it says what stands; False where another than `follows` stands by now.

    `once` is the form's own token: sent twice it is one version, and filled in anew it is another.
    """
    present = current(session, period)
    if present is not None and present.text == text:
        return True
    now, id = now_by(clock, session), present.id or 0 if present else 0
    row = {
        "period": period, "text": text, "person": person, "follows": id if follows == ANY else follows, "said_at": now,
        "once": fingerprint([once or id, period, person, text]),
    }  # fmt: skip
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    put = dialect.insert(TABLE).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    if session.connection().execute(put, row).rowcount > 0:
        return True
    return session.execute(select(col(Conclusion.id)).where(col(Conclusion.once) == row["once"])).first() is not None


def current(session: Session, period: str) -> Conclusion | None:
    return next(iter(versions(session, period, 1)), None)


def words(session: Session, period: str) -> str:
    """What the head says of a period; empty where nothing is said."""
    found = current(session, period)
    return found.text if found else ""


def versions(session: Session, period: str, most: int = MOST) -> list[Conclusion]:
    """The versions of a period's conclusion, the one that stands first."""
    query = select(Conclusion).where(col(Conclusion.period) == period).order_by(col(Conclusion.id).desc())
    return list(session.execute(query.limit(most)).scalars())
