"""What Amazon SES answers prove, and how a form is written for it. Pure.

An error has its name in x-amzn-ErrorType, or within the body, and a message; of a bulk call every recipient has a
status of its own. From the service model 2019-09-27 (botocore 1.44.5) and
https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-api.html (read 2026-11-21).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers import asking
from integrations.mailers.addresses import domain_on_wire
from integrations.mailers.batches import Unfit
from integrations.mailers.filling import headers_of, named, with_braces
from models.delivery import State
from models.letters import Answer, Holds, Letter
from models.locale import mark
from models.reason import because

WHO = "Amazon SES"
TAG = "otdel_key"
HEADERS_MAX, HEADER_LENGTH_MAX = 15, 995
MANY_HEADERS = mark("The letter has more headers, or longer ones, than Amazon takes: {most} of {length} characters.")
LATIN_ONLY = mark("Amazon only writes to addresses whose part before @ is in Latin letters.")

TAG_SIGNS = re.compile(r"[A-Za-z0-9_-]{1,256}")
ENCODED = "b64_"
A_MOMENT, AN_HOUR = timedelta(seconds=1), timedelta(hours=1)
NOT_LET_IN = frozenset({
    "UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch", "AccessDeniedException",
    "AccessDenied", "ExpiredTokenException", "MissingAuthenticationTokenException", "InvalidClientTokenId",
    "IncompleteSignatureException", "IncompleteSignature", "RequestExpired", "OptInRequired",
})  # fmt: skip
WAITS = {
    "TooManyRequestsException": A_MOMENT,
    "ThrottlingException": A_MOMENT,
    "Throttling": A_MOMENT,
    "LimitExceededException": AN_HOUR,
}
OF_THE_ACCOUNT = frozenset({
    "AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException", "NotFoundException",
})  # fmt: skip

# What a recipient's own status says; what is absent proves nothing.
STATUSES: dict[str, tuple[State, Holds, timedelta | None]] = {
    "MESSAGE_REJECTED": (State.REJECTED, Holds.LETTER, None),
    "INVALID_PARAMETER": (State.REJECTED, Holds.LETTER, None),
    "TRANSIENT_FAILURE": (State.PLANNED, Holds.LETTER, None),
    "FAILED": (State.PLANNED, Holds.LETTER, None),
    "ACCOUNT_THROTTLED": (State.PLANNED, Holds.ACCOUNT, A_MOMENT),
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": (State.PLANNED, Holds.ACCOUNT, AN_HOUR),
    **dict.fromkeys(
        (
            "MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "TEMPLATE_NOT_FOUND", "ACCOUNT_SUSPENDED",
            "INVALID_SENDING_POOL_NAME", "ACCOUNT_SENDING_PAUSED", "CONFIGURATION_SET_SENDING_PAUSED",
        ),
        (State.PLANNED, Holds.ACCOUNT, None),
    ),
}  # fmt: skip


def answers(response: httpx.Response, letters: Sequence[Letter], hide: Sequence[str]) -> list[Answer]:
    """One answer for each; raises what the answer to the whole call proves instead."""
    told = asking.json_of(WHO, response)
    name = error_name(response, told)
    if response.status_code != 200 or name:
        raise failure(name, _words(told), response, hide)
    with asking.whole(WHO, 200):
        results = told["BulkEmailEntryResults"]
        if len(results) != len(letters):
            raise ValueError
        return [_answer(letter, result, hide) for letter, result in zip(letters, results, strict=True)]


def _answer(letter: Letter, result: dict[str, Any], hide: Sequence[str]) -> Answer:
    status, words = str(result.get("Status")), asking.scrubbed(result.get("Error") or "?", hide)
    if status == "SUCCESS" and result.get("MessageId"):
        return Answer(letter.id, State.SENT, str(result["MessageId"]))
    if status not in STATUSES:
        return Answer(letter.id, State.UNKNOWN, reason=because(asking.NO_ID, code="no_id", who=WHO))
    state, holds, wait = STATUSES[status]
    text = asking.SAID_NO if state is State.REJECTED else asking.NOT_NOW
    gone = status == "INVALID_PARAMETER" and _is_of_an_address(str(result.get("Error")))
    reason = asking.no(text, WHO, status, words)
    return Answer(letter.id, state, reason=reason, gone=gone, retry_after=wait, holds=holds)


def error_name(response: httpx.Response, told: Any) -> str:
    said = response.headers.get("x-amzn-errortype") or (told.get("__type") if isinstance(told, dict) else "") or ""
    return str(said).split(":")[0].rpartition("#")[2]


def _words(told: Any) -> str:
    return str(told.get("message") or told.get("Message") or "") if isinstance(told, dict) else ""


def failure(name: str, said: str, response: httpx.Response, hide: Sequence[str]) -> Failure:
    words = asking.scrubbed(said, hide)
    if response.status_code >= 500:
        return OutcomeUnknown(asking.no(asking.FAILED, WHO, name or str(response.status_code)))
    if name in NOT_LET_IN:
        return asking.bad_key(WHO)
    if name in WAITS or response.status_code == 429:
        return Unavailable(asking.busy(WHO).reason, WAITS.get(name, A_MOMENT))
    if name in OF_THE_ACCOUNT or "not verified" in said:
        return Refused(asking.no(asking.NOT_NOW, WHO, name, words))
    if response.status_code == 413 or name in ("RequestEntityTooLargeException", "RequestTooLong"):
        return Unfit(because(asking.TOO_LARGE, code="size", who=WHO), of_letter=True)
    if name in ("BadRequestException", "MessageRejected", "InvalidParameterValue", "ValidationException"):
        if _is_of_an_address(said):
            return Unfit(asking.no(asking.BAD_ADDRESS, WHO, name), of_letter=True, gone=True)
        return Unfit(asking.no(asking.SAID_NO, WHO, name, words))
    return asking.by_status(WHO, response)


def _is_of_an_address(said: str) -> bool:
    low = said.lower()
    return any(words in low for words in ("illegal address", "missing final", "invalid address", "domain contains"))


# How a form is written.


def request(letters: Sequence[Letter], configuration_set: str) -> bytes:
    """A bulk call with its template in it. Amazon puts values in as they are; its own tracking is switched off."""
    form = letters[0].form
    template = with_braces(form, 2)
    data = [(letter, json.dumps(template.data(letter), ensure_ascii=False)) for letter in letters]
    content = {"Subject": template.subject, "Text": template.text} | ({"Html": template.html} if form.html else {})
    off = {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
    said = {
        "FromEmailAddress": named(form.sender_name, form.sender),
        "DefaultContent": {"Template": {"TemplateContent": content, "TemplateData": "{}"}},
        "BulkEmailEntries": [_entry(letter, values) for letter, values in data],
        "ConfigurationOverrides": {"Tracking": off},
        **({"ReplyToAddresses": [form.reply_to]} if form.reply_to else {}),
        **({"ConfigurationSetName": configuration_set} if configuration_set else {}),
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def _entry(letter: Letter, data: str) -> dict[str, Any]:
    headers = [{"Name": name, "Value": value} for name, value in headers_of(letter).items()]
    if len(headers) > HEADERS_MAX or any(len(header["Value"]) > HEADER_LENGTH_MAX for header in headers):
        reason = because(MANY_HEADERS, code="headers", most=HEADERS_MAX, length=HEADER_LENGTH_MAX)
        raise Unfit(reason, of_letter=True)
    return {
        "Destination": {"ToAddresses": [named(letter.to_name, latin(letter.to))]},
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": data}},
        "ReplacementTags": [{"Name": TAG, "Value": tag_of(letter.key)}],
        **({"ReplacementHeaders": headers} if headers else {}),
    }  # fmt: skip


def latin(address: str) -> str:
    """The address as Amazon takes it: its domain in Punycode, and nothing but ASCII before the @."""
    local, _, domain = address.rpartition("@")
    on_wire = domain if domain.isascii() else domain_on_wire(domain)
    if not local.isascii() or not on_wire:
        raise Unfit(because(LATIN_ONLY, code="address"), of_letter=True)
    return f"{local}@{on_wire}"


def tag_of(key: str) -> str:
    """Our key as a tag's value, which has few signs."""
    if TAG_SIGNS.fullmatch(key) and not key.startswith(ENCODED):
        return key
    return ENCODED + urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(tag: str) -> str:
    if not tag.startswith(ENCODED):
        return tag
    bare = tag.removeprefix(ENCODED)
    return urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
