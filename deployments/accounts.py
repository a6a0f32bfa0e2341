"""Accounts: a channel's card, what the environment or a Prefect block holds for it, and the provider made of both."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from integrations.channels import discovered
from integrations.channels.base import Channel
from integrations.errors import Refused
from integrations.media import MediaStore
from integrations.notices.telegram import TelegramNotices
from integrations.wire import client
from models.address import host_of, is_loopback
from models.company import ChannelCard
from models.locale import mark, quoted, translate
from models.reason import because

NO_PROVIDER = mark("Channel “{account}”: there is no provider “{provider}”. Known are: {known}. Mend channels.yaml.")
NO_ACCESS = mark(
    "Channel “{account}”: {fields} is missing or wrong. Fill in the Prefect block “{block}” (type “{type}”), "
    "or set {variable} in the environment."
)
SWITCHED_OFF = mark(
    "Channel “{account}” is switched off in channels.yaml (enabled: false). Switch it on, or cancel this."
)

NO_BOT = mark(
    "No Telegram bot for notices is set up: {fields} is missing or wrong. Fill in the Prefect block “{block}” "
    "(type “{type}”), or set {variable} in the environment."
)

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
        self._made: dict[str, tuple[BaseModel, Channel]] = {}

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
        return self._kept(card.key, provider, self._settings(card, provider.Settings))

    def messenger(self) -> Channel:
        """The bot that calls our own people. Raises Refused with the mend where none is set up."""
        name, shape = TelegramNotices.name, TelegramNotices.Settings
        variables = {field: f"OTDEL_{name}_{field}".upper().replace("-", "_") for field in shape.model_fields}
        given = self.typed_in(name, "") | {
            f: self.environment[v] for f, v in variables.items() if v in self.environment
        }
        try:
            return self._kept(name + ":", TelegramNotices, shape.model_validate(given))
        except ValidationError as error:
            fields = _fields_of(error)
            raise Refused(
                because(NO_BOT, code="no_credentials", fields=_titles(shape, fields), block=name,
                        type=block_title(TelegramNotices), variable=variables[fields[0]])
            ) from None  # fmt: skip

    def _kept(self, key: str, provider: type[Channel], settings: BaseModel) -> Channel:
        made = self._made.get(key)
        if made is None or made[0] != settings:
            made = settings, provider(settings, self.http(), self.media.open)
            self._made[key] = made
        return made[1]

    def reaches_out(self, card: ChannelCard) -> bool:
        """Whether the calls of this channel leave this computer; one whose settings are wrong goes nowhere.

        It is asked for every placement, so a provider that is made already answers without asking Prefect again.
        """
        made = self._made.get(card.key)
        try:
            settings = made[0] if made else self._settings(card, discovered()[card.provider].Settings)
        except (Refused, KeyError):
            return False
        url = str(getattr(settings, "api_url", ""))
        return bool(host_of(url)) and not is_loopback(url)

    def _settings(self, card: ChannelCard, shape: type[BaseModel]) -> BaseModel:
        """The card's settings, under what a person typed in, under the environment."""
        given = {**self.defaults.get(card.provider, {}), **card.settings}
        if any(field.is_required() for field in shape.model_fields.values()):
            given |= self.typed_in(card.provider, card.key) | self._from_environment(card, shape)
        if "path" in given:
            given["path"] = str(self.root / str(given["path"]))  # inside the company's folder, wherever we were started
        try:
            return shape.model_validate(given)
        except ValidationError as error:
            raise Refused(self._complaint(card, error)) from None  # the input would stand in the error

    def _from_environment(self, card: ChannelCard, shape: type[BaseModel]) -> dict[str, Any]:
        names = {field: variable_of(card, field) for field in shape.model_fields}
        return {field: self.environment[name] for field, name in names.items() if name in self.environment}

    @staticmethod
    def _complaint(card: ChannelCard, error: ValidationError) -> Any:
        fields, provider = _fields_of(error), discovered()[card.provider]
        return because(
            NO_ACCESS, code="no_credentials", account=card.key, fields=_titles(provider.Settings, fields),
            block=f"{card.provider}-{card.key}", type=block_title(provider), variable=variable_of(card, fields[0]),
        )  # fmt: skip


def _fields_of(error: ValidationError) -> list[str]:
    return sorted({str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}) or ["settings"]


def _titles(shape: type[BaseModel], fields: list[str]) -> str:
    """The fields as the block's form calls them."""
    titles = {name: field.title or name for name, field in shape.model_fields.items()}
    return ", ".join(quoted(translate(titles.get(field, field))) for field in fields)


def block_title(provider: Any) -> str:
    """What the block type of a provider is called on Prefect's pages."""
    return f"Otdel · {translate(provider.title)}"


def variable_of(card: ChannelCard, field: str) -> str:
    """The environment variable of a field: OTDEL_<PROVIDER>_<KEY>_<FIELD>."""
    return f"OTDEL_{card.provider}_{card.key}_{field}".upper().replace("-", "_")
