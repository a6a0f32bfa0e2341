"""A SendGrid that misbehaves on demand: mail/send over HTTP on 127.0.0.1.

Substitutions are replaced in subject and contents, in their values too, four times over, as its guide says.
"""

from typing import Any, ClassVar

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.mail import Mail, MailServer, as_json
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer

KEY = "SG.sendgrid-test-key"
SEND, SCOPES = "POST /v3/mail/send", "GET /v3/scopes"
SUBSTITUTIONS_BYTES_MAX = 10_000


class SendGridServer(MailServer):
    contract: ClassVar[MailContract] = MailContract("sendgrid.json")

    def __init__(self, *, key: str = KEY, **common: Any) -> None:
        super().__init__(key=key, **common)

    def perform(self, call: Call) -> Any:
        self.admit(call)
        if call.method == SCOPES:
            return {"scopes": ["mail.send"]}
        self.contract.request(call.method, call.parameters)
        return self.act(call)

    def admit(self, call: Call) -> None:
        if call.token != self.key:
            raise Refusal(401, "The provided authorization grant is invalid, expired, or revoked")

    def act(self, call: Call) -> Any:
        said = call.parameters
        for place, envelope in enumerate(said["personalizations"]):
            if envelope["to"][0]["email"] in self.bad:
                raise Refusal(400, "Does not contain a valid address.", field=f"personalizations.{place}.to.0.email")
            if sum(len((tag + value).encode()) for tag, value in envelope.get("substitutions", {}).items()) > (
                SUBSTITUTIONS_BYTES_MAX
            ):
                raise Wrong(f"personalizations.{place}.substitutions", "are too long")
        id = f"14c5d75ce93.dfd.{self.number()}"
        for envelope in said["personalizations"]:
            self._deliver(call, said, envelope, id)
        return {"id": id}

    def _deliver(self, call: Call, said: Any, envelope: Any, id: str) -> None:
        def seen(text: str) -> str:
            for _ in range(4):
                for tag, value in envelope.get("substitutions", {}).items():
                    text = text.replace(tag, value)
            return text

        contents = {content["type"]: seen(content["value"]) for content in said["content"]}
        (to,) = envelope["to"]
        headers = envelope.get("headers", {}) | ({"Reply-To": said["reply_to"]["email"]} if "reply_to" in said else {})
        self.put(call, Mail(
            to["email"], said["from"]["email"], seen(said["subject"]), contents.get("text/plain", ""),
            contents.get("text/html", ""), id, envelope["custom_args"]["otdel_key"], to.get("name", ""), headers,
        ))  # fmt: skip

    def check(self, call: Call, result: Any) -> None:
        """A yes is empty; its number is in a header."""

    def envelop(self, result: Any) -> Answer:
        if "scopes" in result:
            return as_json(200, result)
        return Answer(202, b"", headers=(("x-message-id", result["id"]),) if result["id"] else ())

    def error(self, refusal: Refusal) -> Any:
        return {"errors": [{"message": refusal.says, "field": refusal.details.get("field"), "help": {}}]}

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(400, wrong.what, field=wrong.where)

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return as_json(200, self.error(Refusal(200, "something went wrong")))

    def without_id(self, result: Any) -> Any:
        return {"id": ""}
