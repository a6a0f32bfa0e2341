"""Filling a form for one recipient, or turning its holes into a provider's own variables. Pure.

Values come fit for their place, so nothing is escaped here. A provider's own syntax within our texts is kept away from
its engine: what it would read as a variable becomes the value of one.
"""

import re
from dataclasses import dataclass, field
from email.utils import quote
from functools import lru_cache
from html import escape

from integrations.mailers.base import MailerLimits
from integrations.mailers.mime_body import IN_TEXT
from integrations.mailers.mime_headers import encoded_words
from models.customers import AddressKind
from models.letters import Letter, LetterForm, Pattern
from models.locale import mark
from models.reason import NO_REASON, Reason, because

FEW_VALUES = mark("The letter has {given} values where its form needs {needed}. Prepare the mailing again.")
SUBJECT_LINES = mark("A line break cannot stand in the subject. Write it in one line.")
SENDER_LINES = mark("A line break cannot stand in the sender. Write it in one line.")
NAME_LINES = mark("A line break cannot stand in the name of the recipient. Correct it at the customer.")
REPLY_LINES = mark("A line break cannot stand in the reply address. Write it in one line.")
HEADER_LINES = mark("A line break cannot stand in the header {name}. Write it in one line.")
BAD_HEADER = mark("The header {name} cannot be sent: its name may only have Latin letters, digits and dashes.")
NO_HEADERS = mark("This provider takes no headers of ours, such as {name}. Send through another one, or without it.")
NOT_AN_ADDRESS = mark("The address cannot be one: check it with the customer.")
NO_SUBJECT = mark("The letter has no subject. Write one.")
NO_TEXT = mark("There is nothing in the letter. Write its text.")
LONG_SUBJECT = mark("The subject has {length} characters where {most} are taken. Make it shorter.")
TOO_LARGE = mark("The letter has {size} bytes where {most} are taken. Make it smaller.")

BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
LONE = re.compile("[\ud800-\udfff]")  # half a sign, which no encoding has
NAME = re.compile(r"[!-9;-~]+")
MAILBOX = re.compile(r"[^\s<>()\[\]\\,;:\"@]+@[^\s<>()\[\]\\,;:\"@.]+(\.[^\s<>()\[\]\\,;:\"@.]+)+\.?")
PHONE = re.compile(r"\+?[0-9]{7,15}")
# Of a template engine with braces: two or more at once, or one next to a variable, which would join its braces.
BRACES = re.compile(r"[{}\\]{2,}|\A[{}\\]|[{}\\]\Z")


def joined(pattern: Pattern) -> Pattern:
    """The same pattern with no two texts beside each other: what they make together is seen."""
    parts: list[str | int] = []
    for part in pattern:
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    return tuple(parts)


def filled(pattern: Pattern, values: tuple[str, ...]) -> str:
    return "".join(part if isinstance(part, str) else values[part] for part in pattern)


def headers_of(letter: Letter) -> dict[str, str]:
    """Its own headers, as they go over the wire: what is not ASCII is encoded (RFC 2047)."""
    return {name: encoded(filled(value, letter.values)) for name, value in letter.form.headers}


def encoded(value: str) -> str:
    return value if value.isascii() else _words(value)


def _words(text: str) -> str:
    """Encoded words of RFC 2047 in one line: whoever takes them folds it."""
    return encoded_words(text, 1).replace(b"\r\n", b"").decode()


def named(name: str, address: str) -> str:
    """A name and its address as a header has them; a name with anything unusual in it is encoded (RFC 2047)."""
    if not name:
        return address
    if not re.fullmatch(r"[A-Za-z0-9 .'_-]+", name):
        return f"{_words(name)} <{address}>"
    return f'"{quote(name)}" <{address}>'


def as_html(text: str) -> str:
    """A plain text for those who take nothing but HTML."""
    return f'<div style="white-space:pre-wrap">{escape(text)}</div>'


def weight(letter: Letter) -> int:
    """About how many bytes its values take in a request."""
    return 400 + 2 * sum(map(len, letter.values))


def unfit(letter: Letter, limits: MailerLimits, kind: AddressKind = AddressKind.EMAIL) -> Reason:
    """Why a letter cannot be sent as it is; an empty reason where it can."""
    form, given = letter.form, len(letter.values)
    if given < form.holes:
        return because(FEW_VALUES, code="values", given=given, needed=form.holes)
    if LONE.search("".join((letter.to_name, *letter.values))) or _has_lone(form):
        return because(IN_TEXT, code="control")
    if not (MAILBOX if kind is AddressKind.EMAIL else PHONE).fullmatch(letter.to):
        return because(NOT_AN_ADDRESS, code="address")
    subject, text = filled(form.subject, letter.values), filled(form.text, letter.values)
    if not text.strip() and not form.html:
        return because(NO_TEXT, code="empty")
    if not subject.strip() and kind is AddressKind.EMAIL:
        return because(NO_SUBJECT, code="empty")
    return _of_lines(letter, subject) or _of_headers(letter, limits) or _of_size(letter, subject, text, limits)


@lru_cache(maxsize=64)
def _has_lone(form: LetterForm) -> bool:
    patterns = (form.subject, form.text, form.html, *(value for _, value in form.headers))
    texts = (part for pattern in patterns for part in pattern if isinstance(part, str))
    return any(LONE.search(text) for text in (form.sender_name, form.sender, form.reply_to, *texts))


def _of_lines(letter: Letter, subject: str) -> Reason:
    form = letter.form
    places = (
        (SUBJECT_LINES, subject), (SENDER_LINES, form.sender + form.sender_name), (NAME_LINES, letter.to_name),
        (REPLY_LINES, form.reply_to),
    )  # fmt: skip
    return next((because(text, code="lines") for text, said in places if BREAKS.search(said)), NO_REASON)


def _of_headers(letter: Letter, limits: MailerLimits) -> Reason:
    for name, value in letter.form.headers:
        if not limits.headers_allowed:
            return because(NO_HEADERS, code="headers", name=name)
        if not NAME.fullmatch(name):
            return because(BAD_HEADER, code="header", name=name)
        if BREAKS.search(filled(value, letter.values)):
            return because(HEADER_LINES, code="lines", name=name)
    return NO_REASON


def _of_size(letter: Letter, subject: str, text: str, limits: MailerLimits) -> Reason:
    if limits.subject_max is not None and len(subject) > limits.subject_max:
        return because(LONG_SUBJECT, code="subject", length=len(subject), most=limits.subject_max)
    if limits.letter_bytes_max is not None:
        html = sum(len(part if isinstance(part, str) else letter.values[part]) for part in letter.form.html)
        if html + len(text) > limits.letter_bytes_max // 4:  # only then is counting exactly worth its time
            size = len((text + filled(letter.form.html, letter.values)).encode())
            if size > limits.letter_bytes_max:
                return because(TOO_LARGE, code="size", size=size, most=limits.letter_bytes_max)
    return NO_REASON


@dataclass(frozen=True)
class Template:
    """A form in a provider's syntax. `constants` are texts of ours that it would have read as syntax, by variable."""

    subject: str
    text: str
    html: str
    constants: dict[str, str] = field(default_factory=dict)

    def data(self, letter: Letter) -> dict[str, str]:
        """The value of every variable for this recipient."""
        return self.constants | {f"v{number}": letter.values[number] for number in range(letter.form.holes)}


def with_braces(form: LetterForm, braces: int) -> Template:
    """The form for an engine whose variables stand in so many braces: {{v0}} or {{{v0}}}."""
    names: dict[str, str] = {}

    def variable(name: str) -> str:
        return "{" * braces + name + "}" * braces

    def constant(found: re.Match[str]) -> str:
        return variable(names.setdefault(found.group(), f"c{len(names)}"))

    def written(pattern: Pattern) -> str:
        return "".join(
            BRACES.sub(constant, part) if isinstance(part, str) else variable(f"v{part}") for part in joined(pattern)
        )

    subject, text, html = written(form.subject), written(form.text), written(form.html)
    return Template(subject, text, html, {name: said for said, name in names.items()})
