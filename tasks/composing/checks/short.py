"""The short message of a mailing: whether there is one where it is needed, and in how many parts it is paid. Pure."""

from collections.abc import Iterator

from models.locale import mark
from models.reason import because
from models.short_messages import measured
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.checks.sample import sampled
from tasks.composing.checks.wording import PLACEHOLDER, found_left

NONE = mark("Short messages go too, but variant {variant} has no text of one. Write it, or let none go.")
PARTS = mark("The short message has about {length} characters and is paid as {parts} parts. One part has {whole}.")
MANY, COUPON = 3, "coupon."  # its fields are as long for everybody, and known


def check(letter: Letter) -> Iterator[Finding]:
    if letter.made.sms is None:
        if letter.looked.short:
            yield letter.finding(Severity.STOPS, because(NONE, code="no_sms", variant=letter.made.name))
        return
    for words in found_left(letter.written.sms):
        yield letter.finding(Severity.STOPS, because(PLACEHOLDER, code="placeholder", words=words[:60]))
    lengths = {field: most for field, most in letter.looked.longest.items() if field.startswith(COUPON)}
    found = measured(sampled(letter.made.sms, lengths)[1])
    if found.parts > 1:
        whole = 160 if found.alphabet == "gsm7" else 70
        severity = Severity.WARNS if found.parts > MANY else Severity.NOTES
        said = because(PARTS, code="sms_parts", length=found.length, parts=found.parts, whole=whole)
        yield letter.finding(severity, said)
