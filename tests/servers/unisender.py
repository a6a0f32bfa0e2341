"""A UniSender that misbehaves on demand: the classic API, letters and short messages, over HTTP on 127.0.0.1."""

import re
from email.utils import parseaddr
from typing import Any, ClassVar

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.forms import read_form
from tests.servers.mail import Mail, MailServer, as_json
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer, Request

KEY = "unisender-test-key"
LIST = 77
OWN_LINK = re.compile(r"\{\{\s*UnsubscribeUrl\s*\}\}", re.IGNORECASE)


class UniSenderServer(MailServer):
    """Errors come with HTTP 200, as there. `statuses` are what checkEmail and checkSms say, by number."""

    contract: ClassVar[MailContract] = MailContract("unisender.json")

    def __init__(self, *, key: str = KEY, **common: Any) -> None:
        super().__init__(key=key, **common)
        self.statuses: dict[str, str] = {}

    def read(self, request: Request) -> Call:
        if request.query != "format=json" or request.method != "POST":
            raise Wrong("query", "has to be format=json, by POST")
        form = read_form("", request.headers.get("content-type", ""), request.body)
        call = Call(request.path.rpartition("/")[2], dict(form.parameters))
        call.token = call.parameters.get("api_key", "")
        return call

    def admit(self, call: Call) -> None:
        if call.token != self.key:
            raise Refusal(0, "Wrong API key", word="invalid_api_key")

    def act(self, call: Call) -> Any:
        return {"result": getattr(self, f"_{call.method}")(call, call.parameters)}

    def _sendEmail(self, call: Call, said: dict[str, Any]) -> Any:
        name, to = parseaddr(said["email"])
        if to in self.bad:
            raise Refusal(0, f"email {to} is wrong", word="invalid_arg")
        if any(mail.key == said["ref_key"] for mail in self.inbox):
            raise Refusal(0, "ref_key has been used", word="invalid_arg")
        if said["list_id"] != str(LIST):
            raise Refusal(0, "There is no such list_id", word="invalid_arg")
        number = self.number()
        html = OWN_LINK.sub("https://unisender.example/unsubscribe", said["body"])
        headers = dict([said["headers"].split(": ", 1)]) if "headers" in said else {}
        mail = Mail(
            to, said["sender_email"], said["subject"], "", html, str(number), said["metadata[otdel_key]"], name, headers
        )
        self.put(call, mail)
        self.statuses[str(number)] = "not_sent"
        return {"email_id": number}

    def _checkEmail(self, call: Call, said: dict[str, Any]) -> Any:
        numbers = [number for number in said["email_id"].split(",") if number in self.statuses]
        return {"statuses": [{"id": int(number), "status": self.statuses[number]} for number in numbers]}

    def _sendSms(self, call: Call, said: dict[str, Any]) -> Any:
        if f"+{said['phone']}" in self.bad:
            raise Refusal(0, f"{said['phone']} is wrong", word="dest_invalid")
        number = f"{self.number()}.79092020303"
        self.put(call, Mail(f"+{said['phone']}", said["sender"], "", said["text"], "", number))
        self.statuses[number] = "not_sent"
        return {"currency": "RUB", "price": 2.5, "sms_id": number}

    def _checkSms(self, call: Call, said: dict[str, Any]) -> Any:
        return {"status": self.statuses[said["sms_id"]]}

    def _getLists(self, call: Call, said: dict[str, Any]) -> Any:
        return [{"id": LIST, "title": "Семь чашек"}]

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        body = self.error(refusal)
        if call.method in self.contract.operations:
            self.confirm(lambda: self.contract.error(call.method, body))
        return as_json(200, body)

    def error(self, refusal: Refusal) -> Any:
        return {"error": refusal.says, "code": refusal.details.get("word", "unspecified")}

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        return Refusal(0, str(wrong), word="invalid_arg")

    def flooded(self, call: Call, fault: Fault) -> Answer:
        return self.refuse(call, Refusal(0, "Too often", word="api_call_limit_exceeded_for_api_key"))

    def without_id(self, result: Any) -> Any:
        return {
            "result": {name: value for name, value in result["result"].items() if name not in ("email_id", "sms_id")}
        }
