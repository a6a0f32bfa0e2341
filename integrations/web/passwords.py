"""Passwords: kept as Argon2id (RFC 9106), refused where they could be guessed at once.

The length and the comparison with common passwords follow NIST SP 800-63B-4, section 3.1.1.2.
"""

from collections.abc import Iterable
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from models.locale import mark
from models.reason import NO_REASON, Reason, because

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2  # each takes 64 MB while it is being checked

TOO_SHORT = mark("The password is too short: at least {number} characters. A short sentence is easy to remember.")
TOO_LONG = mark("The password is too long: at most {number} characters.")
COMMON = mark("This password is among the first that are tried. Take another one, for example a short sentence.")
ABOUT_YOU = mark("The password must not be your name, your mail address or the company. Take another one.")
SAME_SIGNS = mark("The password repeats the same few characters. Take another one, for example a short sentence.")

FEWEST_SIGNS = 5
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "1234567890", "0987654321",
        "abcdefghijklmnopqrstuvwxyz", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя")  # fmt: skip
WORDS = (files("integrations.web") / "common_passwords.txt").read_text(encoding="utf-8").split()


class Passwords:
    """Makes and checks hashes; checking an absent one takes as long as checking a real one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self.hasher = hasher or PasswordHasher()
        self._room = BoundedSemaphore(AT_ONCE)
        self._nobodys = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with self._room:
            return self.hasher.hash(password)

    def fits(self, password_hash: str, password: str) -> bool:
        """Whether the password is the one; an empty hash is nobody's."""
        with self._room:
            try:
                return self.hasher.verify(password_hash or self._nobodys, password[:LONGEST]) and bool(password_hash)
            except (Argon2Error, InvalidHashError):
                return False

    def is_outdated(self, password_hash: str) -> bool:
        return self.hasher.check_needs_rehash(password_hash)


def objection(password: str, about: Iterable[str] = ()) -> Reason:
    """Why this cannot be the password; `about` is what anybody knows of its owner. Pure."""
    if len(password) < SHORTEST:
        return because(TOO_SHORT, code="too_short", number=SHORTEST)
    if len(password) > LONGEST:
        return because(TOO_LONG, code="too_long", number=LONGEST)
    plain = password.casefold().strip()
    if len(set(plain)) < FEWEST_SIGNS:
        return because(SAME_SIGNS, code="same_signs")
    if any(_is_mostly(plain, known.casefold()) for known in about):
        return because(ABOUT_YOU, code="about_you")
    if any(_is_mostly(plain, word) for word in WORDS) or any(plain in row * 2 for row in ROWS):
        return because(COMMON, code="common")
    return NO_REASON


def _is_mostly(password: str, word: str) -> bool:
    """Whether little but digits and signs is left when the word is taken out: «пароль2026!»."""
    if len(word) < 4 or word not in password:
        return False
    rest = password.replace(word, "")
    return sum(sign.isalpha() for sign in rest) < 4
