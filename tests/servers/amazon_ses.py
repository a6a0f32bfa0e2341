"""An Amazon SES that misbehaves on demand: SendBulkEmail and GetAccount over HTTP on 127.0.0.1.

Variables of an inline template are replaced once and as they are; an unknown one breaks the letter, as there.
"""

import json
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any, ClassVar

from integrations.mailers.amazon_signature import Credentials, signed
from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.mail import Mail, MailServer, as_json
from tests.servers.mail_contract import MailContract
from tests.servers.wire import Answer, Request

KEY_ID, SECRET, REGION = "AKIDTESTTESTTEST", "amazon-test-secret-key", "eu-central-1"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:mail"
SEND, ACCOUNT = "POST /v2/email/outbound-bulk-emails", "GET /v2/email/account"
VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_.]+)\s*\}\}")
SYNTAX = re.compile(r"\{\{|\}\}")


class AmazonSesServer(MailServer):
    """`statuses` are what single recipients are answered with instead of SUCCESS."""

    contract: ClassVar[MailContract] = MailContract("amazon_ses.json")

    def __init__(self, *, key: str = SECRET, **common: Any) -> None:
        super().__init__(key=key, **common)
        self.statuses: dict[str, str] = {}
        self.enabled = True

    def read(self, request: Request) -> Call:
        call = super().read(request)
        call.token = "yes" if self._is_signed(request) else ""
        return call

    def _is_signed(self, request: Request) -> bool:
        """Sign it again as who it says it is: the moment is its own, the secret is ours."""
        stamp = request.headers.get("x-amz-date", "19700101T000000Z")
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        who = Credentials(KEY_ID, self.key, REGION, "ses")
        url = f"http://{request.headers['host']}{request.path}"
        fresh = abs(at.timestamp() - self.now()) < 300
        return fresh and signed(who, request.method, url, request.body, at)["authorization"] == request.headers.get(
            "authorization"
        )

    def admit(self, call: Call) -> None:
        if not call.token:
            raise Refusal(403, "The request signature we calculated does not match", name="InvalidSignatureException")

    def act(self, call: Call) -> Any:
        if call.method == ACCOUNT:
            return {"SendingEnabled": self.enabled, "SendQuota": {"MaxSendRate": 14.0}}
        said = call.parameters
        results = [self._deliver(call, said, entry) for entry in said["BulkEmailEntries"]]
        return {"BulkEmailEntryResults": results}

    def _deliver(self, call: Call, said: Any, entry: Any) -> dict[str, str]:
        name, to = parseaddr(entry["Destination"]["ToAddresses"][0])
        status = "INVALID_PARAMETER" if to in self.bad else self.statuses.get(to, "SUCCESS")
        if status != "SUCCESS":
            return {"Status": status, "Error": "Illegal address" if to in self.bad else f"{status} for {to}"}
        data = json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"])
        content = said["DefaultContent"]["Template"]["TemplateContent"]
        seen = {part: rendered(text, data) for part, text in content.items()}
        headers = {header["Name"]: header["Value"] for header in entry.get("ReplacementHeaders", [])}
        headers |= {"Reply-To": said["ReplyToAddresses"][0]} if "ReplyToAddresses" in said else {}
        (tag,) = entry["ReplacementTags"]
        id = f"0100018{self.number()}-0000"
        self.put(call, Mail(
            to, parseaddr(said["FromEmailAddress"])[1], seen["Subject"], seen["Text"], seen.get("Html", ""), id,
            tag["Value"], str(make_header(decode_header(name))), headers,
        ))  # fmt: skip
        return {"Status": "SUCCESS", "MessageId": id}

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        head = (
            ("x-amzn-errortype", f"{refusal.details.get('name', 'BadRequestException')}:http://internal.amazon.com/"),
        )
        return as_json(refusal.code, {"message": refusal.says}, head)

    def flooded(self, call: Call, fault: Fault) -> Answer:
        return self.refuse(call, Refusal(429, "Too many", name="TooManyRequestsException"))

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        return as_json(200, {"__type": "com.amazon#SendingPausedException", "message": "Sending is paused"})

    def without_id(self, result: Any) -> Any:
        return {"BulkEmailEntryResults": [{"Status": "SUCCESS"} for _ in result["BulkEmailEntryResults"]]}


def rendered(text: str, data: dict[str, str]) -> str:
    """Once, left to right; braces that are no variable of ours cannot be rendered."""
    if SYNTAX.search(VARIABLE.sub("", text)):
        raise Wrong("template", "has braces that are no variable")

    def value(found: re.Match[str]) -> str:
        if found[1] not in data:
            raise Wrong("template", f"has an unknown variable {found[1]}")
        return data[found[1]]

    return VARIABLE.sub(value, text)
