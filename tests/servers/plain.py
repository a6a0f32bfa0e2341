"""An API of plain HTTP that misbehaves on demand: posts that are made, shown, edited, removed and looked up by a key.

What many small services have in common, so that a channel to one of them needs no server of its own:
POST <posts> makes one, PUT (or PATCH) <posts>/<id> edits, DELETE removes, GET shows, GET <posts>?key=… finds by our
key. The key comes as a field or as the header Idempotency-Key, pictures as parts of a form or as base64 in JSON. Errors
are {"error": "words"} under their status. What a service spells otherwise is said in `Spelling`.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.servers.base import ProviderServer
from tests.servers.calls import Call, Refusal
from tests.servers.contract import Check, Wrong, anything, exactly, object_of, sized
from tests.servers.faults import Fault
from tests.servers.forms import read_form
from tests.servers.journal import Accepted
from tests.servers.pictures import measure
from tests.servers.wire import Answer, Request

TOKEN = "plain-test-token"
FINDS = "FIND"
"""The name under which faults and the journal know a look by our key."""


@dataclass(frozen=True)
class Spelling:
    """How a service calls its things. `data` is where a picture's base64 stands; `more` are further texts it takes."""

    posts: str = "/posts"
    id: str = "id"
    url: str = "url"
    text: str = "text"
    pictures: str = "pictures"
    data: str = "data"
    key: str = "key"
    items: str = "items"
    more: Sequence[str] = ("title", "link")


@dataclass
class Kept:
    id: int
    key: str
    text: str
    pictures: tuple[str, ...]
    made: Accepted = field(repr=False)


class PlainServer(ProviderServer):
    """Takes the bearer `token`, or anybody where it is empty; `text_max` bounds a text, in code points."""

    controls: ClassVar[tuple[str, ...]] = (*ProviderServer.controls, "texts", "posts", "delete_by_hand")

    def __init__(
        self, spelling: Spelling = Spelling(), *, token: str = TOKEN, text_max: int | None = None, **common: Any
    ) -> None:
        super().__init__(**common)
        self.spelling, self.token, self.text_max = spelling, token, text_max
        self.kept: dict[int, Kept] = {}
        self._last = 0

    # what a test sets and asks

    def posts(self) -> list[dict[str, Any]]:
        """What stands there now, oldest first."""
        with self.lock:
            return [self._shown(kept) for kept in self.kept.values()]

    def texts(self) -> list[str]:
        with self.lock:
            return [kept.text for kept in self.kept.values()]

    def delete_by_hand(self, post_id: int | str) -> None:
        with self.lock:
            del self.kept[int(post_id)]

    # the protocol

    def read(self, request: Request) -> Call:
        form = read_form(request.query, request.headers.get("content-type", ""), request.body)
        call = Call(request.method, dict(form.parameters), form.files)
        call.token = request.headers.get("authorization", "").removeprefix("Bearer ")
        header = request.headers.get("idempotency-key")
        call.parameters |= {self.spelling.key: header} if header else {}
        place, slash, id = request.path.removeprefix(self.spelling.posts).partition("/")
        if place or not request.path.startswith(self.spelling.posts):
            raise Wrong("path", f"{request.path} is not under {self.spelling.posts}")
        if slash:
            call.parameters["/"] = unquote(id)
        elif request.method == "GET":
            call.method = FINDS
        return call

    def perform(self, call: Call) -> Any:
        if self.token and call.token != self.token:
            raise Refusal(401, "Unauthorized")
        acts = {"POST": self._post, "PUT": self._edit, "PATCH": self._edit, "DELETE": self._delete, "GET": self._show}
        if (call.method in ("POST", FINDS)) == ("/" in call.parameters):
            raise Refusal(405, "Method Not Allowed")
        return (acts | {FINDS: self._find})[call.method](call)

    def _post(self, call: Call) -> dict[str, Any]:
        text, pictures, key = self._content(call, (self.spelling.text,))
        repeated = next((kept for kept in self.kept.values() if key and kept.key == key), None)
        if repeated:
            repeated.made.repeats += 1
            return self._shown(repeated)
        self._last += 1
        made = self.take(call, self.spelling.posts, text, pictures, (str(self._last),))
        self.kept[self._last] = Kept(self._last, key, text, pictures, made)
        return self._shown(self.kept[self._last])

    def _edit(self, call: Call) -> dict[str, Any]:
        kept = self._named(call)
        kept.text, kept.pictures, _ = self._content(call, ())
        return self._shown(kept)

    def _delete(self, call: Call) -> dict[str, Any]:
        del self.kept[self._named(call).id]
        return {}

    def _show(self, call: Call) -> dict[str, Any]:
        return self._shown(self._named(call))

    def _find(self, call: Call) -> dict[str, Any]:
        object_of({self.spelling.key: exactly(str)}, (self.spelling.key,))(call.parameters, "query")
        found = [kept for kept in self.kept.values() if kept.key == call.parameters[self.spelling.key]]
        return {self.spelling.items: [self._shown(kept) for kept in found]}

    def _named(self, call: Call) -> Kept:
        id = call.parameters.pop("/")
        if not (id.isdecimal() and int(id) in self.kept):
            raise Refusal(404, "Not Found")
        return self.kept[int(id)]

    def _content(self, call: Call, required: tuple[str, ...]) -> tuple[str, tuple[str, ...], str]:
        """The text, the prints of the pictures and the key of a request that is as it should be."""
        fields: dict[str, Check] = dict.fromkeys(
            (self.spelling.text, self.spelling.key, *self.spelling.more), exactly(str)
        )
        object_of(fields | {self.spelling.pictures: anything}, required)(call.parameters, "body")
        pictures = tuple(_print(data) for data in self._pictures(call))
        text = call.parameters.get(self.spelling.text, "")
        if not (text or pictures):
            raise Refusal(422, "there is nothing in it")
        sized(None, self.text_max)(text, self.spelling.text)
        return text, pictures, call.parameters.get(self.spelling.key, "")

    def _pictures(self, call: Call) -> list[bytes]:
        if call.files:
            return [upload.data for upload in call.files.values()]
        try:
            given = call.parameters.get(self.spelling.pictures, [])
            return [base64.b64decode(each[self.spelling.data], validate=True) for each in given]
        except (TypeError, LookupError, binascii.Error):
            raise Wrong(
                self.spelling.pictures, f"is not a list of objects with base64 in {self.spelling.data}"
            ) from None

    def _shown(self, kept: Kept) -> dict[str, Any]:
        said = self.spelling
        url = f"https://posts.example{said.posts}/{kept.id}"
        return {said.id: kept.id, said.url: url, said.text: kept.text, said.pictures: len(kept.pictures)}

    def check(self, call: Call, result: Any) -> None:
        exactly(dict)(result, "result")

    def envelop(self, result: Any) -> Answer:
        return _json(200, result)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        return _json(refusal.code, {"error": refusal.says})

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(422, str(wrong))

    def flooded(self, call: Call, fault: Fault) -> Answer:
        return _json(429, {"error": "Too Many Requests"}, ("retry-after", str(fault.retry_after)))

    def failed(self, call: Call, fault: Fault) -> Answer:
        return _json(fault.code or 502, {"error": "Bad Gateway"})

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return _json(200, {"error": "not today"})

    def without_id(self, result: Any) -> Any:
        return {name: value for name, value in result.items() if name != self.spelling.id}


def _print(data: bytes) -> str:
    if measure(data) is None:
        raise Refusal(422, "this is no picture")
    return hashlib.sha256(data).hexdigest()


def _json(status: int, body: dict[str, Any], *headers: tuple[str, str]) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers)
