"""What a report says became of one recipient, whatever form the report has. Pure."""

import re
from dataclasses import dataclass

from models.letters import Happening
from tasks.returns.policy import Rule, Weight, weigh

ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
SMTP = re.compile(r"(?<![\d.])([245]\d\d)(?=[ \-#]|$)", re.M)
NAMED = re.compile(r"[^\s<>\"'()\[\],;:]{1,64}@[^\s<>\"'()\[\],;:]{1,255}")
PLACES = re.compile(r"https?://\S+")
SAID_SOFT = "soft"
SURE, LIKELY = 1.0, 0.7  # what is likely only never bars anybody at once


@dataclass(frozen=True, slots=True)
class Fate:
    """`code` is short and holds no person's data; `address` may be empty, or another than the letter went to."""

    what: Happening
    address: str = ""
    code: str = ""
    rule: Rule | None = None
    confidence: float = SURE

    @property
    def hard(self) -> bool:
        return self.rule is not None and self.rule.weight is Weight.HARD and self.confidence >= SURE


def refused(text: str, status: str = "", address: str = "", confidence: float = SURE) -> Fate:
    """The fate that a refusal in these words is; the code in the words is more exact than a general status."""
    words = PLACES.sub(" ", NAMED.sub(" ", text))
    found = ENHANCED.search(words)
    precise = found[1] if found and (not status or status.endswith(".0.0")) else status
    answered = SMTP.search(words)
    rule = weigh(precise, words)
    parts = (answered[1] if answered else "", precise, SAID_SOFT if _says_more(rule, precise) else "")
    return Fate(Happening.BOUNCED, address, " ".join(part for part in parts if part), rule, confidence)


def _says_more(rule: Rule, code: str) -> bool:
    """Whether the words weigh on the address and the code alone would not: the words are not kept, so it is said."""
    return rule.weight is Weight.SOFT and weigh(code, "").weight is Weight.OURS


def put_off(text: str, status: str = "", address: str = "") -> Fate:
    """Not delivered yet, and still tried: no bounce."""
    found = ENHANCED.search(PLACES.sub(" ", NAMED.sub(" ", text)))
    return Fate(Happening.DEFERRED, address, status or (found[1] if found else ""))


def plain_address(text: str) -> str:
    """The address in a field such as "rfc822; <name@example.org>"; "" where there is none."""
    found = NAMED.search(text.rpartition(";")[2])
    return found[0] if found else ""
