"""Goods and their groups as offers name them, and the company's outlets with their own clocks. Pure."""

from collections.abc import Iterable, Sequence

from models.company import Company
from tasks.offers.goods import Assortment

JOINED = " / "  # how the feed's table writes a path of groups


def zone_of(company: Company, outlet: str) -> str:
    """The outlet's own zone; the company's, where it has none or nobody knows it."""
    return next((one.zone for one in company.outlets if one.key == outlet and one.zone), company.zone)


def titles_of(company: Company) -> dict[str, str]:
    return {one.key: one.name for one in company.outlets}


def assortment(products: Iterable[tuple[str, str, str, Sequence[str]]], company: Company) -> Assortment:
    """Products are (id, name, path of groups, ids of these), as the feed has them.

    A group goes by its name, by its id, and by its whole path, which tells two of one name apart. A product goes by
    its id, and by its name where no id is written so.
    """
    above: dict[str, set[str]] = {}
    by_name, by_id = dict[str, str](), dict[str, str]()
    for id, name, path, ids in products:
        by_name.setdefault(name, path)
        by_id[id] = path
        if path and path not in above:
            _place(above, path.split(JOINED), ids)
    return Assortment(
        above={name: frozenset(over) for name, over in above.items()}, group_of=by_name | by_id,
        currency=company.currency, outlets=titles_of(company),
    )  # fmt: skip


def _place(above: dict[str, set[str]], names: Sequence[str], ids: Sequence[str]) -> None:
    """All groups on a path, each under every name it goes by, with all it stands under."""
    over: set[str] = set()
    for n, name in enumerate(names):
        own = {name, JOINED.join(names[: n + 1]), *ids[n : n + 1]}
        over |= own
        for one in own:
            above.setdefault(one, set()).update(over)
