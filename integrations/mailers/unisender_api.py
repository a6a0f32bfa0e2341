"""The calls of UniSender's classic API that letters and short messages share, and what its answers prove.

https://www.unisender.com/en/support/api/ (read 2026-11-21 in excerpts; not tried live). An error is
{"error": words, "code": word} with HTTP 200 as well; a yes is {"result": …}.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers import asking
from integrations.mailers.batches import Unfit
from models.customers import AddressKind
from models.letters import Happening, MailNews

WHO = "UniSender"
METADATA = "otdel_key"
A_MINUTE, A_WHILE = timedelta(minutes=1), timedelta(minutes=5)

# Of what was sent and whose fate is not settled yet: so many behind a place, each as (place, UniSender's number).
Outstanding = Callable[[str, int], Sequence[tuple[str, str]]]

CREDENTIALS = frozenset({"invalid_api_key", "access_denied"})
WAITS = {
    "retry_later": A_WHILE,
    "api_call_limit_exceeded_for_api_key": A_MINUTE,
    "api_call_limit_exceeded_for_ip": A_MINUTE,
}
# What concerns the account or its sender, so that every letter would be refused: nothing is lost, somebody looks.
OF_THE_ACCOUNT = frozenset({"not_enough_money", "src_invalid", "unknown_method", "sender_not_confirmed"})
ACCOUNT_ARGUMENTS = ("sender_email", "sender_name", "list_id")
BAD_ADDRESSES = frozenset({"dest_invalid", "invalid_email", "email_invalid", "wrong_email", "invalid_phone"})

# What a status of checkEmail, checkSms and the webhook says: what happened, and whether the address is gone for good.
# New ones may come: err_… has failed, ok_… goes on; `not_sent` waits.
STATUSES: dict[str, tuple[tuple[Happening, ...], bool]] = {
    "not_sent": ((), False),
    "ok_sent": ((), False),
    "ok_delivered": ((Happening.DELIVERED,), False),
    "ok_read": ((Happening.DELIVERED, Happening.OPENED), False),
    "ok_spam_folder": ((Happening.DELIVERED,), False),
    "ok_link_visited": ((Happening.DELIVERED, Happening.CLICKED), False),
    "ok_unsubscribed": ((Happening.DELIVERED, Happening.UNSUBSCRIBED), False),
    "ok_fbl": ((Happening.DELIVERED, Happening.COMPLAINED), False),
    "err_will_retry": ((Happening.DEFERRED,), False),
    "err_resend": ((Happening.DEFERRED,), False),
    "err_spam_retry": ((Happening.DEFERRED,), False),
    "err_user_unknown": ((Happening.BOUNCED,), True),
    "err_user_inactive": ((Happening.BOUNCED,), True),
    "err_mailbox_discarded": ((Happening.BOUNCED,), True),
    "err_domain_inactive": ((Happening.BOUNCED,), True),
    "err_dest_invalid": ((Happening.BOUNCED,), True),
    "err_not_allowed": ((Happening.REJECTED,), False),
    "err_src_invalid": ((Happening.REJECTED,), False),
    "err_unsubscribed": ((Happening.REJECTED,), False),
    "err_skip_letter": ((Happening.REJECTED,), False),
    "err_internal": ((Happening.REJECTED,), False),
    "err_lost": ((Happening.REJECTED,), False),
}


class Api:
    """UniSender over HTTP, in the language its own pages for recipients have."""

    def __init__(self, http: httpx.Client, url: str, language: str, key: SecretStr) -> None:
        self.http, self.url, self.key = http, f"{url.rstrip('/')}/{language}/api", key

    def ask(self, method: str, hide: Sequence[str] = (), **form: Any) -> Any:
        """The result of a method; raises what its answer proves instead."""
        secret = self.key.get_secret_value()
        response = asking.send(self.http, f"{self.url}/{method}?format=json", data=form | {"api_key": secret})
        return result(asking.json_of(WHO, response), response, hide or [secret])

    def look(self, method: str, **form: Any) -> Any:
        with asking.harmless(WHO):
            return self.ask(method, **form)


def result(answer: Any, response: httpx.Response, hide: Sequence[str]) -> Any:
    if isinstance(answer, dict) and "error" in answer:
        raise failure(str(answer.get("code") or ""), answer["error"], hide)
    if response.status_code != 200 or not isinstance(answer, dict) or answer.get("result") is None:
        raise asking.by_status(WHO, response)
    return answer["result"]


def failure(code: str, said: object, hide: Sequence[str]) -> Failure:
    """What an error proves. An error without a code, or with the one for everything, may come after the deed."""
    if code in CREDENTIALS:
        return asking.bad_key(WHO)
    if code in WAITS:
        return Unavailable(asking.busy(WHO).reason, WAITS[code])
    words = asking.scrubbed(said, hide)
    if code in OF_THE_ACCOUNT or any(name in str(said) for name in ACCOUNT_ARGUMENTS):
        return Refused(asking.no(asking.NOT_NOW, WHO, code, words))
    if code in BAD_ADDRESSES:
        return Unfit(asking.no(asking.BAD_ADDRESS, WHO, code), of_letter=True, gone=True)
    if code in ("", "unspecified") or "ref_key" in str(said):
        # A key that was given before says that the letter was taken before, but not under which number.
        return OutcomeUnknown(asking.no(asking.FAILED, WHO, code or "error"))
    return Unfit(asking.no(asking.SAID_NO, WHO, code[:40], words))


def news(
    number: str, status: str, at: datetime, kind: AddressKind = AddressKind.EMAIL, address: str = "", key: str = ""
) -> list[MailNews]:
    """What a status says. It is told again whenever one asks, so what happened once has one name."""
    unheard = ((Happening.BOUNCED,) if status.startswith("err_") else (), False)
    happened, gone = STATUSES.get(status, unheard)
    return [
        MailNews(
            what, at, once=f"unisender:{kind}:{number or key or address}:{what}", key=key, remote_id=number,
            address=address, kind=kind, hard=gone and what is Happening.BOUNCED, code=status,
        )
        for what in happened
    ]  # fmt: skip
