"""What the program of a till has sent, read; or which fields are wrong, and how to mend them. Pure."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from models.basket import ONE, Basket, BasketLine, LineOff, Off
from models.locale import mark
from models.reason import Reason, because
from models.till_calls import ENTRIES_MOST, BasketTold, EntryTold, NotTaken, OffTold, SaleTold, Trouble
from tasks.intake.reading import EMPTY, NO_ZONE, NOT_A_MOMENT, TEXTS, UNFIT

FIELDS = mark("Fields that cannot be read: {number}. Nothing was done; mend them and send the call again.")
NOT_WHOLE = mark("A whole number is expected here: minor units of money, thousandths of a quantity.")
TOO_SMALL = mark("The number is too small here: {least} at the least.")
TOO_GREAT = mark("The number is too great here: {most} at the most.")
NOT_TRUTH = mark("Either true or false is expected here.")
WALL = mark("This is wall time in the outlet: write it without a time zone, as 2026-11-25T18:30.")
NO_KIND = mark("Say what it is: “sale” or “return”.")
TWICE = mark("Another line has this number. Number each line once.")
SAME_CODE = mark("The same code stands in the call twice. Send it once.")
CURRENCY = mark("The house counts in {currency}. Send the receipt in it.")
NO_SUCH_LINE = mark("The receipt has no line of this number.")
MORE_THAN_LINE = mark("More comes off the line than it costs.")
MANY_GIVEN = mark("There is more given here than there are codes.")
EITHER = mark("Name the sale by “sale”, the key it was redeemed under, or by “receipt”; by one of both.")
WITH_CARD = mark("By the number of a receipt a payment is found together with the card that paid. Send “card”, too.")
NO_ENTRIES = mark("The body is an object with one list of 1 to {most} entries, “entries”. Send it so.")
TROUBLES_MOST = 50
ENTRY: TypeAdapter[Any] = TypeAdapter(EntryTold)
KINDS = ("sale", "return")
Model = TypeVar("Model", bound=BaseModel)


def shaped(model: type[Model], body: Any) -> Model:
    """The body as its model has it. Raises NotTaken with the fields that are wrong."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise unfit(troubles_of(error)) from None


def entry(body: Any) -> Any:
    """An entry of a journal, or what is wrong with it."""
    try:
        return ENTRY.validate_python(body)
    except ValidationError as error:
        return troubles_of(error, KINDS)


def entries(body: Any) -> list[Any]:
    """The entries of a journal, each to be read by itself: one that is wrong holds up none of the others."""
    found = body.get("entries") if isinstance(body, dict) and body.keys() == {"entries"} else None
    if not isinstance(found, list) or not 1 <= len(found) <= ENTRIES_MOST:
        raise unfit([_trouble("entries", because(NO_ENTRIES, code="no_entries", most=ENTRIES_MOST))])
    return found


def unfit(troubles: Sequence[Trouble]) -> NotTaken:
    return NotTaken(422, because(FIELDS, code="fields", number=len(troubles)), tuple(troubles))


def troubles_of(error: ValidationError, kinds: Sequence[str] = ()) -> list[Trouble]:
    """By the paths of the fields; which of these kinds the body is, is no field."""
    found = error.errors(include_url=False, include_input=False)
    around = {one["loc"][:length] for one in found for length in range(len(one["loc"]))}
    named = [one for one in found if one["loc"] not in around or not one["loc"]]
    return [_trouble(_path(one["loc"], kinds), _reason(one)) for one in named[:TROUBLES_MOST]]


def _trouble(field: str, reason: Reason) -> Trouble:
    return Trouble(field=field, code=reason.code, said=str(reason))


def _path(loc: Sequence[int | str], kinds: Sequence[str]) -> str:
    return ".".join(map(str, loc[1:] if loc and loc[0] in kinds else loc))


def _reason(detail: ErrorDetails) -> Reason:
    kind, words = detail["type"], detail.get("ctx", {})
    if kind in ("whole", "int_type", "int_parsing"):
        return because(NOT_WHOLE, code="whole")
    if kind in ("greater_than_equal", "greater_than"):
        return because(TOO_SMALL, code=kind, least=words["ge"] if "ge" in words else words["gt"] + 1)
    if kind == "less_than_equal":
        return because(TOO_GREAT, code=kind, most=words["le"])
    if kind.startswith("timezone"):
        return because(WALL if kind.endswith("naive") else NO_ZONE, code=kind)
    if kind.startswith("datetime"):
        return because(NOT_A_MOMENT, code="moment")
    if kind.startswith("bool"):
        return because(NOT_TRUTH, code="truth")
    if kind.startswith("union_tag"):
        return because(NO_KIND, code="what")
    if kind in ("too_short", "string_too_short"):
        return because(EMPTY, code=kind)
    return because(TEXTS.get(kind, UNFIT), code=kind, most=words.get("max_length", ""), expected="")


def basket_of(told: BasketTold, currency: str, path: str = "basket") -> Basket:
    """The receipt as offers are laid on it. Raises NotTaken where it cannot be one."""
    in_currency(told.currency, currency, f"{path}.currency")
    seen: set[int] = set()
    for place, line in enumerate(told.lines):
        if line.n in seen:
            raise unfit([_trouble(f"{path}.lines.{place}.n", because(TWICE, code="same_number"))])
        seen.add(line.n)
    return Basket(lines=tuple(BasketLine(**dict(line)) for line in told.lines), currency=currency)


def in_currency(told: str, currency: str, field: str = "currency") -> None:
    """Raises NotTaken where the till counts in another one."""
    if told != currency:
        raise unfit([_trouble(field, because(CURRENCY, code="currency", currency=currency))])


def no_card() -> NotTaken:
    return unfit([_trouble("card", because(WITH_CARD, code="card"))])


def each_once(codes: Sequence[str]) -> None:
    """Raises NotTaken where a code stands twice, as it is kept."""
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise unfit([_trouble(f"codes.{place}", because(SAME_CODE, code="same_code"))])


def given_of(told: SaleTold, basket: Basket) -> tuple[Off, ...]:
    """What the till took off, code by code. Raises NotTaken where it cannot have been."""
    if len(told.given) > len(told.codes):
        raise unfit([_trouble("given", because(MANY_GIVEN, code="many_given"))])
    left = {line.n: line.amount for line in basket.lines}
    return tuple(_given(off, f"given.{place}", basket, left) for place, off in enumerate(told.given))


def _given(told: OffTold, path: str, basket: Basket, left: dict[int, int]) -> Off:
    quantities = {line.n: line.quantity for line in basket.lines}
    for place, line in enumerate(told.lines):
        if line.n not in left:
            raise unfit([_trouble(f"{path}.lines.{place}.n", because(NO_SUCH_LINE, code="no_line"))])
        left[line.n] -= line.amount
        if left[line.n] < 0:
            raise unfit([_trouble(f"{path}.lines.{place}.amount", because(MORE_THAN_LINE, code="above_line"))])
    off = [line for line in told.lines if line.amount]
    units = -(-sum(quantities[n] for n in {line.n for line in off}) // ONE)
    amounts: dict[int, int] = {}
    for line in off:
        amounts[line.n] = amounts.get(line.n, 0) + line.amount
    lines = tuple(LineOff(n=n, amount=amount, quantity=quantities[n]) for n, amount in amounts.items())
    return Off(lines=lines, units=units)


def one_of_both(sale: str, receipt: str) -> None:
    if bool(sale) == bool(receipt):
        raise unfit([_trouble("sale", because(EITHER, code="sale_or_receipt"))])
