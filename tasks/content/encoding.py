"""Bytes a person saved to text, whatever their program wrote: UTF-8, UTF-16, windows-1251. Pure."""

import codecs

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes) -> str:
    """Read the text by its mark, else as UTF-8, else as windows-1251, which Excel in Russia writes."""
    for byte_mark, name in MARKS:
        if data.startswith(byte_mark):
            return data.decode(name, errors="replace")
    if name := _unmarked_utf16(data):
        return data.decode(name, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without a mark shows by its zeros: separators and digits have one in every second byte."""
    sample = data[:2000]
    if sample.count(0) * 10 < len(sample) or not sample:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
