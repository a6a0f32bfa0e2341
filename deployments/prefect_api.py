"""What the launcher and the doctor ask Prefect's server over HTTP; importing Prefect would cost them 2.5 seconds."""

import ssl
import time
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from deployments.secrets import Secrets
from deployments.settings import Settings

PAGE = 200  # the most that the API gives at once
PAUSE_SECONDS = 0.5


class PrefectApi:
    """A short conversation with the server of this house; raises httpx.HTTPError when it does not answer.

    A 503 says that the server's own database is busy for a moment and nothing was done (seen on SQLite under load), so
    a question is asked again for `patience` seconds. What makes something carries an idempotency key for that.
    """

    def __init__(self, settings: Settings, secrets: Secrets, timeout: float = 10, patience: float = 10) -> None:
        user, _, password = secrets.prefect_auth.get_secret_value().partition(":")
        self._http = httpx.Client(
            base_url=f"{settings.ui_here}/api",
            auth=(user, password),
            timeout=timeout,
            trust_env=False,
            verify=_authorities(settings.ui_here),
        )
        self._csrf: dict[str, str] = {}
        self._tries = max(round(patience / PAUSE_SECONDS), 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def version(self) -> str:
        """The server's version; it answers only to those who know the auth string."""
        return str(self._http.get("/admin/version").raise_for_status().json())

    def block(self, slug: str, name: str) -> dict[str, Any]:
        """What a person typed into a block, secrets too; nothing where there is no such block."""
        path = f"/block_types/slug/{slug}/block_documents/name/{name}"
        answer = self._http.get(path, params={"include_secrets": True})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return {}
        found: dict[str, Any] = answer.raise_for_status().json()["data"]
        return found

    def ask(self, path: str, **question: Any) -> Any:
        """POST a question (a filter) and return the answer."""
        answer = self._post(path, question)
        for _ in range(self._tries - 1):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(PAUSE_SECONDS)
            answer = self._post(path, question)
        return answer.raise_for_status().json()

    def every(self, path: str, **question: Any) -> list[dict[str, Any]]:
        """All items that a filter finds, page by page."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.ask(path, limit=PAGE, offset=len(found), **question)
            found += page
            if len(page) < PAGE:
                return found

    def _post(self, path: str, question: dict[str, Any]) -> httpx.Response:
        answer = self._http.post(path, json=question, headers=self._csrf_headers())
        if answer.status_code == httpx.codes.FORBIDDEN and self._csrf:  # the token is good for an hour
            self._csrf = {}
            answer = self._http.post(path, json=question, headers=self._csrf_headers())
        return answer

    def _csrf_headers(self) -> dict[str, str]:
        if not self._csrf:
            client = str(uuid4())
            token = self._http.get("/csrf-token", params={"client": client})
            if token.status_code == httpx.codes.OK:
                self._csrf = {"Prefect-Csrf-Token": token.json()["token"], "Prefect-Csrf-Client": client}
        return self._csrf


def _authorities(address: str) -> ssl.SSLContext | bool:
    """The world's, except where nothing is encrypted: reading them takes a thirtieth of a second each time."""
    return True if address.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def is_healthy(settings: Settings) -> bool:
    """Whether a server answers at all; says nothing of whose it is."""
    try:
        answer = httpx.get(
            f"{settings.ui_here}/api/health", timeout=3, trust_env=False, verify=_authorities(settings.ui_here)
        )
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK
