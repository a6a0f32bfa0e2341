"""Header fields of a letter: encoded, folded, and closed to whoever would add one of their own. Pure.

RFC 5322 for the fields, RFC 2047 for words beyond ASCII. A field is made whole, without the line break that ends it.
"""

import re
from binascii import b2a_base64

from integrations.errors import Refused
from models.locale import mark
from models.reason import because

IN_SUBJECT = mark(
    "A character that a subject cannot hold (a line break or another control character) stands in the subject once it "
    "is filled in. Correct the subject, or what is filled into it."
)
IN_NAME = mark(
    "The recipient's name holds a line break or another control character. Correct it in the customer's record."
)
IN_SENDER_NAME = mark("The sender's name holds a line break or another control character. Correct it.")
IN_HEADER = mark(
    "The header {name} holds a line break or another control character once it is filled in. Correct it, or what is "
    "filled into it."
)
LONG_SUBJECT = mark("The subject has {length} characters once it is filled in, more than {most}. Shorten it.")
LONG_NAME = mark("The recipient's name has {length} characters, more than {most}. Shorten it in the customer's record.")
LONG_SENDER_NAME = mark("The sender's name has {length} characters, more than {most}. Shorten it.")
LONG_HEADER = mark("The header {name} has {length} characters once it is filled in, more than {most}. Shorten it.")
NOT_OURS = mark("The header {name} cannot be set here: it is written by the mailing itself. Leave it out.")
NO_HEADER_NAME = mark("A header of this letter is called by what is no name of a header. Call it as List-Id is called.")
NOT_ASCII = mark("The header {name} takes only Latin letters, digits and signs. Write its addresses encoded.")

SUBJECT_MAX, NAME_MAX, HEADER_MAX, UNBROKEN_MAX = 1000, 300, 8000, 900
LINE, WORD, FIRST_PREFIX = 76, 75, len("=?utf-8?B??=")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
ONE_WORD = re.compile(r"[!-~]+")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")
OWN = frozenset({
    "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "return-path",
    "received", "dkim-signature", "content-type", "content-transfer-encoding", "content-disposition", "content-id",
    "delivered-to", "resent-from", "resent-to", "resent-date", "resent-message-id", "apparently-to",
})  # fmt: skip


def checked(text: str, most: int, wrong: str, long: str, **words: str) -> str:
    """The text, fit to stand in a header. Raises Refused, which says where and never what."""
    if len(text) > most:
        raise Refused(because(long, code="too_long", length=len(text), most=most, **words))
    if not text.isprintable() and CONTROL.search(text):
        raise Refused(because(wrong, code="control", **words))
    return text


def subject(text: str) -> bytes:
    """The subject: plain words folded at their spaces; with anything else in it, encoded as a whole."""
    checked(text, SUBJECT_MAX, IN_SUBJECT, LONG_SUBJECT)
    if not text.isascii() or _is_ambiguous(text):
        return b"Subject: " + encoded_words(text, 9)
    return b"Subject: " + text.encode() if len(text) < 60 else _folded("Subject", _runs(text.split(" ")))


def mailbox(name: str, display: str, address: bytes) -> bytes:
    """A field that names one address, with whose it is: From, To, Reply-To. The display name is checked already."""
    head = name.encode() + b": "
    display = " ".join(display.split())
    if not display:
        return head + address
    if len(display) < 40 and display.isascii() and "=?" not in display:
        phrase = display if ATOMS.fullmatch(display) else '"' + re.sub(r'(["\\])', r"\\\1", display) + '"'
        return head + phrase.encode() + _last(phrase.encode(), len(head), address)
    phrase_bytes = encoded_words(display, len(head))
    return head + phrase_bytes + _last(phrase_bytes, len(head), address)


def _last(phrase: bytes, used: int, address: bytes) -> bytes:
    """The address behind a name, on a line of its own where both are too long for one."""
    line = len(phrase) + used if b"\n" not in phrase else len(phrase) - phrase.rindex(b"\n") - 1
    return (b" <" if line + len(address) + 3 <= LINE else b"\r\n <") + address + b">"


def encoded_words(text: str, used: int) -> bytes:
    """The text as words of RFC 2047, one a line, none of which breaks a character; `used` is what the line holds."""
    data, words, start, room = text.encode(), [], 0, (LINE - used - FIRST_PREFIX) // 4 * 3
    while start < len(data):
        end = min(start + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        words.append(b"=?utf-8?B?" + b2a_base64(data[start:end], newline=False) + b"?=")
        start, room = end, (WORD - FIRST_PREFIX) // 4 * 3
    return b"\r\n ".join(words)


def header_name(name: str) -> str:
    """The name of a further header. Raises Refused for one that is ours to write."""
    if not HEADER_NAME.fullmatch(name):
        raise Refused(because(NO_HEADER_NAME, code="header"))
    if name.lower() in OWN:
        raise Refused(because(NOT_OURS, code="header", name=name))
    return name


def header(name: str, text: str) -> bytes:
    """A further header, its name checked already: folded at its spaces; words beyond ASCII encoded where they may be.

    The addresses of a list (RFC 2369) are no words: nothing in them is encoded or broken.
    """
    if len(text) <= UNBROKEN_MAX and ONE_WORD.fullmatch(text) and "=?" not in text:
        return f"{name}: {text}".encode()
    checked(text, HEADER_MAX, IN_HEADER, LONG_HEADER, name=name)
    words, addresses = text.split(), name.lower().startswith("list-") and name.lower() != "list-id"
    if addresses and (not text.isascii() or _is_ambiguous(" ".join(words))):
        raise Refused(because(NOT_ASCII, code="header", name=name))
    runs = _runs(words)
    for word, is_plain in runs:
        if is_plain and len(word) > UNBROKEN_MAX:
            raise Refused(because(LONG_HEADER, code="too_long", name=name, length=len(word), most=UNBROKEN_MAX))
    return _folded(name, runs)


def _folded(name: str, runs: list[tuple[str, bool]]) -> bytes:
    field, line = name + ":", len(name) + 1
    for text, is_plain in runs:
        word = text if is_plain else encoded_words(text, 1).decode()
        first, _, last = word.partition("\r\n")
        folds = line + 1 + len(first) > LINE and line > len(name) + 1
        field += f"\r\n {word}" if folds else f" {word}"
        line = len(last) - last.rfind("\n") if last else 1 + len(first) + (0 if folds else line)
    return field.encode()


def _runs(words: list[str]) -> list[tuple[str, bool]]:
    """The words one by one, but those that have to be encoded together with their neighbours that do."""
    runs: list[tuple[str, bool]] = []
    for word in words:
        is_plain = word.isascii() and not _is_ambiguous(word)
        if runs and not is_plain and not runs[-1][1]:
            runs[-1] = (f"{runs[-1][0]} {word}", False)
        else:
            runs.append((word, is_plain))
    return runs


def _is_ambiguous(text: str) -> bool:
    """Whether a reader of headers would make something else of it: of its spaces, or of a word that looks encoded."""
    return not PLAIN.fullmatch(text) or "=?" in text
