"""Which addresses of a publication have to open, and what answers mean that one does not. Pure."""

from collections.abc import Mapping

from integrations.errors import Failure, Refused
from models.post import Post
from tasks.control.compare import plain
from tasks.control.links import links

# What a fetch says of an address that nobody can open. A page that is closed to us, too large or away for the moment
# may well open for a reader.
DEAD = frozenset({"status_404", "status_410", "bad_address", "many_redirects", "no_target"})


def addresses(post: Post) -> list[str]:
    """Every web address a reader can follow, each once: in the text, under words, the post's own link."""
    under_words = [span.url for span in post.spans if span.kind == "link"]
    found = [*links(plain(post.text)), *under_words, post.link]
    return [url for url in dict.fromkeys(found) if url.startswith(("http://", "https://"))]


def to_open(post: Post, targets: Mapping[str, str], public_url: str) -> dict[str, str]:
    """What to open for each address of the post: for our short links where they lead, by `targets` of their codes.

    Nothing of our own is opened: that would count as a visit.
    """
    ours = public_url.rstrip("/") + "/"
    wanted = {url: targets.get(url.removeprefix(f"{ours}l/"), url) for url in addresses(post)}
    return {url: target for url, target in wanted.items() if not target.startswith(ours)}


def is_dead(failure: Failure) -> bool:
    """Whether a fetch that failed this way proves that nobody can open the address."""
    return isinstance(failure, Refused) and failure.reason.code in DEAD


def said(failure: Failure) -> str:
    """The answer in a few words: the number of the answer, else the reason."""
    return str(failure.reason.words.get("status") or failure.reason)
