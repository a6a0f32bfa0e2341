"""How a test speaks to a server without a provider of ours in between."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.servers import telegram, vk

Ask = Callable[..., dict[str, Any]]


def as_bot(url: str, http: httpx.Client) -> Ask:
    """`ask("sendMessage", chat_id=…, text=…)` as JSON, or with `files` as multipart; gives the answer's envelope."""

    def ask(method: str, token: str = telegram.TOKEN, files: Any = None, **values: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"json": values} if files is None else {"data": values, "files": files}
        answer: dict[str, Any] = http.post(f"{url}/bot{token}/{method}", **body).json()
        return answer

    return ask


def as_community(url: str, http: httpx.Client) -> Ask:
    """`ask("wall.post", owner_id=…, message=…)` as a form; gives the answer's envelope."""

    def ask(method: str, token: str = vk.TOKEN, **values: Any) -> dict[str, Any]:
        given = {"access_token": token, "v": "5.199"} | values
        filled = {name: value for name, value in given.items() if value is not None}
        answer: dict[str, Any] = http.post(f"{url}/method/{method}", data=filled).json()
        return answer

    return ask
