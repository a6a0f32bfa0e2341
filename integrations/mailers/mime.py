"""A letter as MIME: its form is written once as bytes with holes, and a letter only fills them. Pure.

multipart/alternative in UTF-8 (RFC 2045, 2046), text alone where there is no page. 8bit, where the way takes it and no
line grows too long, else quoted-printable. Whatever is filled in, a reader finds exactly that, and no header more.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache

from integrations.errors import Refused
from integrations.mailers import mime_body, mime_headers
from integrations.mailers.addresses import NOT_A_SENDER, NOT_REPLIABLE, Mailpoint, mailpoint, own_mailpoint
from integrations.mailers.mime_body import Weave
from models.letters import Letter, LetterForm, Pattern
from models.locale import mark
from models.reason import because

TOO_FEW = mark("The letter brings {there} values, its form has {needed} places. Prepare the mailing anew.")
TAKEN_BOUNDARY = mark("What is filled into the letter is made to break it apart. Correct what is filled in.")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
KEY = re.compile(r"[A-Za-z0-9_-]{1,120}(?:\.[A-Za-z0-9_-]{1,60}){0,3}")
BOUNDARIES_TRIED = 3


class FormBytes:
    """A form written out: the fields that all have, and the body with holes. Raises Refused where it is unfit."""

    def __init__(self, form: LetterForm, eight_bit: bool, salt: int = 0) -> None:
        self.form, self.eight_bit, self.salt, self.holes = form, eight_bit, salt, form.holes
        self.sender = own_mailpoint(form.sender, NOT_A_SENDER)
        self.reply_to = own_mailpoint(form.reply_to, NOT_REPLIABLE) if form.reply_to else None
        self.utf8 = self.sender.utf8 or bool(self.reply_to and self.reply_to.utf8)
        self.boundary = _boundary(form, salt)
        self.delimiter = b"--" + self.boundary
        self.parts = [(kind, pattern) for kind, pattern in (("plain", form.text), ("html", form.html)) if pattern]
        self.parts = self.parts or [("plain", form.text)]
        self._refuse_controls()
        self.body = mime_body.weave(self._pieces(eight_bit))
        worst, self.value_max = mime_body.longest(self.body)
        if eight_bit and worst > mime_body.OCTETS_A_LINE:
            self._quote()
        self._split_fields()

    def _quote(self) -> None:
        """No white space to break its lines at: the whole form goes quoted-printable."""
        self.eight_bit = False
        self.body = mime_body.weave(self._pieces(False))

    def _refuse_controls(self) -> None:
        for kind, pattern in self.parts:
            wrong = mime_body.IN_HTML if kind == "html" else mime_body.IN_TEXT
            mime_body.refuse_controls([part for part in pattern if isinstance(part, str)], wrong)
        display = mime_headers.checked(
            self.form.sender_name, mime_headers.NAME_MAX, mime_headers.IN_SENDER_NAME, mime_headers.LONG_SENDER_NAME
        )
        self.fixed = [mime_headers.mailbox("From", display, self.sender.wire)]
        if self.reply_to:
            self.fixed.append(mime_headers.mailbox("Reply-To", "", self.reply_to.wire))

    def _pieces(self, eight_bit: bool) -> mime_body.Pieces:
        """The body, from what stands below the blank line."""
        if len(self.parts) == 1:
            return [*self._content(*self.parts[0], eight_bit), b"\r\n"]
        pieces: mime_body.Pieces = []
        for kind, pattern in self.parts:
            head = b"\r\n".join(_content_fields(kind, eight_bit))
            pieces += [self.delimiter + b"\r\n" + head + b"\r\n\r\n", *self._content(kind, pattern, eight_bit), b"\r\n"]
        return [*pieces, self.delimiter + b"--\r\n"]

    def _content(self, kind: str, pattern: Pattern, eight_bit: bool) -> mime_body.Pieces:
        if not eight_bit:
            return mime_body.quoted(pattern)
        pieces = mime_body.eight_bit(pattern)
        if kind == "html" and mime_body.longest(mime_body.weave(pieces))[0] > mime_body.WRAP_AT:
            return mime_body.eight_bit(mime_body.wrapped(pattern))
        return pieces

    def _split_fields(self) -> None:
        """What is the same for all letters, and what is filled: the subject, and headers with holes."""
        content = (
            [b'Content-Type: multipart/alternative;\r\n boundary="' + self.boundary + b'"']
            if len(self.parts) > 1
            else _content_fields(self.parts[0][0], self.eight_bit)
        )
        self.fixed += [b"MIME-Version: 1.0", *content]
        names = [mime_headers.header_name(name) for name, _ in self.form.headers]
        self.filled: list[tuple[str, Pattern]] = []
        for name, (_, pattern) in zip(names, self.form.headers, strict=True):
            if any(isinstance(part, int) for part in pattern):
                self.filled.append((name, pattern))
            else:
                self.fixed.append(mime_headers.header(name, _joined(pattern, ())))
        self.subject = self.form.subject
        if not any(isinstance(part, int) for part in self.subject):
            self.fixed.append(mime_headers.subject(_joined(self.subject, ())))
            self.subject = ()
        self.fixed_bytes = b"\r\n".join(self.fixed)
        # Then a value without "=_" cannot be a part of the boundary: it would have to begin in the form itself.
        self.keeps_boundary = self.body.is_free_of(b"=", b"_", self.delimiter)

    @cached_property
    def stuffed(self) -> Weave:
        return mime_body.stuffed_weave(self.body).ending(b".\r\n")

    @cached_property
    def relaxed(self) -> Weave:
        return mime_body.relaxed_weave(self.body)

    @cached_property
    def quoted(self) -> "FormBytes":
        """The same form quoted-printable: for the letter whose values make a line too long."""
        return FormBytes(self.form, False, self.salt)

    @cached_property
    def otherwise(self) -> "FormBytes":
        """The same form with another boundary: for the letter that holds this one."""
        if self.salt >= BOUNDARIES_TRIED:
            raise Refused(because(TAKEN_BOUNDARY, code="boundary"))
        return FormBytes(self.form, self.eight_bit, self.salt + 1)


class Filled:
    """A letter filled in: the fields that are its own, and its values. `plain`: they are words and no more."""

    __slots__ = ("fields", "made", "plain", "to", "values")

    def __init__(
        self, made: FormBytes, to: Mailpoint, fields: list[bytes], values: Sequence[bytes], plain: bool
    ) -> None:
        self.made, self.to, self.fields, self.values, self.plain = made, to, fields, values, plain

    @property
    def utf8(self) -> bool:
        """Only a server with SMTPUTF8 can take it: an address of it has letters beyond ASCII before its @."""
        return self.to.utf8 or self.made.utf8

    @property
    def body(self) -> bytes:
        return self.made.body.filled(self.values)

    @property
    def relaxed_body(self) -> bytes:
        if not self.plain:
            return mime_body.relaxed(self.body)
        body = self.made.relaxed.filled(self.values)
        return body if not body.endswith(b"\r\n\r\n") else mime_body.relaxed(body)

    def whole(self, *before: bytes) -> bytes:
        """The letter as RFC 5322 writes it, with further fields before the others."""
        return self._head(before) + self.body

    def on_wire(self, *before: bytes) -> bytes:
        """The letter as DATA takes it: dots doubled, and the dot that ends it."""
        if self.plain:
            return self.made.stuffed.filled(self.values, self._head(before))
        return self._head(before) + mime_body.stuffed(self.body) + b".\r\n"

    def _head(self, before: Sequence[bytes]) -> bytes:
        return b"\r\n".join((*before, self.made.fixed_bytes, *self.fields, b"", b""))


def filled(made: FormBytes, letter: Letter, now: datetime) -> Filled:
    """Fill a letter in. Raises Refused, which names the place and never what stands there."""
    texts = letter.values
    if len(texts) < made.holes:
        raise Refused(because(TOO_FEW, code="values", there=len(texts), needed=made.holes))
    row = f" {' '.join(texts)}" if texts else ""
    if not row.isprintable() and mime_headers.CONTROL.search(row):
        texts = _breaks_mended(made, texts)
    to = mailpoint(letter.to)
    fields = _fields(made, letter, to, now)
    values = list(map(str.encode if made.eight_bit else mime_body.quoted_text, texts))
    plain = made.eight_bit and texts is letter.values and "  " not in row and " ." not in row and row[-1:] != " "
    one = Filled(made, to, fields, values, plain)
    if not (made.keeps_boundary and (plain and "=_" not in row)) and _is_broken(one):
        return filled(made.otherwise, letter, now)
    if made.eight_bit and values and max(map(len, values)) > made.value_max and mime_body.is_too_long(one.body):
        return filled(made.quoted, letter, now)
    return one


def _is_broken(one: Filled) -> bool:
    """Whether what is filled in holds the boundary."""
    return bool(one.made.boundary) and one.body.count(one.made.delimiter) != len(one.made.parts) + 1


def assemble(form_bytes: FormBytes, letter: Letter, now: datetime) -> bytes:
    """The letter as RFC 5322 writes it. Raises Refused."""
    return filled(form_bytes, letter, now).whole()


def message_id(key: str, domain: str) -> bytes:
    """The same for a letter however often it is tried."""
    word = key if KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{word}@{domain}>".encode()


def _fields(made: FormBytes, letter: Letter, to: Mailpoint, now: datetime) -> list[bytes]:
    name = letter.to_name
    if name:
        mime_headers.checked(name, mime_headers.NAME_MAX, mime_headers.IN_NAME, mime_headers.LONG_NAME)
    fields = [
        mime_headers.mailbox("To", name, to.wire) if name else b"To: " + to.wire,
        _date(int(now.timestamp())),
        b"Message-ID: " + message_id(letter.key, made.sender.domain),
    ]
    if made.subject:
        fields.append(mime_headers.subject(_joined(made.subject, letter.values)))
    for header, pattern in made.filled:
        fields.append(mime_headers.header(header, _joined(pattern, letter.values)))
    return fields


def _breaks_mended(made: FormBytes, texts: Sequence[str]) -> tuple[str, ...]:
    """The values with one kind of line break. Raises Refused where one cannot stand in its part."""
    for kind, pattern in made.parts:
        wrong = mime_body.IN_HTML if kind == "html" else mime_body.IN_TEXT
        mime_body.refuse_controls([texts[part] for part in pattern if isinstance(part, int)], wrong)
    stand = {part for _, pattern in made.parts for part in pattern if isinstance(part, int)}
    return tuple(mime_body.unbroken(text) if place in stand else "" for place, text in enumerate(texts))


def _joined(pattern: Pattern, values: Sequence[str]) -> str:
    return "".join([part if isinstance(part, str) else values[part] for part in pattern])


def _content_fields(kind: str, eight_bit: bool) -> list[bytes]:
    encoding = b"8bit" if eight_bit else b"quoted-printable"
    return [f"Content-Type: text/{kind}; charset=utf-8".encode(), b"Content-Transfer-Encoding: " + encoding]


def _boundary(form: LetterForm, salt: int) -> bytes:
    """A line that no part holds: what it is made of holds it only where somebody wants it to."""
    if not (form.text and form.html):
        return b""
    said = repr((salt, form.sender, form.text, form.html)).encode("utf-8", "surrogatepass")
    return b"=_" + hashlib.sha256(said).hexdigest()[:32].encode()


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    at = datetime.fromtimestamp(second, UTC)
    return (
        f"Date: {DAYS[at.weekday()]}, {at.day:02d} {MONTHS[at.month - 1]} {at.year:04d} "
        f"{at.hour:02d}:{at.minute:02d}:{at.second:02d} +0000"
    ).encode()
