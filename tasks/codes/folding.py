"""What people type, as one spelling whatever the case, the separators, the width and the alphabet of its signs. Pure.

Codes are kept in this spelling, so whoever types one in another finds it.
"""

import unicodedata
from urllib.parse import unquote, urlsplit

SHORTEST, LONGEST_TYPED = 3, 300
LOOK_ALIKE = str.maketrans("АВЕЁКМНОРСТУХЗЅЈІ", "ABEEKMHOPCTYX3SJI")
# A keyboard, or a scanner that acts as one, with the Russian layout on.
LAYOUT = str.maketrans("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM")
LATIN, RUSSIAN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), frozenset("БГДЖИЙЛПФЦЧШЩЪЫЬЭЮЯ")
BETWEEN = frozenset("_.·−⁃")


def is_separator(sign: str) -> bool:
    """Whether it only parts a code: spaces of any width, hyphens and dashes of any length, what cannot be seen."""
    return sign in BETWEEN or unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Pd", "Cf", "Cc")


def bare(typed: str) -> str:
    """Without separators, in capitals of usual width, digits of any script as 0 to 9."""
    wide = unicodedata.normalize("NFKC", typed).upper()
    return "".join(_digit(sign) for sign in wide if not is_separator(sign))


def _digit(sign: str) -> str:
    return str(unicodedata.decimal(sign, sign))


def fold(typed: str) -> str:
    """The one spelling; "" where a sign of it can stand in no code."""
    code = bare(typed).translate(LOOK_ALIKE)
    return code if code and strange(code) == "" else ""


def strange(code: str) -> str:
    """The first sign that can stand in no code; "" where there is none."""
    return next((sign for sign in code if sign not in LATIN and sign not in RUSSIAN), "")


def spellings(typed: str) -> list[str]:
    """What may have been meant, likeliest first: what it looks like, what its keys are in Latin.

    A QR code may hold an address that ends in the code.
    """
    text = typed[:LONGEST_TYPED].strip()
    text = _last_part(text) if "://" in text else text
    plain = bare(text)
    seen, keyed = plain.translate(LOOK_ALIKE), plain.translate(LAYOUT)
    return [one for one in dict.fromkeys([seen, keyed]) if one]


def behind_ean(code: str, scanned: bool) -> str:
    """The twelve digits that an EAN-13 was made of, without its own check digit; "" where it is none.

    One that begins with 0 is a UPC-A to scanners, which leave the 0 out. Only what was scanned is taken for that: typed
    by hand it has the length of our own codes, and one wrong digit would now and then become another code.
    """
    whole = code if len(code) == 13 else f"0{code}" if scanned else ""
    return whole[:12] if is_ean_13(whole) else ""


def _last_part(address: str) -> str:
    try:
        parts = [unquote(part) for part in urlsplit(address).path.split("/") if part]
    except ValueError:
        return address
    return parts[-1] if parts else ""


def ean_digit(twelve: str) -> str:
    """The check digit of an EAN-13 (GS1 General Specifications, 7.9)."""
    sum_ = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return str(-sum_ % 10)


def is_ean_13(code: str) -> bool:
    return len(code) == 13 and code.isascii() and code.isdecimal() and ean_digit(code[:12]) == code[12]
