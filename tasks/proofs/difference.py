"""What is different between two posts of one channel, as a reader sees it. Pure."""

from models.post import Post
from tasks.editing.diff import words
from tasks.posting.freshness import money


def difference(before: Post, after: Post) -> tuple[tuple[str, str], ...]:
    """The later post in runs of (kind, text): what stayed, went, came; empty where a reader sees no difference."""
    old, new = _as_read(before), _as_read(after)
    return tuple((run.kind, run.text) for run in words(old, new)) if old != new else ()


def _as_read(post: Post) -> str:
    pictures = "\n".join(f"▣ {picture.alt or picture.file_name[:6]}" for picture in post.pictures)
    products = "\n".join(f"{product.name}: {money(product.price, product.currency)}" for product in post.products)
    parts = (post.title, post.description, post.text, post.link, products, pictures, " ".join(post.tags), post.ad_label,
             post.valid_until)  # fmt: skip
    return "\n\n".join(part for part in parts if part)
