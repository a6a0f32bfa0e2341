"""Which language a reader is spoken to in. Pure."""

import re

from models.locale import LANGUAGES

WISH = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


def preferred(header: str, chosen: str, otherwise: str) -> str:
    """The language chosen on the page, else the first one of ours the browser asks for, else the company's."""
    if chosen in LANGUAGES:
        return chosen
    wishes = [(float(found[2] or 1), found[1].lower()) for part in header.split(",") if (found := WISH.fullmatch(part))]
    ours = [wish for wish in wishes if wish[1] in LANGUAGES and wish[0] > 0]
    return max(ours, key=lambda wish: wish[0])[1] if ours else otherwise
