"""What was typed into Prefect's blocks, asked for without Prefect: the web process believes nobody without the keys.

Only what services tell by themselves needs it there; a page never does. Where Prefect is away, what was known last
holds; where nothing is known, there is nothing, and whoever knocked is asked to come again.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import httpx

from deployments.prefect_api import PrefectApi
from deployments.secrets import Secrets
from deployments.settings import Settings
from models.locale import mark

LOG = logging.getLogger("otdel.web")
NO_ANSWER = mark("Prefect, which keeps the credentials, does not answer just now. It will be asked again.")
GOOD_FOR = timedelta(minutes=5)
PATIENCE_SECONDS = 3


class TypedInOverHttp:
    """`of` are the providers that are asked about at all."""

    def __init__(
        self, settings: Settings, secrets: Callable[[], Secrets], of: Collection[str], now: Callable[[], datetime]
    ) -> None:
        self.settings, self.secrets, self.of, self.now = settings, secrets, of, now
        self._known: dict[tuple[str, str], tuple[datetime, dict[str, Any]]] = {}
        self._lock = Lock()

    def __call__(self, provider: str, account: str) -> dict[str, Any]:
        if provider not in self.of:
            return {}
        with self._lock:  # a crowd of news at once asks Prefect once
            known = self._known.get((provider, account))
            if known is None or self.now() > known[0] + GOOD_FOR:
                try:
                    known = self.now(), self._asked(provider, account)
                except httpx.HTTPError as error:
                    LOG.warning("what is typed into Prefect is not known: %s", type(error).__name__)
                    known = known or (self.now() - GOOD_FOR + timedelta(seconds=10), {})
                self._known[provider, account] = known
            return dict(known[1])

    def _asked(self, provider: str, account: str) -> dict[str, Any]:
        return block_over_http(self.settings, self.secrets(), provider, account)


def block_over_http(settings: Settings, secrets: Secrets, provider: str, account: str) -> dict[str, Any]:
    """What is typed into the block of this account, secrets too; nothing where there is none. Raises httpx.HTTPError.

    The names are those that `deployments.blocks` gives, which imports Prefect.
    """
    slug, name = (text.replace("_", "-") for text in (f"otdel-{provider}", f"{provider}-{account}".lower()))
    with PrefectApi(settings, secrets, timeout=PATIENCE_SECONDS) as api:
        return api.block(slug, name)
