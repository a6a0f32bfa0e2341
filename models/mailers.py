"""The mailers as mailers.yaml names them: through whom letters and short messages go, as whom, and how fast. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from models.locale import mark
from models.post import Value
from models.reason import because
from models.schedule import Unreadable
from models.written import SECRET, Email, HoursText, Key, PriceText, Text, names_in

NO_SECRETS = mark(
    "“{field}” looks like a secret, and secrets are not kept in files. Put it into the mailer's Prefect block "
    "or into an environment variable, and delete it here."
)
BAD_MAILER_KEY = mark("“{value}” is not a key of a mailer. Use small Latin letters, digits and hyphens only.")


def _mailer_key(text: str) -> str:
    """Its secrets are kept in a Prefect block of this name, and blocks take no underscore."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}", text):
        raise Unreadable(because(BAD_MAILER_KEY, code="bad_key", value=text))
    return text


_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)  # it stands in a mailto: as it is

MailerKey = Annotated[str, AfterValidator(_mailer_key)]


class WarmUp(Value):
    """How a new sender begins: so many letters on the first day, and each day so many times more."""

    first_day: int = Field(default=500, ge=1)
    factor: float = Field(default=1.5, gt=1, le=10)


class MailerCard(Value):
    """A mailer. `per_minute` bounds all letters, `domains` those to one recipient domain ("mail.ru": 200), a minute.

    `hours` are when advertising may leave by it, in the zone of whoever it goes to. `price` is what one letter, or one
    part of a short message, costs, in major units of the company's currency. `bounces` are the settings of the mailbox
    that its bounces and answers come to: over IMAP host, user, folder (the password stands where all secrets do), or a
    folder on this computer alone, inside the company's.
    """

    key: MailerKey
    provider: Key
    title: Text
    enabled: bool = True
    sender: Email = ""
    sender_name: str = ""
    reply_to: Email = ""
    per_minute: int | None = Field(default=None, ge=1)
    domains: Mapping[str, Annotated[int, Field(ge=1)]] = {}
    warm_up: WarmUp | None = None
    hours: tuple[HoursText, ...] = ()
    price: PriceText = ""
    settings: Mapping[str, Any] = {}
    bounces: Mapping[str, Any] = {}

    @property
    def leaving(self) -> str:
        """The address at which a mail program may unsubscribe: one that comes to the mailbox that we read, or none."""
        named = (self.settings.get("bounce"), self.bounces.get("user")) if self.bounces else ()
        return next((one for one in named if isinstance(one, str) and _ADDRESS.fullmatch(one)), "")

    @model_validator(mode="after")
    def without_secrets(self) -> "MailerCard":
        for name in (*names_in(self.settings), *names_in(self.bounces)):
            if SECRET.search(name):
                raise Unreadable(because(NO_SECRETS, code="secret", field=name))
        return self


class Mailers(Value):
    mailers: tuple[MailerCard, ...] = ()
