"""What mailings come to: one whole, and a round over those that are due, with its facts. It knows no Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.database import now_by
from models.letters import Ground
from models.mailings import Mailing, Stage
from models.reaction import Mark
from models.registry import Observation
from tasks.groups.figures.rows import members_of
from tasks.groups.rows import groups
from tasks.house import House
from tasks.reactions_to_mailings import facts, rows
from tasks.reactions_to_mailings.judging import against
from tasks.reactions_to_mailings.redeemed.rows import coupon_lines
from tasks.reactions_to_mailings.values import USUAL, About, Figures, GroupLine, Trial, VariantLine
from tasks.reactions_to_mailings.winners import rows as winners
from tasks.reactions_to_mailings.winners.engine import Winners
from tasks.reactions_to_mailings.winners.terms import terms_of
from tasks.registry.rows import record, stated
from tasks.returns.owed.rows import CONTROL, Credit, credits, last_touch, spent
from tasks.returns.sums import rows as sums
from tasks.returns.sums.attribution import By
from tasks.returns.sums.funnel import Funnel, together
from tasks.returns.sums.intervals import Interval
from tasks.returns.sums.resampling import Spent, per_thousand_interval

DAYS = 45  # as long as purchases, and what is given back of them, may still change what is owed
YOUNG, RARELY = timedelta(days=2), timedelta(hours=20)
GROUPS_MOST = 12
OWED, VARIANTS = "mailings:owed", ("A", "B", "C")


@dataclass
class Round:
    """What a round came to: the figures of each mailing looked at, and how many facts were new."""

    figures: list[Figures] = field(default_factory=list)
    facts: int = 0


class Analysis:
    """The mailings of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self._winners = house, house.clock, Winners(house)

    def figures(self, mailing: int) -> Figures | None:
        """Everything about one mailing, as of now; None where there is no such mailing."""
        with self.house.reads() as session:
            row = rows.mailing(session, mailing)
            return self._figures(session, row) if row else None

    def _figures(self, session: Session, row: Mailing) -> Figures:
        id, company, now = row.id or 0, self.house.workspace.company, now_by(self.clock, session)
        span = rows.span(session, id)
        about = self._about(session, row, span)
        owed, bought = credits(session, id, USUAL), spent(session, id, USUAL.touch)
        funnels = {name: one for name, one in sums.by_variant(session, id, USUAL).items() if name != CONTROL}
        variants = self._variants(session, id, funnels, bought, owed)
        looked = Spent(_amounts(owed), span.letters)
        price = self._price(row.account)
        return Figures(
            about=about, at=now, zone=company.zone, currency=company.currency, whole=together(funnels.values()),
            variants=variants, groups=self._groups(session, id, about.groups),
            links=tuple(sums.by_link(session, id)), hours=tuple(sums.over_time(session, id)),
            domains=sums.by_domain(session, id), leavings=rows.leavings(session, id), owed=rows.by_touch(owed),
            looked=looked, looked_interval=per_thousand_interval(looked, id),
            trial=self._trial(session, row, span, variants), coupons=coupon_lines(session, row),
            against=against(bought, id, _told_from(span, now)) if row.ground == Ground.ADVERTISING else None,
            cost=facts.cost_of(price, span.pieces, company.currency) if span.letters else None,
        )  # fmt: skip

    def _about(self, session: Session, row: Mailing, span: rows.Span) -> About:
        card = self.house.mailer_card(row.account)
        return About(
            id=row.id or 0, key=row.key, title=row.title, stage=Stage(row.stage), ground=Ground(row.ground),
            subject=rows.subject(session, row), account=row.account,
            account_title=card.title if card else row.account, campaign=row.campaign, goal=row.goal,
            groups=tuple(row.groups.get("include") or ()), listed_at=row.listed_at, first_at=span.first_at,
            last_at=span.last_at, standing=row.standing,
        )  # fmt: skip

    def _price(self, account: str) -> str:
        card = self.house.mailer_card(account)
        return str(card.price) if card else ""

    def _variants(
        self, session: Session, id: int, funnels: dict[str, Funnel], bought: dict[str, Spent], owed: Sequence[Credit]
    ) -> tuple[VariantLine, ...]:
        by = rows.by_mailing_and_variant(session, [one for one in owed if one.by is not By.SENT])
        return tuple(
            VariantLine(
                name, funnel, bought.get(name, Spent((), 0)), _interval(bought.get(name), id),
                rows.summed(by.get((id, name), [])),
            ) for name, funnel in sorted(funnels.items()) if name
        )  # fmt: skip

    def _groups(self, session: Session, id: int, included: Sequence[str]) -> tuple[GroupLine, ...]:
        """The groups it went to, and how the others there are took it."""
        titles = {one.key: one.title for one in groups(session)}
        chosen = [*(key for key in included if key in titles), *(key for key in titles if key not in included)]
        found = sums.by_group(session, id, members_of(chosen[:GROUPS_MOST]), USUAL) if chosen else {}
        lines = [
            GroupLine(key, titles[key], found[key], key in included) for key in chosen if found.get(key, Funnel()).sent
        ]
        return tuple(sorted(lines, key=lambda line: (not line.is_included, -line.funnel.sent, line.key)))

    def _trial(self, session: Session, row: Mailing, span: rows.Span, variants: Sequence[VariantLine]) -> Trial | None:
        """The choice among variants, where there are several."""
        settled, waiting = winners.settled(session, row.id or 0), rows.waiting_for_winner(session, row.id or 0)
        if len(variants) < 2 and not waiting and settled is None:
            return None
        terms, number = terms_of(row.split, [one.variant for one in variants]), waiting.get(row.id or 0, 0)
        if settled is None:
            usual = span.last_at + terms.after if span.last_at and not number else None
            return Trial(terms.by, usual, number, terms.otherwise)
        return Trial(
            terms.by, settled.decides_at, number, terms.otherwise, settled.decided_at, settled.winner, settled.chosen,
            settled.why,
        )  # fmt: skip

    # A round.

    def round(self, days: int = DAYS, mailing: int = 0, run: str = "") -> Round:
        """Look at the mailings that are due, or at one; write what has changed into the registry.

        In its first two days a mailing is looked at whenever this is called, then once a day.
        """
        done = Round()
        with self.house.reads() as session:
            now = now_by(self.clock, session)
            due = self._due(session, now, days, mailing)
        for row in due:
            self._winners.note(row.id or 0)
            with self.house.reads() as session:
                figures = self._figures(session, row)
            done.figures.append(figures)
            done.facts += self._record(row, figures, run)
        done.facts += self._record_owed(now, days, bool(mailing), run)
        return done

    def _due(self, session: Session, now: datetime, days: int, mailing: int) -> list[Mailing]:
        if mailing:
            found = rows.mailing(session, mailing)
            return [found] if found else []
        return [
            row for row in rows.to_look_at(session, now - timedelta(days=days)) if self._is_due(session, row, now)
        ]  # fmt: skip

    def _is_due(self, session: Session, row: Mailing, now: datetime) -> bool:
        last, began = session.get(Mark, _looked_at(row)), row.listed_at or row.made_at
        return last is None or now - began < YOUNG or now - last.at >= RARELY

    def _record(self, row: Mailing, figures: Figures, run: str) -> int:
        subjects = [facts.subject_of(figures.about.id, line.variant) for line in figures.variants]
        with self.house.sessions.begin() as session:
            known = rows.last_values(session, subjects, facts.METRICS)
            found = [*facts.of_figures(figures, known, run), *self._costs(session, row, figures, run)]
            session.merge(Mark(name=_looked_at(row), value="", at=figures.at))
            return record(session, found, self.clock)

    def _costs(self, session: Session, row: Mailing, figures: Figures, run: str) -> list[Observation]:
        """Of days that are over; of the others more may still come."""
        price, today = self._price(row.account), figures.at.astimezone(ZoneInfo(figures.zone)).date()
        if not price.strip():
            return []
        pieces = facts.by_day(rows.sent_by_hour(session, row.id or 0), figures.zone)
        costs = {
            day: facts.cost_of(price, number, figures.currency) or 0 for day, number in pieces.items() if day < today
        }
        known = stated(session, f"mailing:{row.id}:")
        return list(facts.of_cost(figures.about, costs, known, figures.zone, figures.currency, run))

    def _record_owed(self, now: datetime, days: int, is_wanted: bool, run: str) -> int:
        """What purchases are owed, each to one mailing of all: once a day, for all receipts are asked."""
        with self.house.reads() as session:
            last = session.get(Mark, OWED)
            if not is_wanted and last is not None and now - last.at < RARELY:
                return 0
            since = now - timedelta(days=days)
            of = {
                row.id or 0: self._about(session, row, rows.Span()) for row in rows.to_look_at(session, since)
                if not row.standing
            }  # fmt: skip
            touched = [one for one in last_touch(session, since, now, USUAL) if one.by is not By.SENT]
            found = rows.by_mailing_and_variant(session, [one for one in touched if one.mailing in of])
        currency, keys = self.house.workspace.company.currency, {(id, name) for id in of for name in VARIANTS}
        with self.house.sessions.begin() as session:
            known = rows.last_values(session, [facts.subject_of(*key) for key in keys], facts.METRICS)
            told = [
                one for id, variant in sorted(keys | found.keys())
                for one in facts.of_owed(
                    of[id], variant, rows.summed(found.get((id, variant), [])), now, currency, known, run
                )
            ]  # fmt: skip
            session.merge(Mark(name=OWED, value="", at=now))
            return record(session, told, self.clock)


def _told_from(span: rows.Span, now: datetime) -> datetime | None:
    """When the last recipient, too, will have had the whole time to buy; None where it is over."""
    over = span.last_at + USUAL.touch if span.last_at else now
    return over if over > now else None


def _looked_at(row: Mailing) -> str:
    return f"mailing:{row.id}:looked"


def _amounts(owed: Sequence[Credit]) -> tuple[int, ...]:
    """What each recipient bought after a click or an opening, where it is something."""
    each: dict[int, int] = {}
    for one in owed:
        if one.by is not By.SENT:
            each[one.customer] = each.get(one.customer, 0) + one.net
    return tuple(sorted(amount for amount in each.values() if amount > 0))


def _interval(spent: Spent | None, seed: int) -> Interval | None:
    return per_thousand_interval(spent, seed) if spent else None
