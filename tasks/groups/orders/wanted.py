"""What forms of orders about groups say in words: shares, numbers of customers, keys. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from integrations.errors import Refused
from models.group_forms import READY, CorrectGroupForm, MakeGroupForm
from models.group_orders import MAKE, GroupsForm
from models.locale import mark
from models.reason import because
from tasks.adaptation.slug import slug

NOT_A_SHARE = mark("“{value}” is not a share of the group. Write per cent from 0 to 50, for example 10 or 12.5.")
NOT_A_NUMBER = mark("Number {place} of the list is not the number of a customer. Write numbers with commas: 12, 15.")
NOBODY = mark("Name at least one customer by number; it stands on the customer's page.")
NO_TITLE = mark("A group needs a title: colleagues choose it by that, for example in a mailing.")
MOST_SHARE, KEY_MOST = 500, 60
PARTS = re.compile(r"[,;\s]+")
LARGEST = 2**31 - 1


def order_in(form: GroupsForm) -> MakeGroupForm | CorrectGroupForm:
    """What the form of B1 orders, as the order that is given elsewhere too."""
    who = {"person": form.person, "reason": form.reason}
    if form.what != MAKE:
        numbers = str(form.customer or "")
        return CorrectGroupForm.model_validate({"what": form.what, "group": form.group, "customers": numbers} | who)
    control = str(form.control) if form.control and not form.no_control.strip() else ""
    return MakeGroupForm.model_validate(
        {"what": READY, "key": form.group, "control": control}
        | form.model_dump(include={"ready", "name", "days", "least", "no_control"}) | who
    )  # fmt: skip


def share_of(text: str) -> int | None:
    """Per cent as they are typed, in thousandths; None where nothing is. Raises Refused."""
    said = text.strip().removesuffix("%").strip().replace(",", ".")
    if not said:
        return None
    try:
        share = Decimal(said) * 10
    except ArithmeticError:  # no number, or one that is too large to count with: 1e9999999
        share = Decimal(-1)
    if not share.is_finite() or share != share.to_integral_value() or not 0 <= share <= MOST_SHARE:
        raise Refused(because(NOT_A_SHARE, code="share", value=text.strip()[:20]))
    return int(share)


def numbers_of(text: str) -> list[int]:
    """The numbers of customers, each once, in their order. What is wrong is called by its place alone. Raises Refused.

    It may be an e-mail that somebody typed, and answers are read by more people than may see one.
    """
    parts = [part for part in PARTS.split(text.replace("№", " ").replace("#", " ")) if part]
    if not parts:
        raise Refused(because(NOBODY, code="nobody"))
    for place, part in enumerate(parts, 1):
        if not (part.isascii() and part.isdigit()) or not 0 < int(part[:20]) <= LARGEST:
            raise Refused(because(NOT_A_NUMBER, code="not_a_number", place=place))
    return list(dict.fromkeys(map(int, parts)))


def key_of(title: str, taken: Collection[str]) -> str:
    """A key made of the title that nothing is called by yet."""
    base = slug(title, KEY_MOST - 4) or "group"
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (base, *numbered) if key not in taken)


def dependents(needs: Mapping[str, Collection[str]], keys: Iterable[str]) -> list[str]:
    """These groups and all that are made of them, directly or not."""
    found = dict.fromkeys(keys)
    while more := [key for key, of in needs.items() if key not in found and found.keys() & set(of)]:
        found |= dict.fromkeys(more)
    return list(found)


def tidied(title: str) -> str:
    """The title on one line. Raises Refused where there is none."""
    if not (said := " ".join(title.split())):
        raise Refused(because(NO_TITLE, code="no_title"))
    return said
