"""What somebody who looks for a customer has typed: a number, a code, an address, or how a name begins. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tasks.customers.addresses import Found, Unreadable, read_email, read_phone, read_telegram

NUMBER = re.compile(r"[№#]\s*(\d{1,9})")
PHONE_LEAST = 5  # digits
ASKED_MOST, NAME_MOST = 200, 60
ALIKE = ({"е", "ё", "Е", "Ё"},)  # written the one way or the other, it is the same name


@dataclass(frozen=True)
class Asked:
    """What is looked for. `begins` are the letters a name begins with, each as it may be written."""

    number: int = 0
    code: str = ""
    addresses: tuple[Found, ...] = ()
    begins: tuple[frozenset[str], ...] = ()


def asked(typed: str, country: str) -> Asked:
    """Read what was typed; nothing typed looks for nothing."""
    text = " ".join(typed.split())[:ASKED_MOST]
    if not text:
        return Asked()
    if number := NUMBER.fullmatch(text):
        return Asked(number=int(number[1]), code=text)
    is_name = any(letter.isalpha() for letter in text) and "@" not in text
    begins = tuple(alike(letter) for letter in text[:NAME_MOST]) if is_name else ()
    return Asked(code=text, addresses=tuple(_addresses(text, country)), begins=begins)


def _addresses(text: str, country: str) -> Iterator[Found]:
    readers: list[Callable[[str], Found]] = [read_telegram]
    if "@" in text[1:]:
        readers.append(read_email)
    if sum(sign.isdigit() for sign in text) >= PHONE_LEAST and not any(sign.isalpha() for sign in text):
        readers.append(lambda cell: read_phone(cell, country))
    for read in readers:
        try:
            yield read(text)
        except Unreadable:
            continue


def alike(letter: str) -> frozenset[str]:
    """A letter in either case: SQLite knows that only of Latin ones, PostgreSQL by how it was set up."""
    cases = {letter, letter.lower(), letter.upper()}
    more = next((letters for letters in ALIKE if letter in letters), set())
    return frozenset({one for one in cases if len(one) == 1} | more)
