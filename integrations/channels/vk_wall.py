"""Posts of a wall as VK shows them, as our values. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from typing import Any

from integrations.channels.base import Call, Live, Presence, Receipt, Remark
from integrations.errors import Refused
from models.locale import mark
from models.post import Post
from models.reason import because

NOT_UPLOADED = mark("Picture {number} has not been uploaded. Start the publication again.")
NOT_ITS_NUMBER = mark("“{id}” is not the number of a post on a VK wall.")
COUNTS = ("likes", "comments", "reposts", "views")
REACH = ("reach_total", "reach_subscribers", "reach_viral", "reach_ads", "links", "to_group", "join_group", "hide",
         "report", "unsubscribe")  # fmt: skip


def receipt(post_id: str, wall: int, call: Call) -> Receipt:
    """A post of the wall; its uploads are kept, because an edit must name again every picture that stays."""
    names = [
        str(call.done.get(f"picture {n}", {}).get("attachment", "")) for n in range(1, len(call.post.pictures) + 1)
    ]
    uploads = {picture.sha256: name for picture, name in zip(call.post.pictures, names, strict=True) if name}
    return Receipt(post_id, address(wall, post_id), {"uploads": uploads})


def address(wall: int, post_id: str) -> str:
    return f"https://vk.com/wall{wall}_{post_id}"


def number(post_id: str) -> int:
    if post_id.isdecimal():
        return int(post_id)
    raise Refused(because(NOT_ITS_NUMBER, code="unknown_post", id=post_id))


def content(call: Call) -> dict[str, str]:
    """The text and the uploaded pictures of the post, in order, from what their parts wrote down."""
    parts = [call.done.get(f"picture {n}", {}) for n in range(1, len(call.post.pictures) + 1)]
    for n, part in enumerate(parts, start=1):
        if not part.get("attachment"):
            raise Refused(because(NOT_UPLOADED, code="not_uploaded", number=n))
    return {"message": call.post.text, "attachments": ",".join(str(part["attachment"]) for part in parts)}


def uploads(call: Call) -> dict[str, str]:
    """Pictures that stand on the wall with the post already, by their sha256."""
    stored = call.done.get("base", {}).get("uploads", {})
    return {str(sha): str(attachment) for sha, attachment in stored.items()} if isinstance(stored, dict) else {}


def posted_since(items: Iterable[Mapping[str, Any]], since: float) -> list[Mapping[str, Any]]:
    """What of a page, newest first, is not older than that; a pinned post stands first whatever its age."""
    return [item for item in items if int(item.get("date") or 0) >= since]


def reaches(items: Sequence[Mapping[str, Any]], since: float) -> bool:
    """Whether the page goes back as far as that."""
    return any(int(item.get("date") or 0) < since for item in items if not item.get("is_pinned"))


def ours(items: Iterable[Mapping[str, Any]], call: Call) -> Mapping[str, Any] | None:
    """The post of this call: by the photos that were uploaded for it, which no other post has; else by its text.

    Pictures without a text and without their photos are nobody's: any post of as many pictures would look like it.
    """
    alike = [item for item in items if is_ours(item, call.post)]
    uploaded = {part["attachment"] for part in call.done.values() if part.get("attachment")}
    exact = next((item for item in alike if uploaded and uploaded == photos(item)), None)
    return exact or (alike[0] if alike and plain(call.post.text) else None)


def is_ours(item: Mapping[str, Any], post: Post) -> bool:
    """Whether this is our post: the same text, but for white space and HTML entities, and as many pictures."""
    return plain(str(item.get("text") or "")) == plain(post.text) and pictures(item) == len(post.pictures)


def plain(text: str) -> str:
    return " ".join(unescape(text).split())


def pictures(item: Mapping[str, Any]) -> int:
    return len(_attached(item))


def photos(item: Mapping[str, Any]) -> set[str]:
    """The photos of a post as wall.post takes them."""
    return {f"photo{photo.get('owner_id')}_{photo.get('id')}" for photo in _attached(item)}


def _attached(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    attached = item.get("attachments")
    found = [each.get("photo") or {} for each in attached if each.get("type") == "photo"] if attached else []
    return [photo for photo in found if isinstance(photo, dict)]


def live(found: Iterable[Mapping[str, Any]], url: str) -> Live:
    """What is seen of a post; VK shows a deleted one as nothing, or as deleted."""
    item = next(iter(found), None)
    if item is None or item.get("is_deleted"):
        return Live(Presence.GONE)
    return Live(Presence.LIVE, text=unescape(str(item.get("text") or "")), pictures=pictures(item), url=url)


def counts(item: Mapping[str, Any]) -> dict[str, int]:
    """Likes, comments, reposts and views that are shown; what is not shown is absent."""
    shown = {name: item[name].get("count") for name in COUNTS if isinstance(item.get(name), dict)}
    return {name: count for name, count in shown.items() if isinstance(count, int)}


def reach(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[name] for name in REACH if isinstance(row.get(name), int)}


def remark(item: Mapping[str, Any], post_id: str) -> Remark:
    return Remark(
        remote_id=str(item["id"]),
        post_id=post_id,
        text=unescape(str(item.get("text") or "")),
        at=datetime.fromtimestamp(int(item["date"]), UTC),
        author_key=str(item.get("from_id") or ""),
        ours=item.get("from_id") is not None and item.get("from_id") == item.get("owner_id"),
        reply_to=str(item.get("reply_to_comment") or ""),
    )
