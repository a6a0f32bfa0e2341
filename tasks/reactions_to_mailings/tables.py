"""The tables of a mailing's report: variants, groups, domains, what purchases are owed. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from babel.numbers import format_percent

from models.desk.mailing_report import Table, TableRow
from models.locale import language, mark, translate
from tasks.reactions_to_mailings.sentences import rounded
from tasks.reactions_to_mailings.values import CouponLine, Figures, Owed, VariantLine
from tasks.reports.numbers import say, say_money, say_share
from tasks.returns.sums.attribution import BY_TITLES, By
from tasks.returns.sums.funnel import Funnel
from tasks.returns.sums.intervals import wilson

SENT, DELIVERED, OPENED, CLICKED = mark("Sent"), mark("Delivered"), mark("Opened"), mark("Clicked")
BOUNCED, UNSUBSCRIBED, COMPLAINED, BOUGHT = mark("Bounced"), mark("Unsubscribed"), mark("Complained"), mark("Bought")
PER_1000 = mark("Purchases per 1,000")
VARIANTS, VARIANT = mark("Variants"), mark("Variant")
WINS = mark("better, proven")
WITH, PER_CENT = mark("{share} ({low}–{high})"), "%\u00a0"
OTHERS, UNCOUNTED = mark("Other domains"), mark("too few addresses to count one by one")
RECEIPTS, NET = mark("Receipts"), mark("Amount")
OWED_TITLE, OWED_HEAD = mark("What purchases are owed to"), mark("The recipient bought")
COUPONS_TITLE, ISSUED, VIEWED = mark("Coupons of the letters"), mark("Issued codes"), mark("Viewed coupons")
REDEEMED, PAID_PER_1000 = mark("Redeemed coupons"), mark("Paid with them, per 1,000 delivered")
SO_MANY = mark("redeemed: {number}, paid with them: {amount}")
AS_REDEEMED = mark(
    "A redemption is owed to the last mailing of the offer whose letter went to its holder before it. Viewed is "
    "whoever opened the letter, looked at the coupon's page or followed a link; machines are left out."
)
RETURNED = mark("given back: {amount}")


@dataclass(frozen=True)
class Kind:
    key: str
    title: str
    head: str


OF_GROUPS = Kind("groups", mark("Customer groups"), mark("Group"))
OF_DOMAINS = Kind("domains", mark("Mail providers"), mark("Domain"))


def share_of(number: int, of: int) -> str:
    """A share with its interval; a dash where there is nothing it could be of."""
    if of <= 0:
        return "—"
    interval = wilson(min(number, of), of)
    ends = {"low": tenths(interval.low).rstrip(PER_CENT), "high": tenths(interval.high)}
    return translate(WITH, share=say_share(number / of), **ends)


def ends_of(number: int, of: int) -> str:
    """Where the true share lies."""
    if of <= 0:
        return ""
    interval = wilson(min(number, of), of)
    return f"{tenths(interval.low).rstrip(PER_CENT)}–{tenths(interval.high)}"


def tenths(share: float) -> str:
    """A share in per cent with a digit behind the point: the ends of an interval are not rounded into one."""
    pattern = "#,##0.#\u00a0%" if language() == "ru" else "#,##0.#%"
    said: str = format_percent(share, format=pattern, locale=language())
    return said


def variants_table(figures: Figures) -> Table | None:
    """The variants side by side, where there are several."""
    if len(figures.variants) < 2:
        return None
    winner = figures.trial.winner if figures.trial else ""
    heads = (SENT, DELIVERED, OPENED, CLICKED, UNSUBSCRIBED, BOUGHT, PER_1000)
    rows = tuple(_variant(line, winner, figures.currency) for line in figures.variants)
    return Table(
        key="variants", title=translate(VARIANTS), head=translate(VARIANT),
        columns=tuple(translate(head) for head in heads), rows=rows,
    )  # fmt: skip


def _variant(line: VariantLine, winner: str, currency: str) -> TableRow:
    one, is_winner = line.funnel, line.variant == winner
    counted = [(one.delivered, one.sent)]
    counted += [(number, one.delivered) for number in (one.opened, one.clicked, one.unsubscribed, one.bought)]
    money = say_money(round(line.spent.per_thousand), currency)
    interval = line.interval
    between = (say_money(rounded(end), currency) for end in (interval.low, interval.high)) if interval else ()
    return TableRow(
        title=line.variant, strong=is_winner, note=translate(WINS) if is_winner else "",
        cells=(say(one.sent, "count"), *(_plain(*pair) for pair in counted), money),
        small=("", *(ends_of(*pair) for pair in counted), "–".join(between)),
    )  # fmt: skip


def shares_table(
    kind: Kind, funnels: Mapping[str, Funnel], strong: Collection[str] = (), note: str = ""
) -> Table | None:
    """How far letters came, line by line; the largest first, what has no name of its own last."""
    lines = [(name, one) for name, one in funnels.items() if one.sent]
    if not lines or (kind is OF_DOMAINS and not any(name for name, _ in lines)):
        return None
    heads = (SENT, DELIVERED, BOUNCED, OPENED, CLICKED, UNSUBSCRIBED, COMPLAINED)
    lines.sort(key=lambda line: (line[0] == "", line[0] not in strong if strong else False, -line[1].sent, line[0]))
    rows = tuple(_line(name, one, name in strong) for name, one in lines)
    return Table(
        key=kind.key, title=translate(kind.title), head=translate(kind.head), rows=rows, note=note,
        columns=tuple(translate(head) for head in heads),
    )  # fmt: skip


def _line(name: str, one: Funnel, strong: bool) -> TableRow:
    bounced = one.bounced_hard + one.bounced_soft
    cells = (
        say(one.sent, "count"), _plain(one.delivered, one.sent), _plain(bounced, one.sent),
        _plain(one.opened, one.delivered), _plain(one.clicked, one.delivered), _plain(one.unsubscribed, one.delivered),
        _plain(one.complained, one.delivered),
    )  # fmt: skip
    title = name or translate(OTHERS)
    return TableRow(title=title, cells=cells, strong=strong, quiet=not name, note="" if name else translate(UNCOUNTED))


def _plain(number: int, of: int) -> str:
    return say_share(number / of) if of > 0 else "—"


def coupons_table(figures: Figures) -> Table | None:
    """The coupons that its letters brought, by variant."""
    if not figures.coupons:
        return None
    funnels = {line.variant: line.funnel for line in figures.variants}
    heads = (ISSUED, DELIVERED, VIEWED, REDEEMED, PAID_PER_1000)
    rows = tuple(_coupons(line, funnels.get(line.variant, Funnel()), figures.currency) for line in figures.coupons)
    return Table(
        key="coupons", title=translate(COUPONS_TITLE), head=translate(VARIANT), rows=rows, note=translate(AS_REDEEMED),
        columns=tuple(translate(head) for head in heads),
    )  # fmt: skip


def _coupons(line: CouponLine, one: Funnel, currency: str) -> TableRow:
    paid = say_money(round(1000 * line.paid / one.delivered), currency) if one.delivered else "—"
    cells = (
        say(line.issued, "count"), _plain(one.delivered, line.issued), _plain(one.opened, one.delivered),
        _plain(line.redeemed, line.issued), paid,
    )  # fmt: skip
    small = ("", "", ends_of(one.opened, one.delivered), ends_of(line.redeemed, line.issued), "")
    note = translate(SO_MANY, number=say(line.redeemed, "count"), amount=say_money(line.paid, currency))
    return TableRow(title=line.variant, cells=cells, small=small, note=note)


def owed_table(figures: Figures) -> Table | None:
    """What purchases are owed to, the strongest proof first."""
    lines = [(by, figures.owed[by]) for by in sorted(By, reverse=True) if figures.owed.get(by, Owed()).receipts]
    if not lines:
        return None
    rows = tuple(_owed(by, line, figures.currency) for by, line in lines)
    heads = (translate(RECEIPTS), translate(NET))
    return Table(key="owed", title=translate(OWED_TITLE), head=translate(OWED_HEAD), columns=heads, rows=rows)


def _owed(by: By, line: Owed, currency: str) -> TableRow:
    note = translate(RETURNED, amount=say_money(line.returned, currency)) if line.returned else ""
    cells = (say(line.receipts, "count"), say_money(line.net, currency))
    return TableRow(title=translate(BY_TITLES[by]), cells=cells, note=note, quiet=by is By.SENT)


def as_markdown(table: Table) -> Iterator[str]:
    """The table as markdown, for where nothing else is drawn; pipes in a title would end a cell."""
    cells = [tuple(cell.replace("|", "¦") for cell in (row.title, *row.cells)) for row in table.rows]
    yield "| " + " | ".join((table.head, *table.columns)) + " |"
    yield "|" + "---|" * (len(table.columns) + 1)
    yield from ("| " + " | ".join(row) + " |" for row in cells)
