"""Forms of the orders about customer groups: made, changed, corrected, put away, built."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import InWords, OneOf
from models.locale import mark
from models.orders import Signed

TO_LIST, AS_LIST = "add to the list", "let the list be these"
BY_RULE, READY, AS_A_LIST = "by a rule", "a ready group", "a list"
PUT_AWAY, BRING_BACK = "put it away", "bring it back"
RULE_ABOUT = mark('In one line, for example: bought "Tea" in last 90 days; the desk builds it of boxes.')
CONTROL = mark("Control group, %")
CONTROL_ABOUT = mark("From 0 to 50, for example 10 or 12.5; empty means as many as advised. 0 needs its reason.")
NO_CONTROL, NO_CONTROL_ABOUT = mark("Why there is no control group"), mark("Only where it is 0.")
WHICH, WHICH_ABOUT = mark("Customer group"), mark("Its key or title, for example sleeping.")


ReadyTitle = Annotated[
    Literal["New customers", "Sleeping customers", "Loyal customers", "Best customers", "Customers at risk",
            "Lost customers", "Birthday soon", "Buyers of a product group", "One-time buyers", "Big basket",
            "Customers of an outlet", "Customers of a city", "Without purchases", "Agreed, but never bought",
            "Subscribers without purchases", "Phone only"], InWords()
]  # fmt: skip


class MakeGroupForm(Signed):
    """A customer group is made: by a rule, as one of the ready groups, or as a list; then it is built."""

    model_config = ConfigDict(title=mark("Make a customer group"))

    what: Annotated[Literal["by a rule", "a ready group", "a list"], InWords()] = Field(
        default="by a rule",
        title=mark("How it knows its customers"),
        description=mark("A rule is followed every night; a list stays as it was loaded."),
    )
    title: str = Field(
        default="",
        max_length=200,
        title=mark("Title"),
        description=mark("A ready group has its own; else it needs one."),
    )
    key: str = Field(
        default="", title=mark("Key"),
        description=mark("Small Latin letters, digits and hyphens; empty makes it of the title. It never changes."),
    )  # fmt: skip
    rule: str = Field(default="", title=mark("Rule"), description=RULE_ABOUT)
    ready: ReadyTitle = Field(
        default="New customers",
        title=mark("Ready group"),
        description=mark("Which one, where a ready group is made; its rule may be changed afterwards."),
    )  # fmt: skip
    name: str = Field(
        default="", max_length=200, title=mark("Product group, outlet or city"),
        description=mark("Where the ready group needs one, as it stands in purchases and customers."),
    )  # fmt: skip
    days: int = Field(
        default=0, ge=0, le=3650, title=mark("Days"), description=mark("0 means the ready group's usual number.")
    )
    least: int = Field(
        default=0, ge=0, le=1_000_000, title=mark("At least"),
        description=mark("Receipts, score or sum, as the ready group counts; 0 means its usual number."),
    )  # fmt: skip
    control: str = Field(default="", max_length=20, title=CONTROL, description=CONTROL_ABOUT)
    no_control: str = Field(default="", max_length=200, title=NO_CONTROL, description=NO_CONTROL_ABOUT)


class AboutGroup(Signed):
    group: Annotated[str, OneOf("customer_groups")] = Field(title=WHICH, description=WHICH_ABOUT)


class ChangeGroupForm(AboutGroup):
    """The rule, title or control group of a customer group is changed, as its next version; then it is built."""

    model_config = ConfigDict(title=mark("Change a customer group"))

    title: str = Field(default="", max_length=200, title=mark("New title"), description=mark("Empty keeps what it is."))
    rule: str = Field(default="", title=mark("New rule"), description=mark("In one line; empty keeps what it is."))
    control: str = Field(
        default="", max_length=20, title=CONTROL,
        description=mark("From 0 to 50, for example 10 or 12.5; empty keeps what it is. 0 needs its reason."),
    )  # fmt: skip
    no_control: str = Field(default="", max_length=200, title=NO_CONTROL, description=NO_CONTROL_ABOUT)
    seen: int = Field(
        default=0, ge=0, title=mark("Version that was changed"),
        description=mark("Where somebody saved meanwhile, nothing is overwritten; 0 means whichever is last."),
    )  # fmt: skip


class CorrectGroupForm(AboutGroup):
    """Customers are added to a group or removed from it by hand, or put on its list; by number, without names."""

    model_config = ConfigDict(title=mark("Correct a customer group by hand"))

    what: Annotated[
        Literal["add by hand", "remove by hand", "undo a correction", "add to the list", "let the list be these"],
        InWords(),
    ] = Field(
        title=mark("What to do"),
        description=mark("By hand it holds against the rule until it is undone; a list is what a static group has."),
    )
    customers: str = Field(
        title=mark("Numbers of customers"),
        description=mark("With commas; they stand on the customers' pages on the desk. No names and no addresses."),
    )


class PutAwayGroupForm(AboutGroup):
    """A customer group is used no more, or again; its history stays."""

    model_config = ConfigDict(title=mark("Put a customer group away"))

    what: Annotated[Literal["put it away", "bring it back"], InWords()] = Field(
        default="put it away",
        title=mark("What happens"),
        description=mark("Nobody is written to by a group that is put away; it is brought back as it was."),
    )


class BuildGroupsForm(Signed):
    """Customer groups are built: who belongs in them now, by rules and corrections."""

    model_config = ConfigDict(title=mark("Build customer groups"))

    group: Annotated[str, OneOf("customer_groups")] = Field(
        default="", title=WHICH, description=mark("Its key or title; empty means all groups.")
    )
    anew: bool = Field(
        default=False, title=mark("All customers anew"),
        description=mark("Looks at everybody, not only at those about whom something changed."),
    )  # fmt: skip
