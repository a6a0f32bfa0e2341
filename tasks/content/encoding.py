"""Bytes a person saved to text, whatever their program wrote: UTF-8, UTF-16, windows-1251. Pure."""

import codecs

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DAMAGED = 10  # right signs beside one that is wrong


def decode(data: bytes) -> str:
    byte_mark, name = told(data)
    return data[len(byte_mark) :].decode(name, errors="replace")


def told(data: bytes) -> tuple[bytes, str]:
    """The mark before the text and its encoding: by the mark, else UTF-8, else windows-1251, Excel's own in Russia."""
    for byte_mark, name in MARKS:
        if data.startswith(byte_mark):
            return byte_mark, name
    if name := _unmarked_utf16(data):
        return b"", name
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "utf-8" if _is_damaged_utf8(data) else "cp1251"
    return b"", "utf-8"


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether hardly any sign is wrong as UTF-8: of a Russian text in windows-1251 hardly any is right."""
    text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    return sum(not sign.isascii() for sign in text) > wrong * DAMAGED


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark shows by its zeros: separators and digits have one in every second byte."""
    sample = data[:2000]
    if sample.count(0) * 10 < len(sample) or not sample:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
