"""What SendPulse's answers prove and what it tells. Pure.

Errors are {"message", "error_code"} under a 4xx, or with HTTP 200 as well, or {"success": false}; the codes are of the
registry that was read on 2026-11-21. Webhooks: https://sendpulse.com/knowledge-base/smtp/smtp-webhooks (read
2026-11-21); they bear no signature.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from integrations.errors import Failure, Refused, Unavailable
from integrations.mailers import asking, webhooks
from integrations.mailers.batches import Unfit
from models.letters import Happening, Letter, MailNews
from models.reason import because

WHO = "SendPulse"
TOO_FAST, PER_HOUR = 2020202020, 791
WAITS = {TOO_FAST: timedelta(seconds=1), PER_HOUR: timedelta(hours=1), 1004: timedelta(minutes=15)}
# Sender, money and plan: every letter would be refused for the same.
OF_THE_ACCOUNT = frozenset({10, 20, 97, 400, 701, 704, 707, 708, 901, 903, 904, 905, 1003})
BAD_ADDRESSES = frozenset({11, 906, 1101})
# Several meanings share the code 422; only the words tell them apart.
WORDS_OF_THE_ACCOUNT = ("currently limited", "quota", "sender is not valid", "from is invalid", "tariff", "expired")
WORDS_OF_AN_ADDRESS = ("recipient email is invalid", "email.to is invalid")
WORDS_OF_SIZE = ("size limit",)

EVENTS = {
    "delivered": Happening.DELIVERED,
    "undelivered": Happening.BOUNCED,
    "soft_bounces": Happening.BOUNCED,
    "soft_bounce": Happening.BOUNCED,
    "hard_bounces": Happening.BOUNCED,
    "hard_bounce": Happening.BOUNCED,
    "opened": Happening.OPENED,
    "open": Happening.OPENED,
    "clicked": Happening.CLICKED,
    "click": Happening.CLICKED,
    "spam": Happening.COMPLAINED,
    "spam_by_user": Happening.COMPLAINED,
    "unsubscribed": Happening.UNSUBSCRIBED,
    "unsubscribe": Happening.UNSUBSCRIBED,
}


def number_of(answer: Any, response: httpx.Response, hide: Sequence[str]) -> str:
    """The number of the letter that was taken; raises what the answer proves instead."""
    demand_yes(answer, response, hide)
    with asking.whole(WHO, response.status_code):
        if answer.get("result") is not True:
            raise ValueError
        return asking.identity(WHO, answer.get("id"))


def demand_yes(answer: Any, response: httpx.Response, hide: Sequence[str]) -> None:
    if isinstance(answer, dict) and ("error_code" in answer or answer.get("success") is False):
        raise failure(answer.get("error_code"), answer.get("message"), response, hide)
    if response.status_code != 200:
        raise asking.by_status(WHO, response)


def failure(code: object, said: object, response: httpx.Response, hide: Sequence[str]) -> Failure:
    words, low = asking.scrubbed(said, hide), str(said).lower()
    number = code if isinstance(code, int) else 0
    if response.status_code >= 500:
        return asking.by_status(WHO, response)
    if response.status_code == 429 or number in WAITS:
        return Unavailable(asking.busy(WHO).reason, WAITS.get(number, WAITS[TOO_FAST]))
    if number in OF_THE_ACCOUNT or response.status_code == 403 or any(one in low for one in WORDS_OF_THE_ACCOUNT):
        return Refused(asking.no(asking.NOT_NOW, WHO, str(number), words))
    if response.status_code == 401 or number == 401:
        return asking.bad_key(WHO)
    if number in BAD_ADDRESSES or any(one in low for one in WORDS_OF_AN_ADDRESS):
        return Unfit(asking.no(asking.BAD_ADDRESS, WHO, str(number)), of_letter=True, gone=True)
    if any(one in low for one in WORDS_OF_SIZE):
        return Unfit(because(asking.TOO_LARGE, code="size", who=WHO), of_letter=True)
    return Unfit(asking.no(asking.SAID_NO, WHO, str(number), words))


def happened(event: dict[str, Any], now: datetime) -> MailNews | None:
    """One event; None for a kind we do not know, as a new subscription. It names no moment twice for one letter."""
    name = str(event["event"])
    what = EVENTS.get(name)
    if what is None:
        return None
    at = webhooks.moment(WHO, event["timestamp"], now)
    number, address, url = str(event.get("message_id") or ""), webhooks.text(event.get("recipient")), _link(event)
    said = f"{event.get('smtp_server_response_code') or ''} {event.get('smtp_server_response_subcode') or ''}"
    code = webhooks.codes(f"{said} {event.get('smtp_server_response') or ''}")
    return MailNews(
        what, at, once=f"sendpulse:{number}:{address}:{name}:{at.timestamp():.0f}:{url}", remote_id=number,
        address=address, hard=what is Happening.BOUNCED and (name.startswith("hard") or webhooks.is_hard(code)),
        url=url, code=code or (name if what is Happening.BOUNCED else ""),
    )  # fmt: skip


def _link(event: dict[str, Any]) -> str:
    return webhooks.text(event.get("link_url")) or webhooks.text(event.get("url"))


def ours(records: Sequence[Any], letter: Letter, subject: str, since: datetime, now: datetime) -> str:
    """The number of the one record that can only be this letter; empty where none or several could be.

    SendPulse keeps no key of ours, so recipient, sender, subject and moment are compared. Its zone is not published:
    a record that seems to be from the future is left out, for then another one could seem to be from now.
    """
    found = [str(record["id"]) for record in records if _could_be(record, letter, subject, since, now)]
    return found[0] if len(found) == 1 else ""


def _could_be(record: Any, letter: Letter, subject: str, since: datetime, now: datetime) -> bool:
    sent = webhooks.read_moment(WHO, record["send_date"])
    same = (
        str(record.get("recipient")).casefold() == letter.to.casefold()
        and str(record.get("sender")).casefold() == letter.form.sender.casefold()
        and record.get("subject") == subject
    )
    return same and since <= sent <= now + timedelta(minutes=5)
