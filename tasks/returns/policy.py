"""What a refusal says of the address: gone, not just now, or nothing at all. Pure.

Sources: RFC 3463 (enhanced codes), RFC 5321, RFC 7505, the IANA registry of enhanced codes; the words are those of the
large providers' public pages on bounces (Gmail, Microsoft, Yandex, Mail.ru; looked at 2026-11-22, not tried live).
An address is barred for what is said of it, never for what is said of us: a refusal for spam, authentication, rate or
content bars nobody, however often it comes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.locale import mark

SOFT_TIMES = 3
SOFT_WITHIN = timedelta(days=30)


class Weight(StrEnum):
    """What it weighs: gone bars at once, full and the like when it goes on, a refusal of the letter never."""

    HARD = "hard"
    SOFT = "soft"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Rule:
    """`codes` and `words` are both looked for where both are there; `reason` is said to a specialist."""

    weight: Weight
    reason: str
    codes: str = ""
    words: str = ""

    def fits(self, code: str, text: str) -> bool:
        fits_code = not self.codes or re.fullmatch(self.codes, code) is not None
        return fits_code and (not self.words or re.search(self.words, text, re.I) is not None)


ABSENT = (
    r"(?:user|recipient|mailbox|account|address|addressee)\b.{0,40}\b(?:unknown|not found|no longer|n[o']t exist"
    r"|disabled|deactivated|inactive|closed|suspended)|(?:unknown|no such|invalid|non-?existent|inactive) (?:local )?"
    r"(?:user|recipient|mailbox|account|address)|does(?: not|n't) (?:exist|have an? \S{1,40} account)|no mailbox here"
    r"|bad destination mailbox|unrouteable address|not a (?:valid|known) (?:user|mailbox|recipient)"
    r"|(?:ящик|пользовател\w*|адрес\w*|получател\w*|аккаунт).{0,40}(?:не (?:существует|найден)|отключ|заблокирован"
    r"|удал[её]н)"
    r"|нет такого (?:ящика|пользователя|адреса)|несуществующ"
)
DISLIKED = (
    r"\bspam|junk|unsolicited|blocked|block ?list|black ?list|\brbl\b|spamhaus|reputation|suspicio|\bdmarc\b|\bspf\b"
    r"|\bdkim\b|sender (?:denied|rejected|verify)|authenticat|\bptr\b|reverse dns|policy|content (?:rejected|filter)"
    r"|virus|message rejected|rejected by (?:the )?filter|спам|подозрени|отклонено фильтр|политик"
)
TOO_MUCH = r"too many|rate(?:[ -]limit| that)|throttl|greylist|frequency|превышен\w* (?:лимит|частот)"
FULL = r"quota|mailbox.{0,20}full|over ?limit|insufficient (?:system )?storage|out of space|переполнен|квот"

# The first that fits is the one.
RULES: tuple[Rule, ...] = (
    Rule(Weight.SOFT, mark("The mailbox is full."), r"[45]\.2\.2"),
    Rule(Weight.OURS, mark("The provider asks us to send slower; the address is not to blame."), words=TOO_MUCH),
    Rule(
        Weight.SOFT, mark("A policy code, but the words of an absent address: counted, and barred if it goes on."),
        r"5\.7\.\d+", r"no such user|user unknown|нет такого пользователя",
    ),
    Rule(Weight.OURS, mark("The provider refuses the sender or the letter."), r"[45]\.7\.\d+"),
    Rule(Weight.OURS, mark("The letter was taken for spam, or is against a policy."), words=DISLIKED),
    Rule(Weight.SOFT, mark("The mailbox is full."), words=FULL),
    Rule(Weight.OURS, mark("The letter is too large, or its content is not taken."), r"[45]\.(?:2\.3|3\.4|6\.\d+)"),
    Rule(Weight.SOFT, mark("Not delivered for now, or in the time it was tried."), r"4\.\d+\.\d+"),
    Rule(Weight.HARD, mark("There is no such mailbox."), r"5\.1\.(?:0|1|3|6)"),
    Rule(Weight.HARD, mark("There is no such domain, or it takes no mail."), r"5\.1\.(?:2|10)"),
    Rule(Weight.OURS, mark("Our own address is refused."), r"5\.1\.(?:7|8|9)"),
    Rule(Weight.HARD, mark("The mailbox is switched off."), r"5\.2\.1"),
    Rule(Weight.HARD, mark("There is no such mailbox."), r"5\.4\.1", r"recipient address rejected"),
    Rule(Weight.SOFT, mark("The recipient's server cannot be reached, or sends letters in circles."), r"5\.4\.\d+"),
    Rule(Weight.OURS, mark("The servers did not understand one another."), r"5\.5\.(?:1|2|4|5|6)"),
    Rule(Weight.HARD, mark("There is no such mailbox."), words=ABSENT),
    Rule(Weight.SOFT, mark("Refused without a reason that could be understood.")),
)  # fmt: skip


def weigh(code: str, text: str) -> Rule:
    """The rule for a refusal, by its enhanced code ("" where there is none) and its words."""
    return next(rule for rule in RULES if rule.fits(code, text))


def is_worn_out(bounces: Sequence[datetime], lived: Sequence[datetime], now: datetime) -> bool:
    """Whether an address is barred for soft bounces: on so many days of the last thirty, and no sign of life since.

    Days rather than letters: one night of a broken server bounces everything that was sent to it.
    """
    last = max(lived, default=None)
    recent = {at.date() for at in bounces if at > now - SOFT_WITHIN and (last is None or at > last)}
    return len(recent) >= SOFT_TIMES
