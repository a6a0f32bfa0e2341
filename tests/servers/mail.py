"""What the test servers of mail providers have in common: an inbox with what each recipient would see."""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import unquote

from tests.servers.base import ProviderServer
from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer, Request


@dataclass(frozen=True)
class Mail:
    """One letter as it arrives, everything filled in by the provider."""

    to: str
    sender: str
    subject: str
    text: str
    html: str
    id: str
    key: str = ""
    to_name: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class MailServer(ProviderServer):
    """`bad` are addresses that the provider says cannot be written to; `key` is the only one that is let in."""

    contract: ClassVar[MailContract]
    error_status: ClassVar[int] = 400
    controls: ClassVar[tuple[str, ...]] = (*ProviderServer.controls, "mails")

    def __init__(self, *, key: str, **common: Any) -> None:
        super().__init__(**common)
        self.key = key
        self.bad: set[str] = set()
        self.inbox: list[Mail] = []
        self._last = 1000

    def mails(self) -> list[Mail]:
        with self.lock:
            return list(self.inbox)

    def number(self) -> int:
        self._last += 1
        return self._last

    def put(self, call: Call, mail: Mail) -> None:
        self.inbox.append(mail)
        self.take(call, mail.to, mail.text, (), (mail.id,))

    # what is the same for most

    def operation(self, request: Request) -> str:
        return f"{request.method} {request.path}"

    def parameters(self, request: Request) -> dict[str, Any]:
        if not request.body:
            return {}
        try:
            said = json.loads(request.body)
        except ValueError:
            raise Wrong("body", "is not JSON") from None
        if not isinstance(said, dict):
            raise Wrong("body", "is not an object")
        return said

    def read(self, request: Request) -> Call:
        call = Call(self.operation(request), self.parameters(request))
        call.token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return call

    def perform(self, call: Call) -> Any:
        self.admit(call)
        self.contract.request(call.method, call.parameters)
        return self.act(call)

    def admit(self, call: Call) -> None:
        if call.token != self.key:
            raise Refusal(401, "Unauthorized")

    def act(self, call: Call) -> Any:
        raise NotImplementedError

    def check(self, call: Call, result: Any) -> None:
        self.contract.answer(call.method, result)

    def envelop(self, result: Any) -> Answer:
        return as_json(200, result)

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        body = self.error(refusal)
        if call.method in self.contract.operations:
            self.confirm(lambda: self.contract.error(call.method, body))
        return as_json(refusal.details.get("status", refusal.code), body)

    def error(self, refusal: Refusal) -> Any:
        return {"message": refusal.says}

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(self.error_status, str(wrong))

    def flooded(self, call: Call, fault: Fault) -> Answer:
        return Answer(429, self.refuse(call, Refusal(429, "Too many requests")).body, headers=(("retry-after", "7"),))

    def failed(self, call: Call, fault: Fault) -> Answer:
        return Answer(fault.code or 502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return as_json(200, self.error(Refusal(500, "Something went wrong")))


def as_json(status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers)


def query_of(request: Request) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in request.query.replace("+", "%20").split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}
