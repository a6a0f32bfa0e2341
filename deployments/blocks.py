"""Prefect blocks made of the settings of channels and mailers: what a person types in and nobody reads there."""

from functools import cache
from typing import Any

import httpx
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from pydantic import ConfigDict, SecretStr

from deployments.accounts import block_title
from deployments.typed_in_over_http import NO_ANSWER
from integrations.channels import discovered
from integrations.errors import Unavailable
from integrations.mailboxes.imap import Imap
from integrations.mailers import discovered as discovered_mailers
from integrations.notices.telegram import TelegramNotices
from models.form import in_the_readers_language
from models.locale import mark, translate
from models.reason import because

ABOUT_NOTICES = mark("The bot that calls colleagues to the desk. Name the block {name}.")
ABOUT_MAILBOX = mark(
    "The mailbox of a mailer's bounces. Name the block {name}-<key of the mailer>, as in mailers.yaml."
)
ABOUT = mark("Access of Otdel to “{title}”. Name the block {name}-<key of the channel>, as in channels.yaml.")

ABOUT_MAILER = mark("Access of Otdel to “{title}”. Name the block {name}-<key of the mailer>, as in mailers.yaml.")


def slug_of(provider: str) -> str:
    return f"otdel-{provider}".replace("_", "-")


def providers() -> dict[str, Any]:
    """Whatever has settings of its own: channels, mailers, the mailbox of bounces, and the bot of the notices."""
    others = {Imap.name: Imap, TelegramNotices.name: TelegramNotices}
    return {**discovered(), **discovered_mailers(), **others}


@cache
def block_types() -> dict[str, type[Block]]:
    """One block type per provider that asks for anything, by the provider's name."""
    return {name: _block_type(name, provider) for name, provider in providers().items() if _asks(provider.Settings)}


def _asks(settings: Any) -> bool:
    return any(field.is_required() for field in settings.model_fields.values())


def _block_type(name: str, provider: Any) -> type[Block]:
    title = translate(provider.title)
    about = translate(_about(name, provider), title=title, name=name.replace("_", "-"))
    said = {
        "_block_type_name": block_title(provider), "_block_type_slug": slug_of(name), "_description": about,
        "__doc__": about, "__module__": __name__, "model_config": ConfigDict(json_schema_extra=_said),
    }  # fmt: skip
    return type(f"Otdel{name.title().replace('-', '').replace('_', '')}", (Block, provider.Settings), said)


def _about(name: str, provider: Any) -> str:
    own = {TelegramNotices: ABOUT_NOTICES, Imap: ABOUT_MAILBOX}.get(provider)
    if own:
        return own
    return ABOUT_MAILER if name in discovered_mailers() else ABOUT


def _said(schema: dict[str, Any], block: type[Block]) -> None:
    """The form of the block: as Prefect makes it, its fields in the reader's language."""
    theirs: Any = Block.model_config["json_schema_extra"]
    theirs(schema, block)
    in_the_readers_language(schema)


def register() -> list[str]:
    """Make the block types known to the server; returns their slugs."""
    for block in block_types().values():
        block.register_type_and_schema()
    return [block.get_block_type_slug() for block in block_types().values()]


def typed_in(provider: str, account: str) -> dict[str, Any]:
    """What a person typed for this account, secrets wrapped again at once; nothing where there is no block.

    The bot of the notices has no account: its block is called as the provider is. Raises Unavailable.
    """
    name = f"{provider}-{account}".strip("-").replace("_", "-").lower()
    try:
        with get_client(sync_client=True) as client:
            document = client.read_block_document_by_name(name, slug_of(provider), include_secrets=True)
    except ObjectNotFound:
        return {}
    except httpx.HTTPError as error:  # the rows wait: a restart of Prefect is nobody's work
        raise Unavailable(because(NO_ANSWER, code="prefect_away")) from error
    secret = {key for key, field in providers()[provider].Settings.model_fields.items() if _is_secret(field)}
    return {key: SecretStr(value) if key in secret else value for key, value in document.data.items()}


def _is_secret(field: Any) -> bool:
    return field.annotation is SecretStr
