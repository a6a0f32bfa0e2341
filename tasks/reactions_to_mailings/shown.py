"""A mailing's figures as its page shows them, in the reader's language. Pure."""

from collections.abc import Iterator

from models.desk.mailing_report import Box, Heat, MailingReport, Said, Step, Table, TableRow, Tone
from models.locale import mark, spoken, translate
from models.mail_returns import WHY_TITLES, Why
from models.mailings import Stage
from models.trial import BY_TITLES
from tasks.reactions_to_mailings.plots import NARROW, WIDE, counted, legend, over_time
from tasks.reactions_to_mailings.sentences import lead, others, rounded
from tasks.reactions_to_mailings.tables import (
    OF_DOMAINS,
    OF_GROUPS,
    coupons_table,
    owed_table,
    shares_table,
    tenths,
    variants_table,
)
from tasks.reactions_to_mailings.values import Figures, Told
from tasks.reports.numbers import say, say_moment, say_money, say_share
from tasks.returns.sums.funnel import TITLES, Funnel, Share, shares
from tasks.returns.sums.intervals import Interval
from tasks.returns.sums.rows import LinkClicks

LISTED = mark("were to get it")
MAIN = ("sent", "delivered", "opened", "clicked", "bought")
CHOSEN_BY_PEOPLE = ("opened", "clicked", "bought")  # what another day would have come out otherwise
MACHINES = {"opened": "opened_by_machines", "clicked": "clicked_by_machines"}
BY_MACHINES = mark("and {number} by machines only")
BETWEEN = mark("from {low} to {high}")
LINE = mark("{account}, {first} – {last}")
RECIPIENTS = mark("Purchases of recipients, per 1,000")
LEFT_OUT = mark("Of those left out, per 1,000")
DIFFERENCE = mark("Difference, per 1,000")
AFTER = mark("Bought after a click or an opening, per 1,000 letters")
COST, RETURN = mark("Cost of the letters"), mark("Purchases for {unit} spent")
IN_A_WEEK = mark("within 7 days after the letter")
BUYERS = mark("{number} bought, of {of}")
BEFORE = {Told.NOT_TOLD: mark("cannot be told from zero"), Told.EARLY: mark("too early to be told")}
FEW_BUYERS = mark("too few bought to say anything")
NO_ONE_LEFT_OUT = mark("nobody was left out for comparison")
HEAT_COLOURS, REPLY = 4, "reply"
LEFT_TITLE, WHY_HEAD, NUMBER = mark("Why they unsubscribed"), mark("Reason"), mark("People")
NOT_SAID, BY_REPLY = mark("did not say"), mark("asked for it in an answer")
HOURS_TITLE, WHEN, OPENED, CLICKED = mark("Hour by hour"), mark("When"), mark("Opened"), mark("Clicked")
DECIDES = mark("The variants are compared by {by}, once, on {at}: an early look finds winners by chance.")
DECIDED = mark("The variants were compared by {by} on {at}. {why}")
CHOSEN = mark("Variant {variant} went to those who waited.")
WAITING = mark("{number} recipients wait for the variant that you choose.")
NOT_SETTLED = mark("The variants are compared by {by}, once, some time after the test has gone out.")
AS_COUNTED = mark(
    "Opened counts whoever followed a link too: pictures may be switched off. What machines opened and followed is "
    "kept apart. Delivered is what was sent and did not come back: most servers never confirm."
)
AS_INTERVALS = mark("Intervals hold the true share with 95 % certainty (Wilson); those of money are drawn (bootstrap).")
AS_OWED = mark(
    "A purchase is owed to the last click within 7 days before it; without one to the last opening; without one to the "
    "last letter."
)
AS_OWED_SHORT = mark("after a click or an opening")
AS_GROUPS = mark("Groups as they are today; a customer of two groups counts in both.")


def page(figures: Figures, reader: str, waits_for_person: bool = False, not_again: str = "") -> MailingReport:
    """The report of a mailing; `not_again` is why those who did not open cannot be asked again now."""
    plots = tuple(over_time(figures, reader, frame) for frame in (WIDE, NARROW))
    with spoken(reader):
        about = figures.about
        return MailingReport(
            id=about.id, title=about.title, subject=about.subject, line=_line(figures), lead=lead(figures),
            sentences=tuple(others(figures)), steps=tuple(_steps(figures.whole)), boxes=tuple(_boxes(figures)),
            trial=_trial(figures), variants=variants_table(figures), links=tuple(_heat(figures)),
            plots=plots if plots[0] else (), legend=legend(), hours=_hours(figures),
            tables=tuple(table for table in _tables(figures) if table is not None), notes=tuple(_notes(figures)),
            may_again=not not_again and about.stage in (Stage.SENT, Stage.CANCELLED) and bool(figures.whole.sent),
            not_again=not_again, waits=waits_for_person,
        )  # fmt: skip


def _line(figures: Figures) -> str:
    about = figures.about
    if about.first_at is None or about.last_at is None:
        return about.account_title
    said = (say_moment(at, figures.zone) for at in (about.first_at, about.last_at))
    return translate(LINE, account=about.account_title, first=next(said), last=next(said))


def _steps(whole: Funnel) -> Iterator[Step]:
    """The way from the list to a purchase; each share says of what."""
    longest = max(whole.listed, 1)
    yield Step(title=translate(LISTED), number=say(whole.listed, "count"), width=100 if whole.listed else 0)
    named = dict(zip(TITLES, shares(whole), strict=True))
    for name in MAIN:
        share, machines = named[name], getattr(whole, MACHINES[name]) if name in MACHINES else 0
        interval = _interval(share) if name in CHOSEN_BY_PEOPLE else ""
        yield Step(
            title=translate(share.title), number=say(share.number, "count"), share=_share(share), interval=interval,
            of=translate(share.of_what), width=100 * share.number / longest,
            machines=translate(BY_MACHINES, number=say(machines, "count")) if machines else "",
            machines_width=100 * machines / longest,
        )  # fmt: skip


def _share(share: Share) -> str:
    return say_share(share.value) if share.value is not None else "—"


def _interval(share: Share) -> str:
    if not share.of:
        return ""
    low, high = share.interval.low, share.interval.high
    return translate(BETWEEN, low=tenths(low), high=tenths(high))


def _boxes(figures: Figures) -> Iterator[Box]:
    """Money: what recipients bought, what those left out bought, and what that leaves."""
    found, currency = figures.against, figures.currency
    if not figures.whole.sent:
        return
    if found is not None:
        yield Box(
            title=translate(RECIPIENTS), value=say_money(round(found.recipients.per_thousand), currency),
            note=f"{translate(IN_A_WEEK)}; {_buyers(len(found.recipients.amounts), found.recipients.size)}",
        )  # fmt: skip
        if found.control.size:
            yield Box(
                title=translate(LEFT_OUT), value=say_money(round(found.control.per_thousand), currency),
                note=_buyers(len(found.control.amounts), found.control.size),
            )  # fmt: skip
        yield _difference(figures)
    yield Box(
        title=translate(AFTER), value=say_money(round(figures.looked.per_thousand), currency),
        note=_money_interval(figures.looked_interval, currency) or translate(FEW_BUYERS),
    )  # fmt: skip
    yield from _costs(figures)


def _difference(figures: Figures) -> Box:
    found = figures.against
    assert found is not None
    title = translate(DIFFERENCE)
    if found.told is Told.NO_CONTROL:
        return Box(title=title, value="—", note=translate(NO_ONE_LEFT_OUT))
    if found.interval is None:
        return Box(title=title, value="—", note=translate(FEW_BUYERS))
    tone: Tone = "good" if found.told is Told.MORE else "bad" if found.told is Told.LESS else "plain"
    note, before = _money_interval(found.interval, figures.currency), BEFORE.get(found.told, "")
    note = f"{translate(before)}; {note}" if before else note
    return Box(title=title, value=say_money(rounded(found.apart), figures.currency), note=note, tone=tone)


def _costs(figures: Figures) -> Iterator[Box]:
    if figures.cost is None:
        return
    yield Box(title=translate(COST), value=say_money(figures.cost, figures.currency))
    if figures.cost:
        value = say_money(round(100 * figures.owed_to_looks / figures.cost), figures.currency)
        title = translate(RETURN, unit=say_money(100, figures.currency))
        yield Box(title=title, value=value, note=translate(AS_OWED_SHORT))


def _buyers(number: int, of: int) -> str:
    return translate(BUYERS, number=say(number, "count"), of=say(of, "count"))


def _money_interval(interval: Interval | None, currency: str) -> str:
    if interval is None:
        return ""
    ends = (say_money(rounded(end), currency) for end in (interval.low, interval.high))
    return translate(BETWEEN, low=next(ends), high=next(ends))


def _trial(figures: Figures) -> Said | None:
    """When the variants are compared, or what was found."""
    trial = figures.trial
    if trial is None:
        return None
    by = translate(BY_TITLES[trial.by])
    if trial.decides_at is None:
        return Said(text=translate(NOT_SETTLED, by=by))
    if trial.decided_at is None:
        return Said(text=translate(DECIDES, by=by, at=say_moment(trial.decides_at, figures.zone)))
    parts = [translate(DECIDED, by=by, at=say_moment(trial.decided_at, figures.zone), why=trial.why)]
    parts += [translate(CHOSEN, variant=trial.chosen)] if trial.chosen else []
    parts += [translate(WAITING, number=say(trial.waiting, "count"))] if trial.waiting and not trial.chosen else []
    return Said(text=" ".join(parts), tone="good" if trial.winner else "plain")


def _heat(figures: Figures) -> Iterator[Heat]:
    """Links, the most followed first; the invisible one for machines is none of them."""
    found = sorted((one for one in figures.links if one.n), key=lambda one: (-one.people, one.variant, one.n))
    most = max((one.people for one in found), default=0)
    several = len({one.variant for one in found}) > 1
    sizes = {line.variant: line.funnel.delivered for line in figures.variants}
    yield from (_link(one, most, sizes.get(one.variant, 0), several) for one in found)


def _link(one: LinkClicks, most: int, delivered: int, several: bool) -> Heat:
    machines = translate(BY_MACHINES, number=say(one.machines, "count")) if one.machines else ""
    return Heat(
        label=one.label or one.url, url=one.url, people=say(one.people, "count"),
        share=say_share(one.people / delivered) if delivered else "—", width=100 * one.people / most if most else 0,
        heat=-(-HEAT_COLOURS * one.people // most) if most else 0, machines=machines,
        variant=one.variant if several else "",
    )  # fmt: skip


def _hours(figures: Figures) -> Table | None:
    columns = counted(figures)
    if not columns:
        return None
    rows = tuple(
        TableRow(title=at, cells=tuple(say(values.get(what, 0), "count") for what in ("opened", "clicked")))
        for at, values in ((at, {str(what): number for what, number in found.items()}) for at, found in columns)
        if any(values.values())
    )  # fmt: skip
    heads = (translate(OPENED), translate(CLICKED))
    return Table(key="hours", title=translate(HOURS_TITLE), head=translate(WHEN), columns=heads, rows=rows)


def _tables(figures: Figures) -> Iterator[Table | None]:
    groups = {line.title: line.funnel for line in figures.groups}
    marked = frozenset(line.title for line in figures.groups if line.is_included)
    yield shares_table(OF_GROUPS, groups, marked, translate(AS_GROUPS))
    yield shares_table(OF_DOMAINS, figures.domains)
    yield _leavings(figures)
    yield coupons_table(figures)
    yield owed_table(figures)


def _leavings(figures: Figures) -> Table | None:
    if not figures.leavings:
        return None
    ordered = sorted(figures.leavings.items(), key=lambda one: (one[0] == "", -one[1]))
    rows = tuple(TableRow(title=why(code), cells=(say(number, "count"),)) for code, number in ordered)
    heads = (translate(NUMBER),)
    return Table(key="leavings", title=translate(LEFT_TITLE), head=translate(WHY_HEAD), columns=heads, rows=rows)


def why(code: str) -> str:
    if code in set(Why):
        return translate(WHY_TITLES[Why(code)])
    text = BY_REPLY if code == REPLY else NOT_SAID
    return translate(text)


def _notes(figures: Figures) -> Iterator[str]:
    if figures.whole.sent:
        yield translate(AS_COUNTED)
        yield translate(AS_INTERVALS)
        yield translate(AS_OWED)
