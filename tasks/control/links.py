"""Links as they stand in a text: the same link, whatever a platform wrapped around it. Pure."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”]+|\b(?:[a-zа-яё0-9-]{1,63}\.){1,5}(?:[a-z]{2,24}|рф)/[^\s<>«»“”]*", re.IGNORECASE
)
PUNCTUATION = ".,;:!?()[]{}\"'«»“”"
SHORTENED = "…"
# Where platforms pass a click through, and the parameter that holds the real address (seen 2026).
WRAPPERS = {
    "vk.com/away.php": "to",
    "vk.ru/away.php": "to",
    "l.facebook.com/l.php": "u",
    "lm.facebook.com/l.php": "u",
    "l.instagram.com": "u",
    "l.threads.com": "u",
    "www.google.com/url": "q",
    "ok.ru/dk": "st.link",
    "t.umblr.com/redirect": "z",
}


def links(text: str) -> list[str]:
    """The links a reader sees in the text, as they stand."""
    return [found for found in (match.group().rstrip(PUNCTUATION) for match in LINK.finditer(text)) if found]


def bare(link: str) -> str:
    """The link without wrapping, scheme, “www.”, a closing slash and percent signs: what two spellings share."""
    link = unwrapped(link)
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", link, flags=re.IGNORECASE)
    host, slash, rest = bare.partition("/")
    return unquote(host.lower() + slash + rest).rstrip("/")


def respelt(found: str) -> str:
    """The found link bare, with the punctuation that closed its sentence."""
    link = found.rstrip(PUNCTUATION)
    return bare(link) + found[len(link) :]


def unwrapped(link: str) -> str:
    """The address inside a platform's redirect; any other link as it is."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:  # "http://[" is no address, but people write it
        return link
    parameter = WRAPPERS.get(f"{parts.netloc}{parts.path}".rstrip("/"))
    inner = dict(parse_qsl(parts.query)).get(parameter, "") if parameter else ""
    return inner or link


def same_link(approved: str, seen: str) -> bool:
    """Whether a link seen is the approved one; a platform may show only its beginning, closed by an ellipsis."""
    ours, theirs = bare(approved), bare(seen)
    shown = theirs.removesuffix(SHORTENED).removesuffix("...")
    return ours == theirs or (shown != theirs and bool(shown) and ours.startswith(shown))
