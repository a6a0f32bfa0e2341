"""Accounts: the card of a channel or a mailer, what the environment or a Prefect block holds for it, and the provider
made of both.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from integrations.channels import discovered
from integrations.channels.base import Channel
from integrations.errors import Refused
from integrations.mailers import discovered as discovered_mailers
from integrations.mailers.base import Mailer
from integrations.media import MediaStore
from integrations.notices.telegram import TelegramNotices
from integrations.wire import client
from models.address import host_of, is_loopback
from models.company import ChannelCard
from models.customers import AddressKind
from models.locale import mark, quoted, translate
from models.mailers import MailerCard
from models.reason import Reason, because

NO_PROVIDER = mark("Channel “{account}”: there is no provider “{provider}”. Known are: {known}. Mend channels.yaml.")
NO_ACCESS = mark(
    "Channel “{account}”: {fields} is missing or wrong. Fill in the Prefect block “{block}” (type “{type}”), "
    "or set {variable} in the environment."
)
SWITCHED_OFF = mark(
    "Channel “{account}” is switched off in channels.yaml (enabled: false). Switch it on, or cancel this."
)
NO_MAILER = mark("Mailer “{account}”: there is no provider “{provider}”. Known are: {known}. Mend mailers.yaml.")
NO_ACCESS_TO_MAILER = mark(
    "Mailer “{account}”: {fields} is missing or wrong. Fill in the Prefect block “{block}” (type “{type}”), "
    "or set {variable} in the environment."
)
MAILER_OFF = mark("Mailer “{account}” is switched off in mailers.yaml (enabled: false). Switch it on, or name another.")
NO_BOT = mark(
    "No Telegram bot for notices is set up: {fields} is missing or wrong. Fill in the Prefect block “{block}” "
    "(type “{type}”), or set {variable} in the environment."
)

mailers = cache(discovered_mailers)  # the folder is walked once: cards are asked about for every page
Card = ChannelCard | MailerCard
TypedIn = Callable[[str, str], dict[str, Any]]


class Accounts:
    """Makes providers and keeps them while their settings stay the same: kept connections are worth keeping."""

    def __init__(
        self,
        media: MediaStore,
        environment: Mapping[str, str],
        typed_in: TypedIn,
        defaults: Mapping[str, dict[str, Any]],
        root: Path,
        http: Callable[[], httpx.Client] = client,
    ) -> None:
        self.media, self.environment, self.typed_in = media, environment, typed_in
        self.defaults, self.root, self.http = defaults, root, http
        self._made: dict[str, tuple[BaseModel, Any]] = {}

    def provider_of(self, card: ChannelCard) -> Channel:
        """The provider of this channel. Raises Refused with the mend where it cannot be used."""
        if not card.enabled:
            raise Refused(because(SWITCHED_OFF, code="switched_off", account=card.key))
        provider = discovered().get(card.provider)
        if provider is None:
            known = ", ".join(sorted(discovered()))
            raise Refused(
                because(NO_PROVIDER, code="no_provider", account=card.key, provider=card.provider, known=known)
            )
        settings = self._settings(card, provider, NO_ACCESS)
        channel: Channel = self._kept(card.key, settings, lambda: provider(settings, self.http(), self.media.open))
        return channel

    def mailer_of(self, card: MailerCard) -> Mailer:
        """The mailer of this card. Raises Refused with the mend where it cannot be used."""
        if not card.enabled:
            raise Refused(because(MAILER_OFF, code="switched_off", account=card.key))
        provider: Any = mailers().get(card.provider)
        if provider is None:
            known = ", ".join(sorted(mailers()))
            raise Refused(because(NO_MAILER, code="no_provider", account=card.key, provider=card.provider, known=known))
        settings = self._settings(card, provider, NO_ACCESS_TO_MAILER)
        mailer: Mailer = self._kept(f"mailer:{card.key}", settings, lambda: provider(settings, self.http()))
        return mailer

    def messenger(self) -> Channel:
        """The bot that calls our own people. Raises Refused with the mend where none is set up."""
        name, shape = TelegramNotices.name, TelegramNotices.Settings
        variables = {field: f"OTDEL_{name}_{field}".upper().replace("-", "_") for field in shape.model_fields}
        given = self.typed_in(name, "") | {
            f: self.environment[v] for f, v in variables.items() if v in self.environment
        }
        try:
            settings: Any = shape.model_validate(given)
            bot: Channel = self._kept(
                name + ":", settings, lambda: TelegramNotices(settings, self.http(), self.media.open)
            )
            return bot
        except ValidationError as error:
            fields = _fields_of(error)
            raise Refused(
                because(NO_BOT, code="no_credentials", fields=_titles(shape, fields), block=name,
                        type=block_title(TelegramNotices), variable=variables[fields[0]])
            ) from None  # fmt: skip

    def _kept(self, key: str, settings: BaseModel, make: Callable[[], Any]) -> Any:
        made = self._made.get(key)
        if made is None or made[0] != settings:
            made = settings, make()
            self._made[key] = made
        return made[1]

    def reaches_out(self, card: ChannelCard) -> bool:
        """Whether the calls of this channel leave this computer; one whose settings are wrong goes nowhere.

        It is asked for every placement, so a provider that is made already answers without asking Prefect again.
        """
        made = self._made.get(card.key)
        try:
            settings = made[0] if made else self._settings(card, discovered()[card.provider], NO_ACCESS)
        except (Refused, KeyError):
            return False
        url = str(getattr(settings, "api_url", ""))
        return bool(host_of(url)) and not is_loopback(url)

    def letters_leave(self, card: MailerCard) -> bool:
        """Whether letters of this mailer leave this computer, as far as is known without asking Prefect."""
        made = self._made.get(f"mailer:{card.key}")
        provider = mailers().get(card.provider)
        if provider is None:
            return False
        fields = provider.Settings.model_fields
        for name in ("api_url", "host"):
            if name in fields:
                said = getattr(made[0], name) if made else self._said(card, name, fields[name].get_default())
                return not is_loopback(said if "://" in said else f"//[{said}]" if ":" in said else f"//{said}")
        return False

    def _said(self, card: MailerCard, field: str, usual: Any) -> str:
        said = self.environment.get(variable_of(card, field)) or card.settings.get(field) or usual
        return said if isinstance(said, str) else ""

    def _settings(self, card: Card, provider: Any, wrong: str) -> Any:
        """The card's settings, under what a person typed in, under the environment."""
        shape: type[BaseModel] = provider.Settings
        given = {**self.defaults.get(card.provider, {}), **card.settings}
        if any(field.is_required() for field in shape.model_fields.values()):
            given |= self.typed_in(card.provider, card.key) | self._from_environment(card, shape)
        if "path" in given:
            given["path"] = str(self.root / str(given["path"]))  # inside the company's folder, wherever we were started
        try:
            return shape.model_validate(given)
        except ValidationError as error:
            raise Refused(_complaint(card, provider, error, wrong)) from None  # the input would stand in the error

    def _from_environment(self, card: Card, shape: type[BaseModel]) -> dict[str, Any]:
        names = {field: variable_of(card, field) for field in shape.model_fields}
        return {field: self.environment[name] for field, name in names.items() if name in self.environment}


def kind_of(card: MailerCard) -> AddressKind:
    """What a mailer writes to: e-mail, or phones."""
    provider = mailers().get(card.provider)
    return provider.capabilities.kind if provider else AddressKind.EMAIL


def _complaint(card: Card, provider: Any, error: ValidationError, wrong: str) -> Reason:
    fields = _fields_of(error)
    return because(
        wrong, code="no_credentials", account=card.key, fields=_titles(provider.Settings, fields),
        block=block_name(card), type=block_title(provider), variable=variable_of(card, fields[0]),
    )  # fmt: skip


def block_name(card: Card) -> str:
    """What the block of an account is called: Prefect takes no underscores there."""
    return f"{card.provider}-{card.key}".replace("_", "-").lower()


def _fields_of(error: ValidationError) -> list[str]:
    return sorted({str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}) or ["settings"]


def _titles(shape: type[BaseModel], fields: list[str]) -> str:
    """The fields as the block's form calls them."""
    titles = {name: field.title or name for name, field in shape.model_fields.items()}
    return ", ".join(quoted(translate(titles.get(field, field))) for field in fields)


def block_title(provider: Any) -> str:
    """What the block type of a provider is called on Prefect's pages."""
    return f"Otdel · {translate(provider.title)}"


def variable_of(card: Card, field: str) -> str:
    """The environment variable of a field: OTDEL_<PROVIDER>_<KEY>_<FIELD>."""
    return f"OTDEL_{card.provider}_{card.key}_{field}".upper().replace("-", "_")
