"""The company as its files describe it: company.yaml, channels.yaml, mailers.yaml, feeds.yaml, brand.yaml. Pure.

A field that is no field of these is refused, never ignored: a slip of the pen must not become a silent default.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from models.brand import Brand
from models.consent_texts import ConsentText, SubscriptionPolicy
from models.content import Known
from models.day import Day
from models.delivery import Lateness
from models.exchange import ExchangeCard
from models.locale import mark
from models.mailers import MailerCard
from models.people import Role
from models.post import Value
from models.reason import because
from models.schedule import Unreadable
from models.timetable import read_duration, read_quiet, read_slots
from models.written import SECRET as SECRET
from models.written import (
    Amount,
    ChannelKey,
    Colour,
    Currency,
    Email,
    HoursText,
    Key,
    TableText,
    Text,
    Url,
    Zone,
    names_in,
)

UPSIDE_DOWN = mark("The end, {end}, is before the beginning, {start}. Exchange the two dates.")
ONE_ADDRESS = mark("A source has either “url” or “path”, and exactly one of them. Leave the one you need.")
NO_SECRETS = mark(
    "“{field}” looks like a secret, and secrets are not kept in files. Put it into the channel's Prefect block "
    "or into an environment variable, and delete it here."
)


def _duration(value: Any) -> Any:
    return value if isinstance(value, timedelta) or str(value).startswith("P") else read_duration(str(value))


def _slot(text: str) -> str:
    read_slots([text])
    return text.strip()


def _quiet(text: str) -> str:
    read_quiet(text)
    return text


SlotText = Annotated[str, AfterValidator(_slot)]
QuietText = Annotated[str, AfterValidator(_quiet)]
Length = Annotated[timedelta, BeforeValidator(_duration)]


class Addresses(Value):
    """Where people find the three faces of Otdel; empty where they are only on this computer."""

    ui_url: Url = ""
    staff_url: Url = ""
    public_url: Url = ""


class Outlet(Value):
    """A shop; `email` is where questions of customers are passed on to, `manager` a person of the company's."""

    key: Key
    name: Text
    city: str = ""
    address: str = ""
    zone: Zone | None = None
    email: Email = ""
    phone: str = ""
    hours: str = ""
    manager: str = ""
    exchange: ExchangeCard = ExchangeCard()


class PersonCard(Value):
    """A person as company.yaml names them; `deputy` is another person's key. A cashier may have no e-mail."""

    key: Key
    name: Text
    email: Email = ""
    roles: tuple[Role, ...] = ()
    telegram: str = ""
    deputy: str = ""


class Period(Value):
    """Days, both included."""

    model_config = ConfigDict(populate_by_name=True)

    starts_on: Day = Field(alias="from")
    ends_on: Day = Field(alias="to")

    @model_validator(mode="after")
    def in_order(self) -> "Period":
        if self.ends_on < self.starts_on:
            raise Unreadable(because(UPSIDE_DOWN, code="upside_down", start=self.starts_on, end=self.ends_on))
        return self


class AbsenceCard(Period):
    person: str
    deputy: str = ""


class Group(Value):
    """A customer group: the words it speaks in, and the categories of products it buys.

    With a `rule`, in the one-line language, it has members too: it is made from it once, and changed on the desk.
    """

    key: Key
    title: Text
    words: tuple[Text, ...] = ()
    product_groups: tuple[Text, ...] = ()
    rule: str = ""


class Goal(Period):
    key: Key
    title: Text
    metric: Text
    target: Amount


class Campaign(Period):
    """A campaign (акция); `budget` in major units of the company's currency."""

    starts_on: Day
    ends_on: Day
    key: Key
    title: Text
    budget: Amount = Decimal(0)
    goal: str = ""


class Fund(Value):
    key: Key
    title: Text
    budget: Amount = Decimal(0)


class Threshold(Value):
    """Above this only a signed-in person decides: `money` in major units of the company's currency."""

    money: Amount | None = None
    recipients: int | None = Field(default=None, ge=0)


class ApprovalPolicy(Value):
    """Who approves: a person, or the policy where that is enough; `channels` differ from the default.

    `urgent` are those who may let out a correction at once, approved afterwards.
    """

    default: Literal["person", "policy"] = "person"
    channels: Mapping[str, Literal["person", "policy"]] = {}
    approver: str = ""
    four_eyes: bool = True
    proven_above: Threshold = Threshold()
    urgent: tuple[str, ...] = ()

    def of(self, channel: str) -> Literal["person", "policy"]:
        return self.channels.get(channel, self.default)


class ImprintCard(Value):
    """Who sends letters, as the law wants it said: the full name and the postal address. No name: the company's."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: Email = ""
    site: Url = ""


class MailingPolicy(Value):
    """What holds for all mailings. At most `cap_number` advertising letters in `cap_days` go to one customer; 0: any.

    `controls` are people of ours who get every mailing when it begins, to see how it arrives.
    """

    imprint: ImprintCard = ImprintCard()
    cap_number: int = Field(default=0, ge=0, le=100)
    cap_days: int = Field(default=7, ge=1, le=365)
    controls: tuple[str, ...] = ()


class CompanyTables(Value):
    """Tables in the company's folder, as files or patterns (purchases/*.csv), that load by themselves when changed."""

    customers: tuple[TableText, ...] = ()
    purchases: tuple[TableText, ...] = ()


class Company(Value):
    """The company; `working_hours` are when its people answer, in its zone.

    `ready_groups` are the ready customer groups it begins with, by their keys.
    """

    name: Text
    zone: Zone
    locale: Literal["ru", "en"] = "ru"
    currency: Currency = "RUB"
    country: Text = "RU"
    synthetic: bool = False
    addresses: Addresses = Addresses()
    outlets: tuple[Outlet, ...] = ()
    people: tuple[PersonCard, ...] = ()
    absences: tuple[AbsenceCard, ...] = ()
    groups: tuple[Group, ...] = ()
    ready_groups: tuple[Key, ...] = ()
    tables: CompanyTables = CompanyTables()
    goals: tuple[Goal, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    funds: tuple[Fund, ...] = ()
    approval: ApprovalPolicy = ApprovalPolicy()
    mailings: MailingPolicy = MailingPolicy()
    subscription: SubscriptionPolicy = SubscriptionPolicy()
    quiet_hours: QuietText = ""
    working_hours: tuple[HoursText, ...] = ("mon-fri 09:00-18:00",)

    @property
    def zones(self) -> frozenset[str]:
        """The clocks it lives by: its own, and those of outlets that have others."""
        return frozenset({self.zone, *(one.zone for one in self.outlets if one.zone)})


class LatenessPolicy(Value):
    """Later than `after`, do `then`."""

    after: Length
    then: Lateness = Lateness.ASK


class Utm(Value):
    source: str = ""
    medium: str = ""
    campaign: str = ""


class ChannelCard(Value):
    """A channel as channels.yaml names it. `quiet_hours` is None where the company's hold, empty where none do."""

    key: ChannelKey
    provider: Key
    title: Text
    enabled: bool = True
    zone: Zone | None = None
    slots: tuple[SlotText, ...] = ()
    quiet_hours: QuietText | None = None
    lateness: LatenessPolicy = LatenessPolicy(after=timedelta(hours=2))
    utm: Utm = Utm()
    hashtags: tuple[Text, ...] = ()
    signature: str = ""
    settings: Mapping[str, Any] = {}

    @model_validator(mode="after")
    def without_secrets(self) -> "ChannelCard":
        for name in names_in(self.settings):
            if SECRET.search(name):
                raise Unreadable(because(NO_SECRETS, code="secret", field=name))
        return self


class Channels(Value):
    channels: tuple[ChannelCard, ...] = ()


class Source(Value):
    """A source of content: an address, or a path inside the workspace."""

    key: Key
    title: Text
    kind: Literal["rss", "products", "events", "folder"]
    url: Url = ""
    path: str = ""
    licence: str = ""
    allow_private: bool = False

    @model_validator(mode="after")
    def one_address(self) -> "Source":
        if bool(self.url) == bool(self.path):
            raise Unreadable(because(ONE_ADDRESS, code="one_address"))
        return self


class Sources(Value):
    sources: tuple[Source, ...] = ()


class BrandKit(Brand):
    """brand.yaml: what styling needs, and what the templates need besides."""

    palette: dict[str, Colour] = Field(default={})
    fonts: Mapping[str, str] = {}
    logo: str = ""


class Workspace(Value):
    """All the company's files together; `root` is the folder they are in."""

    root: str
    company: Company
    channels: tuple[ChannelCard, ...] = ()
    mailers: tuple[MailerCard, ...] = ()
    sources: tuple[Source, ...] = ()
    brand: BrandKit = BrandKit()
    consents: tuple[ConsentText, ...] = ()

    def known(self, **files: frozenset[str] | None) -> Known:
        """What plans and pieces may refer to; `files` are the pieces, pictures and products there are."""
        return Known(
            channels={channel.key: channel.title for channel in self.channels},
            campaigns={campaign.key: campaign.title for campaign in self.company.campaigns},
            goals={goal.key: goal.title for goal in self.company.goals},
            groups={group.key: group.title for group in self.company.groups},
            people={person.key: person.name for person in self.company.people},
            **files,
        )

    def zone_of(self, channel: ChannelCard) -> str:
        return channel.zone or self.company.zone

    def quiet_hours_of(self, channel: ChannelCard) -> str:
        return self.company.quiet_hours if channel.quiet_hours is None else channel.quiet_hours
