"""A Mailgun that misbehaves on demand: messages and events of one domain over HTTP on 127.0.0.1.

It replaces %recipient.…% only where recipient variables are given, each place once, and its predefined variables
always. Whether that is how it is done there nobody of us has tried.
"""

import json
import re
from base64 import b64encode
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any, ClassVar

from python_multipart import create_form_parser

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.mail import Mail, MailServer, query_of
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Request

KEY, DOMAIN, SIGNING = "mailgun-test-key", "mg.seven-cups.example", "mailgun-test-signing"
MESSAGES, EVENTS = "POST messages", "GET events"
VARIABLE = re.compile(r"%recipient\.([A-Za-z0-9_]+)%")
PREDEFINED = re.compile(r"%(?:unsubscribe_url|mailing_list_unsubscribe_url|recipient_email|recipient)%")
PAGE = 3  # so that tests turn pages


class MailgunServer(MailServer):
    contract: ClassVar[MailContract] = MailContract("mailgun.json")

    def __init__(self, *, key: str = KEY, **common: Any) -> None:
        super().__init__(key=key, **common)
        self.events: list[dict[str, Any]] = []
        self._asked: dict[str, Any] = {}

    def read(self, request: Request) -> Call:
        place = request.path.removeprefix(f"/v3/{DOMAIN}/").partition("/")
        call = Call(f"{request.method} {place[0]}", {})
        call.token = request.headers.get("authorization", "").removeprefix("Basic ")
        if request.method == "POST":
            call.parameters = fields_of(request)
        else:
            call.parameters = {
                name: int(value) if name == "limit" else value for name, value in query_of(request).items()
            }
        call.place = int(place[2] or 0)  # type: ignore[attr-defined]
        return call

    def admit(self, call: Call) -> None:
        if call.token != b64encode(f"api:{self.key}".encode()).decode():
            raise Refusal(401, "Forbidden")

    def act(self, call: Call) -> Any:
        return self._send(call, call.parameters) if call.method == MESSAGES else self._list(call)

    def _send(self, call: Call, said: dict[str, Any]) -> Any:
        people = {parseaddr(to)[1]: str(make_header(decode_header(parseaddr(to)[0]))) for to in said["to"]}
        if set(people) & self.bad:
            raise Refusal(400, f"'to' parameter is not a valid address: {sorted(set(people) & self.bad)[0]}")
        given = json.loads(said["recipient-variables"]) if "recipient-variables" in said else None
        if given is None and len(people) > 1:
            raise Wrong("to", "shows all recipients to each other")
        id = f"<{self.number()}@{DOMAIN}>"
        for to, name in people.items():  # a second letter to one address is ignored, as there
            self._deliver(call, said, to, name, id, None if given is None else given[to])
        return {"id": id, "message": "Queued. Thank you."}

    def _deliver(self, call: Call, said: Any, to: str, name: str, id: str, own: dict[str, str] | None) -> None:
        def seen(field: str) -> str:
            text = said.get(field, "")
            filled = text if own is None else VARIABLE.sub(lambda found: own.get(found[1], found[0]), text)
            return PREDEFINED.sub("https://mailgun.example/u", filled)

        headers = {field[2:]: seen(field) for field in said if field.startswith("h:")}
        variables = {field[2:]: seen(field) for field in said if field.startswith("v:")}
        sender, bare = parseaddr(said["from"])[1], id.strip("<>")
        mail = Mail(
            to, sender, seen("subject"), seen("text"), seen("html"), bare, variables["otdel_key"], name, headers
        )
        self.put(call, mail)
        self.events.append({
            "id": f"ev{self.number()}", "event": "accepted", "timestamp": self.now(), "recipient": to,
            "message": {"headers": {"message-id": bare}}, "user-variables": variables,
        })  # fmt: skip

    def _list(self, call: Call) -> Any:
        start = getattr(call, "place", 0)
        if not start:
            self._asked = call.parameters  # the address of a next page has all of it within
        wanted = re.findall(r'"([^"]+)"', self._asked.get("recipient", ""))
        kinds = self._asked.get("event", "").split(" OR ")
        found = [
            event for event in self.events
            if (not wanted or event["recipient"] in wanted) and (kinds == [""] or event["event"] in kinds)
        ]  # fmt: skip
        following = f"{self.url}/v3/{DOMAIN}/events/{start + PAGE}"
        return {"items": found[start : start + PAGE], "paging": {"next": following, "previous": following}}

    def check(self, call: Call, result: Any) -> None:
        if call.method == MESSAGES:
            super().check(call, result)

    def without_id(self, result: Any) -> Any:
        return {name: value for name, value in result.items() if name != "id"}


def fields_of(request: Request) -> dict[str, Any]:
    """The parts of a multipart body; `to` may come several times, nothing else may."""
    fields: dict[str, Any] = {"to": []}

    def field(part: Any) -> None:
        name, value = part.field_name.decode(), (part.value or b"").decode()
        if name == "to":
            fields["to"].append(value)
        elif name in fields:
            raise Wrong(name, "comes twice")
        else:
            fields[name] = value

    parser = create_form_parser({"Content-Type": request.headers["content-type"].encode()}, field, lambda file: None)
    parser.write(request.body)
    parser.finalize()
    return fields
