"""Walls of communities, their posts and photos, and how VK shows them."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.servers.calls import Refusal
from tests.servers.contract import Wrong
from tests.servers.forms import Upload
from tests.servers.pictures import Measured, measure

GUID_SECONDS = 3600
ATTACHMENTS = 10
PHOTO_BYTES = 50 * 1024 * 1024
SIDES_SUM = 14_000
RATIO = 20
KINDS = frozenset({"JPEG", "PNG", "GIF"})
PHOTO = re.compile(r"photo(-?\d+)_(\d+)(?:_\w+)?")
SIZES = ((130, "m"), (604, "x"), (807, "y"), (1280, "z"), (2560, "w"))


@dataclass
class Photo:
    """A picture on the upload server, then, when it was saved, one that posts may attach."""

    id: int
    owner: int
    digest: str
    measured: Measured
    text: str = ""
    date: int = 0

    def shown(self, url: str) -> dict[str, Any]:
        sizes = []
        for side, letter in SIZES:
            width, height = self.measured.within(side)
            where = f"{url}/photo/{self.owner}_{self.id}_{letter}.jpg"
            sizes.append({"type": letter, "width": width, "height": height, "url": where})
            if max(self.measured.width, self.measured.height) <= side:
                break
        head = {"id": self.id, "album_id": -14, "owner_id": self.owner, "date": self.date, "has_tags": False}
        return head | {"sizes": sizes, "text": self.text, "access_key": self.digest[:18]}


@dataclass
class Comment:
    id: int
    author: int
    text: str
    date: int
    reply_to: int = 0

    def shown(self, owner: int, post: int, likes: bool) -> dict[str, Any]:
        head = {"id": self.id, "from_id": self.author, "date": self.date, "text": self.text}
        reply = {"reply_to_comment": self.reply_to} if self.reply_to else {}
        liked = {"likes": {"count": 0, "can_like": 1, "user_likes": 0}} if likes else {}
        return head | {"owner_id": owner, "post_id": post, "parents_stack": []} | reply | liked


@dataclass
class Post:
    id: int
    owner: int
    author: int
    text: str
    attachments: list[str]
    date: int
    guid: str = ""
    edited: int = 0
    ads: bool = False
    copyright: str = ""
    postponed: bool = False
    closed: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"likes": 0, "reposts": 0, "views": 0})
    reach: dict[str, int] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)

    def goes_out(self, now: float) -> bool:
        """A postponed post becomes an ordinary one by itself when its time has come."""
        self.postponed = self.postponed and self.date > now
        return not self.postponed


class Walls:
    """Communities by their id, without the minus that their wall has."""

    def __init__(self) -> None:
        self.groups: dict[int, dict[str, Any]] = {}
        self.posts: dict[tuple[int, int], Post] = {}
        self.photos: dict[tuple[int, int], Photo] = {}
        self.uploads: dict[str, Photo] = {}
        self.guids: dict[tuple[int, str], tuple[float, int]] = {}
        self._ids: dict[int, int] = {}

    def next_id(self, owner: int) -> int:
        """Posts, comments and photos of one owner are numbered together."""
        self._ids[owner] = self._ids.get(owner, 0) + 1
        return self._ids[owner]

    def group(self, name: int | str) -> dict[str, Any]:
        for group in self.groups.values():
            if name in (group["id"], str(group["id"]), f"-{group['id']}", group["screen_name"]):
                return group
        raise Refusal(125, "Invalid group id")

    def wall(self, owner: int) -> dict[str, Any]:
        """A wall that we may write on."""
        group = self.groups.get(-owner)
        if group is None or not group["admin"]:
            raise Refusal(15, "Access denied: no rights to the wall")
        return group

    def post(self, owner: int, number: int, otherwise: tuple[int, str] = (104, "Not found")) -> Post:
        if (owner, number) not in self.posts:
            raise Refusal(*otherwise)
        return self.posts[owner, number]

    def on(self, owner: int, now: float, postponed: bool) -> list[Post]:
        """Posts of a wall, the newest first."""
        mine = [post for post in self.posts.values() if post.owner == owner and post.goes_out(now) != postponed]
        return sorted(mine, key=lambda post: (post.date, post.id), reverse=True)

    def repeated(self, owner: int, guid: str, now: float) -> int | None:
        """The post that the same key made within the last hour."""
        made_at, number = self.guids.get((owner, guid), (0.0, 0))
        return number if guid and number and now - made_at < GUID_SECONDS else None

    def attached(self, attachments: list[str]) -> list[str]:
        """Refuse attachments that VK would not show: strangers' or unsaved photos, too many, two links."""
        if len(attachments) > ATTACHMENTS:
            raise Wrong("attachments", f"has {len(attachments)} items, more than {ATTACHMENTS}")
        if sum(each.startswith(("http://", "https://")) for each in attachments) > 1:
            raise Wrong("attachments", "has more than one link")
        for each in attachments:
            self._attachment(each)
        return attachments

    def digests(self, attachments: list[str]) -> tuple[str, ...]:
        return tuple(photo.digest if (photo := self._photo(each)) else each for each in attachments)

    def _attachment(self, each: str) -> None:
        if not each.startswith(("http://", "https://")) and self._photo(each) is None:
            raise Wrong("attachments", f"{each} is neither a link nor a photo that was saved")

    def _photo(self, attachment: str) -> Photo | None:
        matched = PHOTO.fullmatch(attachment)
        return self.photos.get((int(matched[1]), int(matched[2]))) if matched else None

    def upload(self, owner: int, upload: Upload) -> dict[str, Any]:
        """What the upload server answers; a file that is not a fit picture comes back as an empty list."""
        measured = measure(upload.data) if len(upload.data) <= PHOTO_BYTES else None
        if measured is None or not _fits(measured):
            return {"server": 1, "photo": "[]", "hash": ""}
        name = hashlib.sha256(f"{owner}:{len(self.uploads)}:{upload.digest}".encode()).hexdigest()[:32]
        self.uploads[name] = Photo(0, owner, upload.digest, measured)
        return {"server": 1, "photo": json.dumps([{"photo": name, "sizes": []}]), "hash": signed(owner, name)}

    def save(self, owner: int, values: dict[str, Any], now: float) -> Photo:
        """Turn an upload into a photo of the wall, if its three answers belong together."""
        if values.get("server") != 1:
            raise Refusal(118, "Invalid server")
        try:
            name = json.loads(values["photo"])[0]["photo"]
            sent = self.uploads[name]
        except (ValueError, LookupError, TypeError):
            raise Wrong("photo", "is not what the upload server answered", "photo is undefined") from None
        if values.get("hash") != signed(owner, name):  # an upload for another wall has another hash
            raise Refusal(121, "Invalid hash")
        photo = Photo(self.next_id(owner), owner, sent.digest, sent.measured, values.get("caption", ""), int(now))
        self.photos[owner, photo.id] = photo
        return photo

    def shown(self, post: Post, url: str) -> dict[str, Any]:
        """A post as wall.get shows it."""
        attachments = {"attachments": [self._shown(each, url) for each in post.attachments]} if post.attachments else {}
        edited = {"edited": post.edited} if post.edited else {}
        source = (
            {"copyright": {"link": post.copyright, "name": post.copyright, "type": "link"}} if post.copyright else {}
        )
        head = {
            "inner_type": "wall_wallpost",
            "id": post.id,
            "owner_id": post.owner,
            "from_id": post.author,
            "date": post.date,
            "text": post.text,
            "post_type": "postpone" if post.postponed else "post",
            "marked_as_ads": int(post.ads),
            "can_edit": 1,
            "can_delete": 1,
            "post_source": {"type": "api"},
            "likes": {"count": post.counts["likes"], "can_like": 1, "user_likes": 0, "can_publish": 1},
            "reposts": {"count": post.counts["reposts"], "user_reposted": 0},
            "comments": {"count": len(post.comments), "can_post": int(not post.closed)},
            "views": {"count": post.counts["views"]},
        }
        return head | attachments | edited | source

    def _shown(self, attachment: str, url: str) -> dict[str, Any]:
        photo = self._photo(attachment)
        if photo:
            return {"type": "photo", "photo": photo.shown(url)}
        link = {"url": attachment, "title": attachment, "caption": attachment.split("/")[2]}
        return {"type": "link", "link": link}


def _fits(measured: Measured) -> bool:
    within = measured.width + measured.height <= SIDES_SUM and measured.ratio <= RATIO
    return within and measured.kind in KINDS


def signed(owner: int, name: str) -> str:
    """The hash that shows that an upload was answered for this wall."""
    return hashlib.sha256(f"upload:{owner}:{name}".encode()).hexdigest()[:32]
