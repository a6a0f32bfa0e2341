"""A VK that misbehaves on demand: the API, version 5.199, over HTTP on 127.0.0.1."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from tests.servers import vk_contract
from tests.servers.base import ProviderServer
from tests.servers.calls import Call, Rate, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.forms import read_form
from tests.servers.vk_methods import Methods
from tests.servers.vk_wall import Walls
from tests.servers.wire import Answer, Request

TOKEN = "vk1.test-user"
GROUP_TOKEN = "vk1.test-group"
GROUP = 201001
WALL = -GROUP
USER = 1001
METHOD = "/method/"
UPLOAD = "upload"
"""The name under which faults and the journal know the upload server."""
TOO_MANY = {6: "Too many requests per second", 9: "Flood control", 29: "Rate limit reached"}


class Uploaded(dict[str, Any]):
    """What the upload server answers; it has no envelope."""


class VkServer(ProviderServer):
    """The API under `/method/`, its upload server under `/upload`, and one community, `GROUP`, whose wall is `WALL`.

    `tokens` are {token: "user" | "group" | "service"}; with `strict_tokens` a method takes only the kinds that the
    schema names, so that wall.post needs a user. `per_second` bounds a token's calls, `posts_per_day` a wall's posts,
    `text_max` a text (VK documents no limit).
    """

    controls: ClassVar[tuple[str, ...]] = (
        *ProviderServer.controls,
        *(
            "add_group",
            "posts",
            "texts",
            "post_by_hand",
            "edit_by_hand",
            "delete_by_hand",
            "react",
            "set_reach",
            "comment",
        ),
        *("set_members", "set_stats", "set_access"),
    )

    def __init__(
        self,
        *,
        tokens: Mapping[str, str] | None = None,
        groups: Iterable[Mapping[str, Any]] = ({"id": GROUP, "name": "Семь чашек", "screen_name": "seven_cups"},),
        strict_tokens: bool = False,
        per_second: int | None = None,
        posts_per_day: int | None = None,
        text_max: int | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.tokens = dict(tokens or {TOKEN: "user", GROUP_TOKEN: "group"})
        self.strict_tokens = strict_tokens
        self.rate = Rate(per_second, 1)
        self.walls = Walls()
        self.methods = Methods(self.walls, USER, self.now, self.take, lambda: self.url)
        self.methods.posts_per_day = posts_per_day
        self.methods.text_max = text_max
        for group in groups:
            self.add_group(**group)

    # what a test sets and asks

    def add_group(self, id: int, name: str, screen_name: str, members: int = 100, admin: bool = True) -> None:
        """Add a community; with `admin` False our tokens have no rights in it."""
        with self.lock:
            more = {"members": members, "admin": admin, "may_post": True, "stats": []}
            self.walls.groups[id] = {"id": id, "name": name, "screen_name": screen_name, **more}

    def posts(self, owner: int = WALL) -> list[dict[str, Any]]:
        """What stands on a wall now, the newest first, as wall.get shows it."""
        with self.lock:
            return [self.walls.shown(post, self.url) for post in self.walls.on(owner, self.now(), False)]

    def texts(self, owner: int = WALL) -> list[str]:
        """The texts of a wall now, oldest first."""
        return [post["text"] for post in reversed(self.posts(owner))]

    def post_by_hand(self, text: str, owner: int = WALL) -> int:
        """A person posts in the name of the community."""
        with self.lock:
            post = self.methods._new(owner, {"message": text, "from_group": True})
            self.walls.posts[owner, post.id] = post
            return post.id

    def edit_by_hand(self, post_id: int, text: str, owner: int = WALL) -> None:
        with self.lock:
            post = self.walls.post(owner, post_id)
            post.text, post.edited = text, int(self.now())

    def delete_by_hand(self, post_id: int | str, owner: int = WALL) -> None:
        with self.lock:
            post = self.walls.post(owner, int(post_id))
            del self.walls.posts[owner, post.id]

    def react(self, post_id: int, owner: int = WALL, **counts: int) -> None:
        """Set `likes`, `reposts`, `views` of a post."""
        with self.lock:
            unknown = set(counts) - {"likes", "reposts", "views"}
            if unknown:
                raise ValueError(f"{unknown} are not reactions")
            self.walls.post(owner, post_id).counts.update(counts)

    def set_reach(self, post_id: int, owner: int = WALL, **reach: int) -> None:
        """Set what stats.getPostReach tells: `reach_total`, `reach_subscribers`, `links`…; before it tells nothing."""
        with self.lock:
            self.walls.post(owner, post_id).reach.update(reach)

    def comment(self, post_id: int, text: str, user: int = 501, owner: int = WALL) -> int:
        """A person comments on a post."""
        with self.lock:
            return self.methods.comment(self.walls.post(owner, post_id), text, user).id

    def set_members(self, members: int, group: int = GROUP) -> None:
        with self.lock:
            self.walls.groups[group]["members"] = members

    def set_stats(self, periods: list[dict[str, Any]], group: int = GROUP) -> None:
        """Set what stats.get tells."""
        with self.lock:
            self.walls.groups[group]["stats"] = periods

    def set_access(self, group: int = GROUP, **access: bool) -> None:
        """Set `admin` (else error 15) or `may_post` (else error 214)."""
        with self.lock:
            self.walls.groups[group].update(access)

    # the protocol

    def read(self, request: Request) -> Call:
        method = UPLOAD if request.path == "/upload" else request.path.removeprefix(METHOD)
        form = read_form(request.query, request.headers.get("content-type", ""), request.body)
        parameters = dict(form.parameters)
        if not all(isinstance(value, str) for value in parameters.values()):
            raise Wrong("body", "is JSON, and VK takes forms")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return Call(method, parameters, form.files, parameters.pop("access_token", "") or bearer)

    def perform(self, call: Call) -> Any:
        if call.method == UPLOAD:
            return self._upload(call)
        if call.files:
            raise Wrong("body", "has files, which only the upload server takes")
        self._admit(call)
        values = vk_contract.request(call.method, call.parameters)
        return getattr(self.methods, call.method.replace(".", "_"))(call, values)

    def _upload(self, call: Call) -> Any:
        if set(call.files) != {"photo"}:
            raise Wrong("photo", f"is the one file of an upload; {sorted(call.files)} came")
        return Uploaded(self.walls.upload(-int(call.parameters.get("group", 0)), call.files["photo"]))

    def _admit(self, call: Call) -> None:
        if call.method not in vk_contract.methods():
            raise Wrong(call.method, "is not a method")
        if "v" not in call.parameters:
            raise Wrong("v", "is missing")
        if not call.token:
            raise Wrong("access_token", "is missing")
        if call.token not in self.tokens:
            raise Refusal(5, "User authorization failed: invalid access_token.")
        if self.rate.wait_for(call.token, self.now()):
            raise Refusal(6, TOO_MANY[6])
        kind = self.tokens[call.token]
        if self.strict_tokens and kind not in vk_contract.structure()["methods"][call.method]["access_token_type"]:
            raise Refusal(27, f"Group authorization failed: method is unavailable with {kind} auth.")

    def check(self, call: Call, result: Any) -> None:
        if call.method != UPLOAD:
            variant = "extendedResponse" if call.parameters.get("extended") == "1" else "response"
            vk_contract.answer(call.method, {"response": result}, variant)

    def envelop(self, result: Any) -> Answer:
        return _json(result if isinstance(result, Uploaded) else {"response": result})

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """An error of VK: HTTP 200, and the parameters that were sent, without the token."""
        sent = {"method": call.method, "oauth": "1"} | call.parameters
        pairs = [{"key": key, "value": str(value)} for key, value in sent.items()]
        body = {"error": {"error_code": refusal.code, "error_msg": refusal.says, "request_params": pairs}}
        self.confirm(lambda: vk_contract.error(body))
        return _json(body)

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        if wrong.what == "is not a method":
            return Refusal(3, "Unknown method passed")
        if wrong.where == "v":
            return Refusal(8, "Invalid request: v (version) is required")
        if wrong.where == "access_token":
            return Refusal(5, "User authorization failed: no access_token passed.")
        return Refusal(100, f"One of the parameters specified was missing or invalid: {wrong.says or wrong}")

    def flooded(self, call: Call, fault: Fault) -> Answer:
        code = fault.code or 6
        return self.refuse(call, Refusal(code, TOO_MANY[code]))

    def failed(self, call: Call, fault: Fault) -> Answer:
        return Answer(fault.code or 502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        code = fault.code or 10
        return self.refuse(call, Refusal(code, vk_contract.codes()[code]))

    def without_id(self, result: Any) -> Any:
        if not isinstance(result, dict):
            return result
        return {name: value for name, value in result.items() if name not in ("post_id", "comment_id")}


def _json(body: Any) -> Answer:
    return Answer(200, json.dumps(body, ensure_ascii=False).encode())
