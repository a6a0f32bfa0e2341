"""What Mailgun's answers prove, what it tells, and how a form is written for it. Pure.

Errors are {"message"} under their status; a batch is taken whole or not at all, so a 4xx proves that nothing was. Of
https://documentation.mailgun.com/docs/mailgun/api-reference and /user-manual (read 2026-11-21).
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import httpx

from integrations.errors import Failure, Refused
from integrations.mailers import asking, webhooks
from integrations.mailers.batches import Unfit
from integrations.mailers.filling import filled, headers_of, joined, named
from models.letters import Happening, Letter, LetterForm, MailNews, Pattern
from models.locale import mark
from models.reason import because

WHO = "Mailgun"
KEY = "otdel_key"  # the variable that carries our key into events and webhooks
KEPT = timedelta(days=2)  # a webhook is tried again for eight hours; what is older was kept by somebody
WRONG_PLACE = mark(
    "Mailgun does not know this domain or address of its API. Check both, and the region, in the settings."
)
ITS_OWN = mark("The letter contains {word}, which Mailgun would replace by a text of its own. Write it otherwise.")

AGAIN_AFTER = re.compile(r"after (\d+) seconds?")
OF_THE_ACCOUNT = (
    "not allowed to send",
    "disabled",
    "limit exceeded",
    "not verified",
    "'from'",
    "from parameter",
    "upgrade",
)
OF_AN_ADDRESS = ("'to' parameter", "to parameter is not a valid", "not a valid address")
# Replaced in every letter, whether variables were given or not; the HTML may hide them, a plain text cannot.
PREDEFINED = re.compile(
    r"%(?=(?:mailing_list_|tag_)?unsubscribe_(?:url|email)%|recipient(?:_email|_name|_fname|_lname)?%)", re.IGNORECASE
)
VARIABLE = re.compile(r"%(?:recipient|mailing_list|tag_unsub|unsub)", re.IGNORECASE)

EVENTS = {
    "delivered": Happening.DELIVERED,
    "failed": Happening.BOUNCED,
    "rejected": Happening.REJECTED,
    "opened": Happening.OPENED,
    "clicked": Happening.CLICKED,
    "complained": Happening.COMPLAINED,
    "unsubscribed": Happening.UNSUBSCRIBED,
}
# What stands between Mailgun and an address that it no longer writes to, by the event's own `reason`.
SUPPRESSED = {"suppress-bounce": True, "suppress-complaint": False, "suppress-unsubscribe": False}


def number_of(response: httpx.Response, hide: Sequence[str]) -> str:
    if response.status_code == 200 and "Magnificent" in response.text:  # its greeting wherever the path is wrong
        raise Refused(because(WRONG_PLACE, code="place"))
    if response.status_code != 200:
        raise failure(response, hide)
    answer = asking.json_of(WHO, response)
    with asking.whole(WHO, 200):
        if not str(answer["message"]).startswith("Queued"):
            raise ValueError
        return asking.identity(WHO, answer["id"]).strip("<>")


def failure(response: httpx.Response, hide: Sequence[str]) -> Failure:
    status, said = response.status_code, _words(response)
    low = said.lower()
    if status == 429:
        wait = AGAIN_AFTER.search(low)
        return asking.busy(WHO, wait[1] if wait else response.headers.get("retry-after"))
    if status == 404:
        return Refused(because(WRONG_PLACE, code="place"))
    if status == 413:
        return Unfit(because(asking.TOO_LARGE, code="size", who=WHO), of_letter=True)
    if status in (400, 402, 403) and any(one in low for one in OF_THE_ACCOUNT):
        return Refused(asking.no(asking.NOT_NOW, WHO, str(status), asking.scrubbed(said, hide)))
    if status == 402:
        return Refused(asking.no(asking.NOT_NOW, WHO, "402", asking.scrubbed(said, hide)))
    if status == 400 and any(one in low for one in OF_AN_ADDRESS):
        return Unfit(asking.no(asking.BAD_ADDRESS, WHO, "400"), of_letter=True, gone=True)
    if status == 400:
        return Unfit(asking.no(asking.SAID_NO, WHO, "400", asking.scrubbed(said, hide)))
    return asking.by_status(WHO, response)


def _words(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])
    except asking.MISSHAPEN:
        return response.text[:200]


# How a form is written.


def its_own(letter: Letter) -> str:
    """The first thing in the plain parts of a letter that Mailgun would replace; a text has no way to hide it."""
    for pattern in (letter.form.subject, letter.form.text, *(value for _, value in letter.form.headers)):
        text = filled(pattern, letter.values)
        found = PREDEFINED.search(text)
        if found:
            return text[found.start() :].split("%")[1]
    return ""


def clashes(letter: Letter) -> bool:
    """Whether something in a letter looks like a variable. Such a letter goes alone: then nothing is replaced."""
    return _form_clashes(letter.form) or any(VARIABLE.search(value) for value in letter.values)


@lru_cache(maxsize=64)
def _form_clashes(form: LetterForm) -> bool:
    patterns = (form.subject, form.text, form.html, *(value for _, value in form.headers))
    return any(isinstance(part, str) and VARIABLE.search(part) for one in patterns for part in joined(one))


def alone(letter: Letter) -> list[tuple[str, str]]:
    """The fields of a letter by itself, filled in."""
    form, values = letter.form, letter.values
    fields = [*_common(letter), ("to", named(letter.to_name, letter.to)), (f"v:{KEY}", letter.key)]
    fields += [("subject", filled(form.subject, values)), ("text", filled(form.text, values))]
    fields += [("html", PREDEFINED.sub("&#37;", filled(form.html, values)))] if form.html else []
    return fields + [(f"h:{name}", value) for name, value in headers_of(letter).items()]


def together(letters: Sequence[Letter]) -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """The fields of a batch, and the variables of each of its recipients."""
    form = letters[0].form
    fields = [*_common(letters[0]), (f"v:{KEY}", "%recipient.key%")]
    fields += [("to", named(letter.to_name, letter.to)) for letter in letters]
    fields += [("subject", _written(form.subject)), ("text", _written(form.text))]
    fields += [("html", PREDEFINED.sub("&#37;", _written(form.html)))] if form.html else []
    fields += [(f"h:{name}", f"%recipient.h{number}%") for number, (name, _) in enumerate(form.headers)]
    return fields, {letter.to: _variables(letter) for letter in letters}


def _variables(letter: Letter) -> dict[str, str]:
    values = {f"v{number}": letter.values[number] for number in range(letter.form.holes)}
    headers = {f"h{number}": value for number, value in enumerate(headers_of(letter).values())}
    return {"key": letter.key} | values | headers


def _written(pattern: Pattern) -> str:
    return "".join(part if isinstance(part, str) else f"%recipient.v{part}%" for part in pattern)


def _common(letter: Letter) -> list[tuple[str, str]]:
    """The sender, and Mailgun's own tracking switched off: links and openings are ours to count."""
    form = letter.form
    fields = [("from", named(form.sender_name, form.sender)), ("o:tracking", "no")]
    fields += [("o:tracking-clicks", "no"), ("o:tracking-opens", "no")]
    return fields + ([("h:Reply-To", form.reply_to)] if form.reply_to else [])


# What it tells.


def demand_signature(told: dict[str, Any], key: str, now: datetime) -> None:
    """HMAC-SHA256 over moment and token, within the body (/user-manual/webhooks/securing-webhooks)."""
    proof = told.get("signature")
    stamp, token = str(webhooks.field(proof, "timestamp")), str(webhooks.field(proof, "token"))
    secret, said = webhooks.demand_key(WHO, key).encode(), webhooks.bytes_of(stamp + token)
    ours = hmac.new(secret, said, hashlib.sha256).hexdigest()
    if not webhooks.same(ours, webhooks.field(proof, "signature")):
        raise webhooks.forged(WHO)
    webhooks.moment(WHO, stamp, now, oldest=KEPT)


def happened(event: dict[str, Any], now: datetime) -> MailNews | None:
    """One event, told or pulled; None for a kind that says nothing of what became of a letter."""
    name = str(event["event"])
    what = EVENTS.get(name)
    if what is None:
        return None
    at = webhooks.moment(WHO, event["timestamp"], now)
    number = webhooks.text(webhooks.field(event, "message", "headers", "message-id"))
    status = event.get("delivery-status")
    status_code = webhooks.field(status, "code")
    code = webhooks.codes(
        f"{status_code or ''} {webhooks.field(status, 'enhanced-code') or ''} {webhooks.field(status, 'message') or ''}"
    )
    if what is Happening.BOUNCED and event.get("severity") == "temporary":
        what = Happening.DEFERRED
    hard = what is Happening.BOUNCED and SUPPRESSED.get(str(event.get("reason")), _is_gone(code, status_code))
    robot = webhooks.field(event, "client-info", "client-type") in ("robot", "library")
    key = webhooks.text(webhooks.field(event, "user-variables", KEY))
    bot = webhooks.text(webhooks.field(event, "client-info", "bot"))
    return MailNews(
        what, at, once=f"mailgun:{event['id']}:{at:%Y-%m-%d}", key=key,
        remote_id=number.strip("<>"), address=webhooks.text(event.get("recipient")), hard=hard,
        robot=bool(robot or bot), url=webhooks.text(event.get("url")), code=code or webhooks.text(event.get("reason")),
        detail={"bot": bot} if bot else {},
    )  # fmt: skip


def _is_gone(code: str, status_code: object) -> bool:
    """Its own codes above 600 mean that it did not try: 605 is an earlier bounce."""
    return webhooks.is_hard(code) or status_code == 605
