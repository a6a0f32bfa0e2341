"""A Mailchimp Transactional that misbehaves on demand: API 1.4 over HTTP on 127.0.0.1.

Its Handlebars: three braces put a value in as it is, two escape it, a backslash before them keeps them; headers are
not merged; merging is for who asks for it.
"""

import re
from html import escape
from typing import Any, ClassVar

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.mail import Mail, MailServer, as_json
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer, Request

KEY, SIGNING, HOOK = "mandrill-test-key", "mandrill-test-signing", "https://desk.example/webhooks/mailchimp"
SEND, SEARCH = "POST /messages/send", "POST /messages/search"
TAG = re.compile(r"(\\?)(?:\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{\s*([^{}]*?)\s*\}\})")


class MailchimpTransactionalServer(MailServer):
    """`rejects` are why it does not send to single addresses."""

    contract: ClassVar[MailContract] = MailContract("mailchimp_transactional.json")

    def __init__(self, *, key: str = KEY, **common: Any) -> None:
        super().__init__(key=key, **common)
        self.rejects: dict[str, str] = {}

    def operation(self, request: Request) -> str:
        return f"{request.method} {request.path.removeprefix('/api/1.4')}"

    def admit(self, call: Call) -> None:
        if call.parameters.get("key") != self.key:
            raise Refusal(401, "Invalid API key", name="Invalid_Key")

    def act(self, call: Call) -> Any:
        if call.method == SEND:
            said = call.parameters["message"]
            return [self._deliver(call, said, to) for to in said["to"]]
        return self._search(call.parameters["query"]) if call.method == SEARCH else {"PING": "PONG!"}

    def _deliver(self, call: Call, said: Any, person: Any) -> dict[str, Any]:
        to = person["email"]
        if to in self.bad:
            return {"email": to, "status": "invalid", "_id": f"bad{self.number()}"}
        if to in self.rejects:
            return {"email": to, "status": "rejected", "reject_reason": self.rejects[to], "_id": f"no{self.number()}"}
        own = {var["name"]: var["content"] for var in said["global_merge_vars"]}
        for mine in said["merge_vars"]:
            own |= {var["name"]: var["content"] for var in mine["vars"]} if mine["rcpt"] == to else {}
        (metadata,) = [each["values"] for each in said["recipient_metadata"] if each["rcpt"] == to]
        parts = [merged(said.get(part, ""), own) for part in ("subject", "text", "html")]
        id = f"abc{self.number()}"
        self.put(call, Mail(
            to, said["from_email"], *parts, id, metadata["otdel_key"], person.get("name", ""), said.get("headers", {})
        ))  # fmt: skip
        return {"email": to, "status": "queued", "_id": id}

    def _search(self, query: str) -> Any:
        keys = re.findall(r'u_otdel_key:"([^"]+)"', query)
        return [
            {
                "ts": int(self.now()), "_id": mail.id, "tags": [], "sender": mail.sender, "subject": mail.subject,
                "email": mail.to, "opens": 0, "clicks": 0, "opens_detail": [], "clicks_detail": [], "state": "sent",
                "smtp_events": [], "diag": None, "subaccount": None, "resends": [], "reject": None,
            }
            for mail in self.inbox if mail.key in keys
        ]  # fmt: skip

    def error(self, refusal: Refusal) -> Any:
        name = refusal.details.get("name", "ValidationError")
        return {"status": "error", "code": refusal.code, "name": name, "message": refusal.says}

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(400, str(wrong), name="ValidationError")

    def flooded(self, call: Call, fault: Fault) -> Answer:
        body = self.error(Refusal(429, "Slow down", name="RequestLimitExceeded"))
        return as_json(429, body, (("retry-after", "7"),))

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return as_json(200, self.error(Refusal(-1, "Something", name="GeneralError")))

    def without_id(self, result: Any) -> Any:
        return [{name: value for name, value in each.items() if name != "_id"} for each in result]


def merged(text: str, own: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1]:
            return found[0][1:]
        if found[2] is not None:
            return own.get(found[2], "")
        return escape(own.get(found[3], ""))

    return TAG.sub(value, text)
