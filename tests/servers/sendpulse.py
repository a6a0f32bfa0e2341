"""A SendPulse that misbehaves on demand: its SMTP API over HTTP on 127.0.0.1."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.mail import Mail, MailServer, as_json, query_of
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer, Request

ID, SECRET = "sendpulse-test-id", "sendpulse-test-secret"
PASS = "POST /oauth/access_token"


class SendPulseServer(MailServer):
    """Passes live an hour by the clock of the server, or until `forget_passes`."""

    contract: ClassVar[MailContract] = MailContract("sendpulse.json")

    def __init__(self, *, key: str = SECRET, **common: Any) -> None:
        super().__init__(key=key, **common)
        self.passes: dict[str, float] = {}
        self.records: list[dict[str, Any]] = []

    def forget_passes(self) -> None:
        with self.lock:
            self.passes.clear()

    def parameters(self, request: Request) -> dict[str, Any]:
        if request.method != "GET":
            return super().parameters(request)
        query: dict[str, Any] = dict(query_of(request))
        return query | {name: int(query[name]) for name in ("limit", "offset") if name in query}

    def admit(self, call: Call) -> None:
        if call.method != PASS and self.passes.get(call.token, 0) < self.now():
            raise Refusal(401, "Unauthorized!", number=401)

    def act(self, call: Call) -> Any:
        said = call.parameters
        if call.method == PASS:
            if (said["client_id"], said["client_secret"]) != (ID, self.key):
                raise Refusal(400, "The client credentials are invalid", number=1)
            self.passes[f"pass-{self.number()}"] = self.now() + 3600
            return {"access_token": list(self.passes)[-1], "token_type": "Bearer", "expires_in": 3600}
        if call.method == "GET /smtp/senders":
            return ["shop@seven-cups.example"]
        return self._send(call, said["email"]) if call.method == "POST /smtp/emails" else self._list(said)

    def _send(self, call: Call, said: dict[str, Any]) -> Any:
        (to,) = said["to"]
        if to["email"] in self.bad:
            raise Refusal(422, "Recipient email is invalid", number=422)
        html, id = b64decode(said["html"], validate=True).decode(), f"pzkic9-{self.number()}"
        headers = {"Reply-To": said["reply_to"]["email"]} if "reply_to" in said else {}
        mail = Mail(
            to["email"], said["from"]["email"], said["subject"], said["text"], html, id, "", to.get("name", ""), headers
        )
        self.put(call, mail)
        sent = datetime.fromtimestamp(self.now(), UTC)
        self.records.append({"id": id, "sender": mail.sender, "recipient": mail.to, "subject": mail.subject,
                             "send_date": f"{sent:%Y-%m-%d %H:%M:%S}", "smtp_answer_code": 250})  # fmt: skip
        return {"result": True, "id": id}

    def _list(self, said: dict[str, Any]) -> Any:
        found = [record for record in self.records if said.get("recipient") in (None, record["recipient"])]
        return [one for one in found if said.get("from", "") <= one["send_date"][:10] <= said.get("to", "9")]

    def error(self, refusal: Refusal) -> Any:
        return {"message": refusal.says, "error_code": refusal.details.get("number", refusal.code)}

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(422, str(wrong), number=422)

    def flooded(self, call: Call, fault: Fault) -> Answer:
        return Answer(
            429, json.dumps({"message": "More than 10 requests per second", "error_code": 2020202020}).encode()
        )

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return as_json(200, {"message": "Account balance depleted", "error_code": 707})

    def without_id(self, result: Any) -> Any:
        return {name: value for name, value in result.items() if name != "id"}
