"""Prefect blocks made of the providers' settings: what a person types into Prefect's UI and nobody reads there."""

from functools import cache
from typing import Any

from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr

from integrations.channels import discovered
from models.locale import mark, translate

ABOUT = mark("Access of Otdel to “{title}”. Name the block {name}-<key of the channel>, as in channels.yaml.")


def slug_of(provider: str) -> str:
    return f"otdel-{provider}"


@cache
def block_types() -> dict[str, type[Block]]:
    """One block type per provider that asks for anything, by the provider's name."""
    return {name: _block_type(name, provider) for name, provider in discovered().items() if _asks(provider.Settings)}


def _asks(settings: Any) -> bool:
    return any(field.is_required() for field in settings.model_fields.values())


def _block_type(name: str, provider: Any) -> type[Block]:
    title = translate(provider.title)
    about = translate(ABOUT, title=title, name=name)
    said = {
        "_block_type_name": f"Otdel · {title}", "_block_type_slug": slug_of(name), "_description": about,
        "__doc__": about, "__module__": __name__,
    }  # fmt: skip
    return type(f"Otdel{name.title()}", (Block, provider.Settings), said)


def register() -> list[str]:
    """Make the block types known to the server; returns their slugs."""
    for block in block_types().values():
        block.register_type_and_schema()
    return [block.get_block_type_slug() for block in block_types().values()]


def typed_in(provider: str, account: str) -> dict[str, Any]:
    """What a person typed for this account, secrets wrapped again at once; nothing where there is no block."""
    name = f"{provider}-{account}".replace("_", "-").lower()
    with get_client(sync_client=True) as client:
        try:
            document = client.read_block_document_by_name(name, slug_of(provider), include_secrets=True)
        except ObjectNotFound:
            return {}
    secret = {key for key, field in discovered()[provider].Settings.model_fields.items() if _is_secret(field)}
    return {key: SecretStr(value) if key in secret else value for key, value in document.data.items()}


def _is_secret(field: Any) -> bool:
    return field.annotation is SecretStr
