"""Files with codes: a table for a printing house, sheets with cards to cut, the picture of a code for everybody.

Whoever takes one is written down; a batch that was taken before is given again only with a reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.database import now_by
from models.locale import language, mark, translate, translate_plural
from models.offer_orders import AS_CODE_128, AS_EAN_13, AS_QR, AS_SHEETS, TakeCodesForm
from models.offers import CodeKind, CodeRules, OfferTerms
from models.post import Value
from models.reason import because
from models.redemptions import BatchKind, Coupon, CouponBatch, CouponState, OfferRow
from tasks.codes.folding import fold
from tasks.codes.life.rows import batch_kind
from tasks.codes.pictures import Symbol, bars_png, bars_svg, code_128, content_of, qr_png, qr_svg
from tasks.codes.shapes import shape_of, shown_as
from tasks.codes.sheets import Paper, Words, sheets
from tasks.house import House
from tasks.mailing.coupons.words import sentences
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval, writer_of_offers
from tasks.offering.shown import rows as looks
from tasks.offering.telling import line_of
from tasks.offers.windows import last_day
from tasks.orderbook.rows import write_down
from tasks.orders.answers import Report
from tasks.schedule.wall import local

AT_ONCE, PRINTED_MOST = 50_000, 3_000
SYMBOL = {AS_QR: Symbol.QR, AS_CODE_128: Symbol.CODE_128, AS_EAN_13: Symbol.EAN_13}
TITLE = mark("A file with codes")
NO_BATCH = mark("This offer has no batch № {batch}. Their numbers stand on its page.")
NOT_OF = mark("Coupon № {coupon} is not one of this offer. Look its number up by its code.")
EMPTY_ONE = mark("This code is stopped or replaced, so it is given to nobody. Look which one is there in its place.")
USED_ONE = mark("This code has been used as often as it may, so its card would work nowhere. Look at its history.")
EMPTY = mark("No code of this batch may be given out: none is live and has a use left.")
TOO_MANY = mark("{number} cards are too many for sheets here, at most {most}. Take the table to a printing house.")
BEFORE = mark("Its codes were taken before: {who}. Say why they are taken again.")
TAKEN = mark("{number} code is in the file"), mark("{number} codes are in the file")
UNTIL, FROM_UNTIL = mark("until {day}"), mark("from {first} until {day}")
PAPERS, NO_ROOM = (Paper(), Paper(rows=4), Paper(rows=3), Paper(columns=1, rows=2)), "no_room"
WRITTEN = mark(
    "The file lies here: {place}. Take it away from there when it is printed; after a week it is taken away by itself."
)
FOLDER, KEPT = "codes", timedelta(days=7)


class CodesFile(Value):
    """A file with codes, in memory."""

    name: str
    media: str
    data: bytes
    number: int


class Files:
    """Files with the codes of one house's offers."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock
        self.made: CodesFile | None = None

    def take(self, form: TakeCodesForm, run: str = "") -> Report:
        """Make the file, which is then in `made`."""
        try:
            writer_of_offers(self.house, form.person)
            with self.house.reads() as session:
                row = rows.offer(session, form.offer)
                batch = None if form.coupon else self._batch(session, row, form, run)
                version = rows.in_force(session, row) or rows.last(session, row.id or 0)
                self.made = self._file(session, row, batch, rows.terms_of(version), form)
            said = translate_plural(*TAKEN, self.made.number)
            return Report(title=translate(TITLE), lines=(line_of(self.house.staff_url, row, said),))
        except Refused as refused:
            return Report(title=translate(TITLE), refusal=refused.reason)

    def put(self, form: TakeCodesForm, run: str = "") -> Report:
        """Make the file and put it beside the company's folder, for whoever has no desk at hand.

        `run` is the run that was ordered to, where no order stands in the book yet: then it is written down first.
        """
        report = self.take(form, run)
        if self.made is None:
            return report
        if run:
            by = writer_of_offers(self.house, form.person)
            with self.house.sessions.begin() as session:
                key, filled_in = rows.offer(session, form.offer).key, form.model_dump(mode="json")
                told, subject = report.model_dump(mode="json"), ("offer", key)
                write_down(session, self.clock, run, "take-codes", filled_in, by, subject, told)
        folder = self.house.var / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / self.made.name).write_bytes(self.made.data)
        notes = (translate(WRITTEN, place=f"{FOLDER}/{self.made.name}"),)
        return report.model_copy(update={"notes": notes})

    def clear(self) -> int:
        """Take away what was put there a week ago, and nobody has; returns how many files."""
        since = self.house.now() - KEPT
        old = [one for one in (self.house.var / FOLDER).glob("*") if one.is_file() and _written_at(one) < since]
        for one in old:
            one.unlink(missing_ok=True)
        return len(old)

    def _batch(self, session: Session, row: OfferRow, form: TakeCodesForm, run: str) -> CouponBatch:
        found = next((one for one in rows.batches(session, row.id or 0) if one.id == form.batch), None)
        if found is None:
            raise Refused(because(NO_BATCH, code="no_batch", batch=form.batch))
        mine = (one for one in looks.taken(session, row.key) if one.form.get("batch") == form.batch)
        before = [one for one in mine if not run or one.run_id != run]  # one that was killed begins anew
        if before and found.kind != BatchKind.GENERIC and not form.reason.strip():
            who = OfferApproval(self.house).questions.name(before[-1].person)
            raise Refused(because(BEFORE, code="before", who=who))
        return found

    def _file(
        self, session: Session, row: OfferRow, batch: CouponBatch | None, terms: OfferTerms, form: TakeCodesForm
    ) -> CodesFile:  # fmt: skip
        if batch is None:
            return self._card(session, row, terms, form)
        as_sheets, name = form.what == AS_SHEETS, f"{row.key}-{batch.id}"
        codes = list(self._codes(session, batch, terms.codes, PRINTED_MOST + 1 if as_sheets else 10**9))
        if not codes:
            raise Refused(because(EMPTY, code="empty"))
        if not as_sheets:
            table = "\r\n".join(["code", *codes, ""]).encode("utf-8-sig")
            return CodesFile(name=f"{name}.csv", media="text/csv; charset=utf-8", data=table, number=len(codes))
        if len(codes) > PRINTED_MOST:
            raise Refused(because(TOO_MANY, code="too_many", number=batch.made, most=PRINTED_MOST))
        ends = looks.first_end(session, batch.id or 0, row.ends_at) if row.ends_at else None
        pdf = self._printed(session, terms, codes, SYMBOL[form.symbol], ends)
        return CodesFile(name=f"{name}.pdf", media="application/pdf", data=pdf, number=len(codes))

    def _card(self, session: Session, row: OfferRow, terms: OfferTerms, form: TakeCodesForm) -> CodesFile:
        """The card of one client's code, to be handed or sent to them."""
        coupon = form.coupon
        found = session.get(Coupon, coupon)
        if found is None or found.offer_id != row.id:
            raise Refused(because(NOT_OF, code="not_of", coupon=coupon))
        if found.state != CouponState.LIVE:
            raise Refused(because(EMPTY_ONE, code="empty"))
        if found.most and found.used >= found.most:
            raise Refused(because(USED_ONE, code="used_up"))
        kind = BatchKind(batch_kind(session, found))
        shown = _shown(found.code, kind, terms.codes)
        pdf = self._printed(session, terms, [shown], SYMBOL[form.symbol], found.ends_at)
        return CodesFile(name=f"{row.key}-coupon-{coupon}.pdf", media="application/pdf", data=pdf, number=1)

    def _codes(self, session: Session, batch: CouponBatch, rules: CodeRules, most: int) -> Iterator[str]:
        after, left, kind = 0, most, BatchKind(batch.kind)
        while left and (some := looks.codes_of(session, batch.id or 0, after, min(AT_ONCE, left))):
            yield from (_shown(code, kind, rules) for _, code in some)
            after, left = some[-1][0], left - len(some)

    def _printed(
        self, session: Session, terms: OfferTerms, codes: Sequence[str], symbol: Symbol, ends: datetime | None = None
    ) -> bytes:  # fmt: skip
        """Cards with all that their bearers have to know; the more that is, the fewer there are on a sheet."""
        now = now_by(self.clock, session)
        words = self._words(session, terms, now, ends)
        for paper in PAPERS:
            try:
                sheets(words, codes[:1], replace(paper, symbol=symbol), now)
            except Refused as refused:
                if refused.reason.code != NO_ROOM or paper is PAPERS[-1]:
                    raise
            else:
                return sheets(words, codes, replace(paper, symbol=symbol), now)
        raise AssertionError

    def _words(self, session: Session, terms: OfferTerms, now: datetime, ends: datetime | None) -> Words:
        company = self.house.workspace.company
        lines = tuple(sentences(terms, rows.knowledge(session, self.house.workspace).words))
        until = max(terms.last_day, last_day(ends, company.zones)) if ends else terms.last_day
        is_coming = terms.first_day > local(now, company.zone).date()
        said = {"first": f"{terms.first_day:%d.%m.%Y}", "day": f"{until:%d.%m.%Y}"}
        day = translate(FROM_UNTIL, **said) if is_coming else translate(UNTIL, day=said["day"])
        return Words(title=terms.title, lines=lines, until=day, company=company.name, language=language())

    def symbol(self, key: str, kind: str, as_bars: bool = False) -> tuple[str, bytes] | None:
        """The picture of the one code of an offer that has one for everybody; None too where bars cannot hold it."""
        with self.house.reads() as session:
            row = rows.by_key(session, key)
            version = rows.in_force(session, row) if row else None
            code = looks.a_code_of(session, row.id or 0) if row else ""
        if version is None or not code or rows.terms_of(version).codes.kind is not CodeKind.GENERIC:
            return None
        content = content_of(code)
        if as_bars:
            return _bars(content, kind)
        return ("image/svg+xml", qr_svg(content)) if kind == "svg" else ("image/png", qr_png(content))


def _shown(code: str, kind: BatchKind, rules: CodeRules) -> str:
    """A code as people read it: its own word as it was written, drawn ones with their hyphens."""
    if kind is BatchKind.GENERIC and fold(rules.word) == code:
        return rules.word.strip()
    return shown_as(shape_of(rules), code) if kind is BatchKind.UNIQUE else code


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _bars(content: str, kind: str) -> tuple[str, bytes] | None:
    try:
        drawn = code_128(content)
    except Refused:
        return None
    return ("image/svg+xml", bars_svg(drawn)) if kind == "svg" else ("image/png", bars_png(drawn))
