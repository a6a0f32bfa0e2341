"""Our short links in place of the addresses of a post, so that clicks are counted by piece and channel. Pure."""

from collections.abc import Callable

from models.post import Post
from tasks.adaptation import links
from tasks.adaptation.spans import Marked


def shorten(post: Post, base: str, code_of: Callable[[str], str]) -> tuple[Post, dict[str, str]]:
    """Replace every web address of the text, and of the post's own link; returns the post and {code: address}.

    What already is one of ours stays; words under which a link lies stay as they are.
    """
    kept: dict[str, str] = {}

    def short(url: str) -> str:
        split = links.parsed(url)
        if split is None or split.scheme not in ("http", "https") or url.startswith(f"{base}/"):
            return url
        code = code_of(url)
        kept[code] = url
        return f"{base}/l/{code}"

    marked = links.replace(Marked(post.text, post.spans), short)
    link = short(post.link) if post.link else ""
    return post.model_copy(update={"text": marked.text, "spans": marked.spans, "link": link}), kept
