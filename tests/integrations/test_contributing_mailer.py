"""CONTRIBUTING's mailer, made of the page and let loose on a server of its own."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import httpx
import pytest

from integrations.errors import Refused
from integrations.mailers import _providers
from integrations.mailers.webhooks import PATH_SECRET
from models.delivery import State
from models.letters import Answer, Happening, Letter, LetterForm
from models.locale import catalogue

ROOT = Path(__file__).parents[2]
SECRET = "s" * 20
FORM = LetterForm("f", "news@example.org", ("Чай для вас, ", 0), ("Здравствуйте, ", 0), ("<p>", 0, "</p>"))
FATES = ["taken", "unfit", "busy", "lost", "taken"]


class Relay(BaseHTTPRequestHandler):
    """Does with a letter what its address says."""

    taken: dict[str, dict[str, Any]]

    def log_message(self, format: str, *args: object) -> None:
        return

    def _say(self, status: int, said: object) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fate = said["to"].partition("-")[0]
        if fate == "lost":
            self.close_connection = True
        elif fate != "taken":
            self._say(*{"unfit": (422, {"error": f"no {said['to']}"}), "busy": (429, {})}[fate])
        else:
            self.taken[said["key"]] = said
            self._say(200, {"id": len(self.taken)})

    def do_GET(self) -> None:
        key = self.path.partition("=")[2]
        self._say(200 if self.headers["authorization"] == "Bearer key" else 401,
                  {"id": 1 if key in self.taken else None})  # fmt: skip


@pytest.fixture(scope="module")
def recipe() -> Iterator[ModuleType]:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a mailer")[2]
    [code] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    module = ModuleType("integrations.mailers.relay")
    sys.modules[module.__name__] = module  # pydantic looks its annotations up there
    exec(compile(code, "CONTRIBUTING.md", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


@pytest.fixture
def mailer(recipe: ModuleType) -> Iterator[Any]:
    handler = type("Served", (Relay,), {"taken": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, httpx.Client() as http:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield recipe.Relay(recipe.RelaySettings(api_key="key", webhook_secret=SECRET, api_url=url), http)
        server.shutdown()


def posted(mailer: Any, letters: list[Letter]) -> list[Answer]:
    line, found, left = mailer.open(), dict[int, Answer](), list(letters)
    while len(found) < len(letters):
        room = line.room()
        if left and room:
            line.post(left[:room], datetime.now(UTC) + timedelta(seconds=10))
            left = left[room:]
        found |= {answer.id: answer for answer in line.answers(timedelta(seconds=5))}
    assert line.close() == []
    return [found[letter.id] for letter in letters]


def test_the_mailer_of_the_recipe_is_one(recipe: ModuleType) -> None:
    [found] = _providers(recipe)
    assert found.name == "relay"
    fields = found.Settings.model_fields.values()
    assert {text for field in fields for text in (field.title, field.description)} <= catalogue("ru").keys()


def test_it_answers_for_every_letter_what_is_true(mailer: Any) -> None:
    letters = [Letter(n, f"k{n}", f"{fate}-{n}@example.com", FORM, ("Анна",)) for n, fate in enumerate(FATES)]
    states = [answer.state for answer in posted(mailer, letters)]
    assert states == [State.SENT, State.REJECTED, State.PLANNED, State.UNKNOWN, State.SENT]
    assert [answer.id for answer in mailer.find(letters, datetime.now(UTC))] == [0, 4]
    mailer.check()


def test_it_believes_nobody_without_the_secret(mailer: Any) -> None:
    event = {"event": "bounced", "at": datetime.now(UTC).isoformat(), "id": 3, "key": "k1", "permanent": True}
    body = json.dumps([event]).encode()
    [news] = mailer.told({PATH_SECRET: SECRET}, body, datetime.now(UTC))
    assert (news.what, news.key, news.hard) == (Happening.BOUNCED, "k1", True)
    with pytest.raises(Refused):
        mailer.told({}, body, datetime.now(UTC))
