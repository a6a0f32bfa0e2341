"""Forms of the operations with customer groups (B1, C1): by keys and numbers, without anybody's data."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from models.form import Form, InWords, OneOf
from models.group_forms import ReadyTitle
from models.locale import mark
from models.orders import LAST

CHANGED, ANEW, SHOW = "rebuild what changed", "rebuild anew", "only show"
ADD, REMOVE, UNDO, MAKE = "add by hand", "remove by hand", "undo a correction", "make a ready group"
REBUILDS = frozenset({CHANGED, ANEW})
GROUP = mark("Customer group")
GROUP_ABOUT = mark("Its key, for example sleeping; empty means all groups.")


class GroupsForm(Form):
    """Customer groups: build them, correct one by hand, make one of the ready groups."""

    model_config = ConfigDict(title=mark("Customer groups"))

    what: Annotated[
        Literal["rebuild what changed", "rebuild anew", "only show", "add by hand", "remove by hand",
                "undo a correction", "make a ready group"], InWords()
    ] = Field(
        default="rebuild what changed",
        title=mark("What to do"),
        description=mark("Every change builds the groups concerned and shows them."),
    )  # fmt: skip
    group: Annotated[str, OneOf("customer_groups")] = Field(default="", title=GROUP, description=GROUP_ABOUT)
    customer: int = Field(
        default=0, ge=0, title=mark("Number of the customer"),
        description=mark("To correct by hand: it stands on the customer's page on the desk."),
    )  # fmt: skip
    ready: ReadyTitle = Field(
        default="New customers",
        title=mark("Ready group"),
        description=mark("To make one: it gets the key above, or its own where none is named."),
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
    control: int = Field(
        default=0, ge=0, le=50, title=mark("Control group, %"),
        description=mark("Who gets no advertising, to show what it brings; 0 means as many as advised."),
    )  # fmt: skip
    no_control: str = Field(
        default="", max_length=200, title=mark("Why there is no control group"),
        description=mark("With a reason here the group has none."),
    )  # fmt: skip
    tables: bool = Field(
        default=True, title=mark("Load the company's tables first"),
        description=mark("Those of customers and purchases that company.yaml names, where they have changed."),
    )  # fmt: skip
    person: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Who orders it"),
        description=mark("Needed to change anything: your name as in company.yaml."),
        json_schema_extra={"position": LAST},
    )  # fmt: skip
    reason: str = Field(
        default="", max_length=200, title=mark("Why"),
        description=mark("Needed to correct by hand; no names and no addresses: Prefect shows them to many."),
        json_schema_extra={"position": LAST + 1},
    )  # fmt: skip


class MailingGroupsForm(Form):
    """Customer groups for mailings: consents, the stop-list and control groups are always applied."""

    model_config = ConfigDict(title=mark("Customer groups for mailings"))

    what: Annotated[Literal["rebuild what changed", "rebuild anew", "only show"], InWords()] = Field(
        default="rebuild what changed",
        title=mark("What to do"),
        description=mark("Shows how many of each group a mailing would reach, and why not the others."),
    )
    group: Annotated[str, OneOf("customer_groups")] = Field(default="", title=GROUP, description=GROUP_ABOUT)
    ground: Annotated[Literal["advertising", "service message"], InWords()] = Field(
        default="advertising",
        title=mark("What is sent"),
        description=mark("Advertising needs consent; a service message only that the address is not barred."),
    )
