"""What Mailchimp Transactional's answers prove, what it tells, and how a form is written for it. Pure.

Errors are {"status": "error", "code", "name", "message"}; of a call that was taken every recipient has a status of its
own. Webhooks: https://mailchimp.com/developer/transactional/docs/webhooks/ (read 2026-11-21).
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx

from integrations.errors import Failure, Refused
from integrations.mailers import asking, webhooks
from integrations.mailers.batches import Unfit
from integrations.mailers.filling import headers_of, with_braces
from models.delivery import State
from models.letters import Answer, Happening, Holds, Letter, LetterForm, MailNews
from models.reason import because

WHO = "Mailchimp Transactional"
KEY = "otdel_key"
ACCEPTED = frozenset({"sent", "queued", "scheduled"})
# Why it rejects for the sender, so that every letter would be rejected: nothing is lost, somebody looks.
OF_THE_ACCOUNT = frozenset({"invalid-sender", "unsigned", "test-mode-limit", "recipient-domain-mismatch"})
GONE = frozenset({"hard-bounce", "invalid"})
ACCOUNT_ERRORS = frozenset({"PaymentRequired", "Unknown_Subaccount", "Invalid_Subaccount", "AccountSuspended"})

EVENTS = {
    "delivered": Happening.DELIVERED,
    "deferral": Happening.DEFERRED,
    "hard_bounce": Happening.BOUNCED,
    "soft_bounce": Happening.BOUNCED,
    "open": Happening.OPENED,
    "click": Happening.CLICKED,
    "spam": Happening.COMPLAINED,
    "unsub": Happening.UNSUBSCRIBED,
    "reject": Happening.REJECTED,
}


def answers(response: httpx.Response, letters: Sequence[Letter], hide: Sequence[str]) -> list[Answer]:
    """By address: each stands once in a call."""
    results = result(response, hide)
    with asking.whole(WHO, 200):
        by_address = {str(one["email"]).casefold(): one for one in results}
        said = ((letter, by_address.get(letter.to.casefold())) for letter in letters)
        return [_answer(letter, one) for letter, one in said if one is not None]


def _answer(letter: Letter, one: dict[str, Any]) -> Answer:
    status, why = str(one.get("status")), str(one.get("reject_reason") or "")
    if status in ACCEPTED:
        return Answer(letter.id, State.SENT, asking.identity(WHO, one.get("_id")))
    if status not in ("rejected", "invalid"):
        return Answer(letter.id, State.UNKNOWN, reason=because(asking.NO_ID, code="no_id", who=WHO))
    if why in OF_THE_ACCOUNT:
        reason = asking.no(asking.NOT_NOW, WHO, why, why)
        return Answer(letter.id, State.PLANNED, reason=reason, holds=Holds.ACCOUNT)
    code = why or status
    gone = status == "invalid" or why in GONE
    reason = asking.no(asking.BAD_ADDRESS if gone else asking.SAID_NO, WHO, code, code)
    return Answer(letter.id, State.REJECTED, reason=reason, gone=gone)


def result(response: httpx.Response, hide: Sequence[str]) -> list[Any]:
    """The list of an answer; raises what the answer proves instead. An error may come with HTTP 200 as well."""
    told = asking.json_of(WHO, response)
    if isinstance(told, dict) and told.get("status") == "error":
        raise failure(str(told.get("name") or ""), told.get("message"), response, hide)
    if response.status_code != 200 or not isinstance(told, list):
        raise asking.by_status(WHO, response)
    return told


def failure(name: str, said: object, response: httpx.Response, hide: Sequence[str]) -> Failure:
    words = asking.scrubbed(said, hide)
    if name == "Invalid_Key":
        return asking.bad_key(WHO)
    if name == "RequestLimitExceeded" or response.status_code == 429:
        return asking.busy(WHO, response.headers.get("retry-after"))
    if name in ACCOUNT_ERRORS or response.status_code in (402, 403, 404):
        return Refused(asking.no(asking.NOT_NOW, WHO, name, words))
    if name == "ValidationError":
        of_address = "email" in str(said).lower() and "from_email" not in str(said).lower()
        text = asking.BAD_ADDRESS if of_address else asking.SAID_NO
        return Unfit(asking.no(text, WHO, name, words), of_letter=of_address, gone=of_address)
    if response.status_code == 413:
        return Unfit(because(asking.TOO_LARGE, code="size", who=WHO), of_letter=True)
    return asking.by_status(WHO, response)


# How a form is written.


def alone(letter: Letter) -> bool:
    """Merge tags do not work in headers, so who has headers of their own goes alone."""
    return own_headers(letter.form)


def own_headers(form: LetterForm) -> bool:
    return any(isinstance(part, int) for _, value in form.headers for part in value)


def message(letters: Sequence[Letter], subaccount: str) -> dict[str, Any]:
    """One call. Its own tracking, footers and inlining are switched off; recipients do not see each other."""
    form = letters[0].form
    template = with_braces(form, 3)
    headers = headers_of(letters[0]) | ({"Reply-To": form.reply_to} if form.reply_to else {})
    to = [
        {"email": letter.to, "type": "to"} | ({"name": letter.to_name} if letter.to_name else {}) for letter in letters
    ]
    return {
        "subject": template.subject, "text": template.text, "from_email": form.sender, "to": to,
        "merge": True, "merge_language": "handlebars", "preserve_recipients": False,
        "track_opens": False, "track_clicks": False, "auto_text": False, "auto_html": False, "inline_css": False,
        "global_merge_vars": [{"name": name, "content": said} for name, said in template.constants.items()],
        "merge_vars": [
            {"rcpt": letter.to, "vars": [
                {"name": f"v{number}", "content": letter.values[number]} for number in range(form.holes)
            ]} for letter in letters
        ],
        "recipient_metadata": [{"rcpt": letter.to, "values": {KEY: letter.key}} for letter in letters],
        **({"html": template.html} if form.html else {}),
        **({"from_name": form.sender_name} if form.sender_name else {}),
        **({"headers": headers} if headers else {}), **({"subaccount": subaccount} if subaccount else {}),
    }  # fmt: skip


# What it tells.


def ours(found: Sequence[Any], letters: Sequence[Letter]) -> list[Answer]:
    """Of messages found by our keys: which letter each is. Where the key is not shown, its address has to be one's."""
    keys = {letter.key: letter for letter in letters}
    addresses: dict[str, list[Letter]] = {}
    for letter in letters:
        addresses.setdefault(letter.to.casefold(), []).append(letter)
    answers: dict[int, Answer] = {}
    for message in found:
        theirs = addresses.get(str(message["email"]).casefold(), [])
        known = keys.get(str(webhooks.field(message, "metadata", KEY))) or (theirs[0] if len(theirs) == 1 else None)
        if known is not None:
            answers.setdefault(known.id, _found(known, message))
    return list(answers.values())


def _found(letter: Letter, message: Mapping[str, Any]) -> Answer:
    if message["state"] == "rejected":
        return Answer(
            letter.id,
            State.REJECTED,
            str(message["_id"]),
            asking.no(asking.SAID_NO, WHO, "rejected", "rejected"),
        )
    return Answer(letter.id, State.SENT, str(message["_id"]))


def demand_signature(headers: Mapping[str, str], body: bytes, url: str, key: str) -> str:
    """HMAC-SHA1 over the address of the webhook and the sorted fields; gives the events that it proves."""
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError:
        raise webhooks.unread(WHO) from None
    text = webhooks.demand_key(WHO, url) + "".join(name + value for name, value in sorted(fields))
    proof = hmac.new(webhooks.demand_key(WHO, key).encode(), text.encode(), hashlib.sha1).digest()
    if not webhooks.same(b64encode(proof).decode(), webhooks.header(headers, "x-mandrill-signature")):
        raise webhooks.forged(WHO)
    return dict(fields).get("mandrill_events", "")


def happened(event: dict[str, Any], now: datetime) -> MailNews | None:
    """One event; None for a kind that says nothing of what became of a letter."""
    name = str(event.get("event") or event.get("type"))
    what = EVENTS.get(name)
    if what is None:
        return None
    said, at = event["msg"], webhooks.moment(WHO, event["ts"], now)
    number, url = str(said["_id"]), webhooks.text(event.get("url"))
    code = webhooks.codes(said.get("diag") or "") or webhooks.text(said.get("bounce_description"))
    key, address = str(webhooks.field(said, "metadata", KEY) or ""), webhooks.text(said.get("email"))
    robot = str(webhooks.field(event, "user_agent_parsed", "type")).lower() == "robot"
    return MailNews(
        what, at, once=f"mailchimp:{number}:{name}:{at.timestamp():.0f}:{url}",
        key=key, remote_id=number, address=address,
        hard=name == "hard_bounce", robot=robot, url=url, code=code or _why(said),
    )  # fmt: skip


def _why(said: Mapping[str, Any]) -> str:
    why = said.get("reject")
    return webhooks.text(why.get("reason")) if isinstance(why, dict) else webhooks.text(why)
