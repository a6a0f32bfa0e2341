"""Bounces in words alone, as servers send them that follow no standard: each known by what it always says. Pure.

The forms are those of qmail (the author's own description, QSBMF), Exim, Sendmail, Exchange and of the large Russian
providers; how they look was gathered on 2026-11-22 from public descriptions, and none was provoked live. What is known
only by its words never bars an address at once: anybody can write them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.returns.fates import LIKELY, NAMED, SURE, Fate, put_off, refused
from tasks.returns.mime import Headers, Piece

TEXT_MOST = 20_000
AUTHORS = re.compile(r"mailer-?daemon|postmaster|mail ?delivery|<>|\bmdaemon\b|no-?reply@.*bounce", re.I)


@dataclass(frozen=True, slots=True)
class Form:
    """`says` is what such a letter always says; `copy` begins the returned letter; `only` is its share that counts."""

    name: str
    says: re.Pattern[str]
    confidence: float = LIKELY
    is_delay: bool = False


# A row of dashes begins once and is not gone back into: one of twenty thousand would take half a minute otherwise.
COPY = re.compile(
    r"(?<!-)-{2,}+ ?(?:Below this line is a copy|This is a copy of|Original message|Included is a copy"
    r"|Исходное (?:письмо|сообщение)|Unsent message|Returned message|The header of the original)|^Return-Path: ",
    re.I | re.M,
)  # fmt: skip
FORMS: tuple[Form, ...] = (
    Form(
        "delay",
        re.compile(
            r"has not yet been delivered|delivery (?:to .{0,100})?(?:is|has been) (?:still )?delayed"
            r"|warning: (?:message|could not send)|will (?:continue|keep) (?:to )?try"
            r"|ещ[её] не доставлен|будет (?:предпринята|продолжен)|попытки .{0,40}продолж", re.I,
        ), is_delay=True,
    ),
    Form(
        "qmail",
        re.compile(r"\AHi\. This is the .{1,200} at |^I'm afraid I wasn't able to deliver your message", re.I | re.M),
        SURE,
    ),
    Form("exim", re.compile(r"This message was created automatically by mail delivery software", re.I), SURE),
    Form(
        "sendmail",
        re.compile(
            r"(?<!-)-{3,}+ ?The following addresses had permanent fatal|Transcript of session follows", re.I
        ), SURE,
    ),
    Form("postfix", re.compile(r"This is the mail system at host|I'm sorry to have to inform you", re.I), SURE),
    Form(
        "exchange",
        re.compile(
            r"did not reach (?:some or all of )?the (?:intended )?recipient|could(?: not|n't) be delivered"
            r"|following recipient\(s\) (?:could not|cannot) be reached|delivery has failed to these", re.I,
        ),
    ),
    Form(
        "russian",
        re.compile(
            r"(?:письмо|сообщение|почта).{0,60}не (?:было |может быть |удалось )?(?:доставлен|отправлен)"
            r"|не удалось доставить|сбой доставки|недоставленное (?:письмо|сообщение)"
            r"|адрес(?:ат)?\w* .{0,60}(?:не существует|не найден)", re.I,
        ),
    ),
)  # fmt: skip


def fates(headers: Headers, pieces: Sequence[Piece]) -> list[Fate]:
    """What became of the recipients that such a letter names; nothing where it is no bounce."""
    failed = [address for line in headers.all("x-failed-recipients") for address in NAMED.findall(line)]
    if not failed and not _is_by_a_server(headers):
        return []
    text = next((piece.text for piece in pieces if piece.kind in ("text/plain", "text/html")), "")[:TEXT_MOST]
    told = COPY.split(text, maxsplit=1)[0]
    heading = headers.said("subject")
    form = next((one for one in FORMS if one.says.search(told) or one.says.search(heading)), None)
    if form is None:
        return [refused(told, address=address, confidence=LIKELY) for address in failed[:1]]
    if form.is_delay:
        return [put_off(told, address=next(iter(failed or NAMED.findall(told)), ""))]
    return _told_of(told, failed, form.confidence)


def _told_of(told: str, failed: Sequence[str], confidence: float) -> list[Fate]:
    """Each recipient with the words that stand behind it, up to the next one."""
    named = list(dict.fromkeys(failed)) or _with_reasons(told) or NAMED.findall(told)[:1]
    if not named:
        return [refused(told, confidence=confidence)]
    places = [max(told.find(address), 0) for address in named[:20]]
    ends = [min((later for later in places if later > place), default=len(told)) for place in places]
    return [
        refused(told[place:end], address=address, confidence=confidence)
        for address, place, end in zip(named, places, ends, strict=False)
    ]


def _with_reasons(told: str) -> list[str]:
    """Addresses that begin a line, as qmail and Exim list them: "<name@example.org>:" and "  name@example.org"."""
    found = re.findall(rf"^[ \t]*<?({NAMED.pattern})>?:?[ \t]*(?:\(.{{0,200}}\))?\r?$", told, re.M)
    return list(dict.fromkeys(found))


def _is_by_a_server(headers: Headers) -> bool:
    sender = headers.get("return-path").strip()
    return sender == "<>" or AUTHORS.search(headers.said("from")) is not None
