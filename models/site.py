"""The own site: a publication as a page. Pure."""

from datetime import datetime

from models.post import Post, Value


class SitePage(Value):
    """A publication on the own site: `key` is its file and never changes, `slug` the last part of its address."""

    key: str
    slug: str
    post: Post
    published_at: datetime
    changed_at: datetime
