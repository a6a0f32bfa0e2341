"""What the doctor sees of the mailers: each one that is switched on answers, and its letters lead somewhere."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from deployments.doctor.finding import Finding, bad, ok
from deployments.front import read_front
from deployments.house import is_running
from deployments.secrets import read_secrets
from deployments.settings import Settings
from integrations.errors import Failure, Unavailable
from models.address import is_loopback
from models.reason import because


def mailers(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Open each mailer that is switched on; refuse letters that would lead whoever gets them to their own computer."""
    from deployments.accounts import Accounts
    from deployments.furniture import usual
    from integrations.channels import discovered
    from integrations.media import MediaStore
    from integrations.workspace import read_workspace

    front = read_front(settings)
    read, _ = read_workspace(settings.workspace, now.date(), discovered().keys())
    accounts = Accounts(
        MediaStore(settings.media), os.environ, typed_in(settings), usual(settings, front.public_url),
        settings.workspace,
    )  # fmt: skip
    cards = [card for card in read.mailers if card.enabled]
    for card in cards:
        try:
            accounts.mailer_of(card).check()
        except Failure as failure:
            what = because("Mailer “{mailer}” cannot be used: {reason}", mailer=card.key, reason=failure.reason)
            yield bad("mailers", what, because("Letters of it wait until then; everything else goes on."))
        else:
            yield ok("mailers", because("Mailer “{mailer}” answers", mailer=card.key))
    abroad = [card.key for card in cards if is_loopback(front.public_url) and accounts.letters_leave(card)]
    if abroad:
        what = because(
            "Letters of {mailers} go out for real, and their links would lead to {url}, which only this machine opens.",
            mailers=", ".join(abroad), url=front.public_url,
        )  # fmt: skip
        mend = because("Until then nothing of them goes out. Write into company.yaml: addresses: public_url.")
        yield bad("mailers", what, mend)


def typed_in(settings: Settings) -> Callable[[str, str], dict[str, Any]]:
    """What people typed into Prefect's blocks, while the house runs; nothing while it does not. Raises Unavailable."""
    import httpx

    from deployments.typed_in_over_http import NO_ANSWER, block_over_http
    from integrations.mailers import discovered as discovered_mailers

    def asked(provider: str, account: str) -> dict[str, Any]:
        if not is_running(settings) or provider not in discovered_mailers():
            return {}
        try:
            said = block_over_http(settings, read_secrets(settings), provider, account)
        except httpx.HTTPError as error:
            raise Unavailable(because(NO_ANSWER, code="prefect_away")) from error
        fields = discovered_mailers()[provider].Settings.model_fields
        secret = {field for field, one in fields.items() if one.annotation is SecretStr}
        return {field: SecretStr(value) if field in secret else value for field, value in said.items()}

    return asked
