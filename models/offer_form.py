"""The fields of an offer as a form has them: flat, each with what is usual; a text may say all of it instead."""

from typing import Annotated, Literal

from pydantic import Field

from models.form import InWords, OneOf
from models.locale import mark
from models.orders import Signed

Given = Literal[
    "percent off", "amount off", "fixed price", "gift", "n for m", "free delivery", "points", "invitation"
]  # fmt: skip
Chosen = Literal["all of them", "the cheapest", "the dearest"]
Kind = Literal["one for each", "one for everybody", "brought along"]
Signs = Literal["letters and digits", "digits only"]
PercentOf = Literal["what is left", "the first price"]
Level = Literal["each unit", "each line", "the whole receipt"]
Coins = Literal["to the last line", "to the largest parts"]
NAMES = mark("Several with semicolons or each on its own line.")
CODES = mark("Their codes, several with semicolons or each on its own line.")
KEYS = mark("Their keys, with commas; empty: all.")
NO_LIMIT = mark("0: no such limit.")


class WhatIsGiven(Signed):
    title: str = Field(
        default="", max_length=200, title=mark("What the offer is called"),
        description=mark("Clients and cashiers see it, for example “45 roubles off tea”."),
    )  # fmt: skip
    key: str = Field(
        default="", max_length=61, title=mark("Key"),
        description=mark("Small Latin letters, digits and hyphens; empty makes it of the title. It never changes."),
    )  # fmt: skip
    gives: Annotated[Given, InWords()] = Field(
        default="percent off", title=mark("What is given"), description=mark("The next fields say how much.")
    )
    value: str = Field(
        default="", max_length=20, title=mark("How much"),
        description=mark("Percent, amount, price or points: 15, 300, 99.50. For points 5% is of what is paid."),
    )  # fmt: skip
    most: str = Field(
        default="", max_length=20, title=mark("At most a receipt"),
        description=mark("An amount; only for a percentage. Empty: no such limit."),
    )  # fmt: skip
    gift: str = Field(
        default="", max_length=100, title=mark("What is the gift"), description=mark("The code of the product.")
    )
    gifts: int = Field(default=1, ge=1, title=mark("How many gifts"), description=mark("Units of the product."))
    take: int = Field(default=3, ge=2, title=mark("Take so many"), description=mark("For n for m: the size of a set."))
    pay: int = Field(default=2, ge=1, title=mark("Pay for so many"), description=mark("For n for m: fewer than taken."))
    sittings: str = Field(
        default="", title=mark("Seats"),
        description=mark("For an invitation, a line each: outlet, time, seats: “center 2026-12-20 18:00 30”."),
    )  # fmt: skip
    guests: int = Field(
        default=1, ge=1, le=20, title=mark("One invitation is for so many"), description=mark("The invited and theirs.")
    )


class WhereItHolds(Signed):
    product_groups: str = Field(default="", title=mark("On these product groups"), description=NAMES)
    products: str = Field(default="", title=mark("On these products"), description=CODES)
    but_groups: str = Field(default="", title=mark("But not these product groups"), description=NAMES)
    but_products: str = Field(default="", title=mark("But not these products"), description=CODES)
    which: Annotated[Chosen, InWords()] = Field(
        default="all of them", title=mark("Which of the goods"), description=mark("Where not all of them count.")
    )
    at_most: int = Field(default=0, ge=0, title=mark("At most so many units a receipt"), description=NO_LIMIT)
    sum_from: str = Field(
        default="", max_length=20, title=mark("From a sum of"), description=mark("Of these goods; empty: from any.")
    )
    quantity_from: int = Field(
        default=0, ge=0, title=mark("From so many units"), description=mark("Of these goods; 0: from any.")
    )
    customer_groups: str = Field(default="", title=mark("Only for these customer groups"), description=KEYS)
    but_customer_groups: str = Field(
        default="", title=mark("But not for these customer groups"), description=mark("Their keys, with commas.")
    )
    outlets: str = Field(default="", title=mark("Only in these outlets"), description=KEYS)
    channels: str = Field(
        default="", title=mark("Only if bought through"),
        description=mark("till, site, or a key of a channel that sells; with commas. Empty: through any."),
    )  # fmt: skip
    weekdays: str = Field(
        default="", max_length=60, title=mark("On these days of the week"),
        description=mark("For example mon-fri or sat, sun; empty: every day."),
    )  # fmt: skip
    hours: str = Field(
        default="", max_length=20, title=mark("At these hours"),
        description=mark("By the outlet's clock, for example 10:00-14:00; empty: all day."),
    )  # fmt: skip
    first_purchase: bool = Field(
        default=False, title=mark("Only a first purchase"), description=mark("Of a client who has bought nothing yet.")
    )
    first_day: str = Field(
        default="", max_length=20, title=mark("First day"), description=mark("For example 01.12.2026; empty: today.")
    )
    last_day: str = Field(
        default="", max_length=20, title=mark("Last day"),
        description=mark("It is included; empty: 30 days with the first."),
    )  # fmt: skip


class HowOften(Signed):
    total: int = Field(default=0, ge=0, title=mark("Uses in all"), description=NO_LIMIT)
    per_code: int = Field(
        default=1, ge=0, title=mark("Uses of one code"),
        description=mark("0: any number; a code for everybody is always so."),
    )  # fmt: skip
    per_customer: int = Field(default=0, ge=0, title=mark("Uses by one client"), description=NO_LIMIT)
    per_period: int = Field(default=0, ge=0, title=mark("Uses by one client in a period"), description=NO_LIMIT)
    period_days: int = Field(
        default=0, ge=0, title=mark("Days of the period"), description=mark("Where one is limited.")
    )
    per_outlet: int = Field(default=0, ge=0, title=mark("Uses in one outlet"), description=NO_LIMIT)
    units: int = Field(default=0, ge=0, title=mark("Units of goods in all"), description=NO_LIMIT)
    budget: str = Field(
        default="", max_length=20, title=mark("Budget of the discounts"),
        description=mark("An amount; when it is given away, the offer gives no more. Empty: no limit."),
    )  # fmt: skip


class HowCodesLook(Signed):
    codes: Annotated[Kind, InWords()] = Field(
        default="one for each", title=mark("Codes"),
        description=mark("A code of their own for each, one word for everybody, or codes from a file."),
    )  # fmt: skip
    word: str = Field(default="", max_length=40, title=mark("The word"), description=mark("Of the code for everybody."))
    signs: Annotated[Signs, InWords()] = Field(
        default="letters and digits", title=mark("Signs of a code"), description=mark("Look-alikes are left out.")
    )
    length: int = Field(default=9, ge=4, le=32, title=mark("Length of a code"), description=mark("Its drawn signs."))
    prefix: str = Field(default="", max_length=12, title=mark("Prefix"), description=mark("Every code begins with it."))
    pattern: str = Field(
        default="", max_length=60, title=mark("Pattern"),
        description=mark("Instead of prefix and length; # is a drawn sign: TEA-####-####."),
    )  # fmt: skip
    groups_of: int = Field(
        default=0, ge=0, le=12, title=mark("Hyphen after so many signs"), description=mark("0: no hyphens.")
    )
    check_sign: bool = Field(
        default=True, title=mark("A check sign"), description=mark("A till then knows a mistyped code at once.")
    )


class OfferFields(HowCodesLook, HowOften, WhereItHolds, WhatIsGiven):
    """Everything an offer says. `text` says all of it instead, as the offer's page shows it."""

    rank: int = Field(
        default=100,
        ge=0,
        le=1000,
        title=mark("Its place among other offers"),
        description=mark("The lower, the sooner."),
    )
    exclusive: bool = Field(
        default=False, title=mark("Goes with no other offer"), description=mark("Alone on a receipt.")
    )
    base: Annotated[PercentOf, InWords()] = Field(
        default="what is left", title=mark("A percentage is of"), description=mark("Where offers come together.")
    )
    rounding: Annotated[Level, InWords()] = Field(
        default="each line", title=mark("Rounded by"), description=mark("At what level a discount is rounded.")
    )
    round_to: str = Field(
        default="0.01", max_length=10, title=mark("Rounded to"), description=mark("0.01 or 1, for example.")
    )
    split: Annotated[Coins, InWords()] = Field(
        default="to the last line", title=mark("The smallest coins go"), description=mark("When an amount is split.")
    )
    return_days: int = Field(
        default=30, ge=0, le=3660, title=mark("Given back with the goods within days"),
        description=mark("A purchase brought back later does not give the coupon back."),
    )  # fmt: skip
    paid_by: str = Field(
        default="", max_length=100, title=mark("Who pays"), description=mark("A partner, for example.")
    )
    fund: Annotated[str, OneOf("funds")] = Field(
        default="", title=mark("Fund it is charged to"), description=mark("Its key or title; may stay empty.")
    )
    campaign: Annotated[str, OneOf("campaigns")] = Field(
        default="", title=mark("Campaign it belongs to"), description=mark("Its key or title; may stay empty.")
    )
    goal: Annotated[str, OneOf("goals")] = Field(
        default="", title=mark("Goal it serves"), description=mark("Its key or title; may stay empty.")
    )
    control_percent: int = Field(
        default=10, ge=0, le=50, title=mark("Get none, to compare with, %"),
        description=mark("Of the customers of groups; without them nobody can say what the offer brought."),
    )  # fmt: skip
    text: str = Field(
        default="", max_length=60_000, title=mark("Or all of it as text"),
        description=mark("As the offer's page shows it; where it is filled in, the fields above are not read."),
    )  # fmt: skip
    file: str = Field(
        default="", max_length=200, title=mark("Or a file of the company's folder"),
        description=mark("With such a text, for example offers/tea.yaml; its name is the key where none is said."),
    )  # fmt: skip
    seen: int = Field(
        default=0, ge=0, title=mark("Version it was made from"),
        description=mark("If somebody saved meanwhile, nothing is overwritten; 0: whichever is last."),
    )  # fmt: skip
