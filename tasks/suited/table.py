"""What is proposed for a group, as a table beside the run. Pure."""

from collections.abc import Mapping, Sequence

from models.content import Ranked
from models.locale import mark, translate
from tasks.suited.ranking import Demand

TITLE = mark("Content for mailings")
OF_GROUP = mark("For the group “{group}”: {number}")
BUYS = mark("The group buys: {what}.")
BUYERS = mark("“{product_group}” ({buyers})")
RISES = mark("“{product_group}” ({buyers}, more lately)")
NOTHING = mark("Nothing speaks for anything. Let content search (A3) find something, or load purchases.")
KINDS: Mapping[str, str] = {
    "products": mark("product"), "piece": mark("piece that was published"), "folder": mark("piece of the folder"),
}  # fmt: skip
OTHER = mark("found: {source}")
SCORE, WHAT, KIND, WHY = mark("Score"), mark("What to say"), mark("What it is"), mark("Why")
WHY_MOST, DEMAND_SHOWN = 4, 6


def section(group: str, ranked: Sequence[Ranked], demand: Sequence[Demand]) -> str:
    """One group's part of the table."""
    lines = [f"### {translate(OF_GROUP, group=group, number=len(ranked))}", ""]
    if demand:
        what = ", ".join(_bought(one) for one in demand[:DEMAND_SHOWN])
        lines += [translate(BUYS, what=what), ""]
    if not ranked:
        return "\n".join([*lines, translate(NOTHING)])
    heads = " | ".join(translate(head) for head in (SCORE, WHAT, KIND, WHY))
    return "\n".join([*lines, f"| {heads} |", "|---:|---|---|---|", *map(_row, ranked)])


def _bought(one: Demand) -> str:
    return translate(RISES if one.rises else BUYERS, product_group=one.product_group, buyers=one.buyers)


def _row(one: Ranked) -> str:
    source = one.finding.source
    kind = translate(KINDS[source]) if source in KINDS else translate(OTHER, source=source)
    title = f"[{_cell(one.finding.title)}]({one.finding.link})" if one.finding.link else _cell(one.finding.title)
    why = "; ".join(_cell(str(reason).rstrip(".")) for reason in one.why[:WHY_MOST])
    return f"| {one.score} | {title} | {_cell(kind)} | {why} |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").replace("[", "(").replace("]", ")").split())
