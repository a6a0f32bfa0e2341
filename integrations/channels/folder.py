"""A folder as a channel: every post is a folder with post.md and its pictures. For trials, archives and print.

There is no API behind it. The key of the call is the name of the post's folder, which appears there whole or not at
all; so a repeated call finds what the former one made. What a person counted may stand beside post.md, in
reactions.json: {"views": 120, "likes": 7}.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field

from integrations.channels import folder_post
from integrations.channels.base import Call, Capabilities, Limits, Live, OpenPicture, Part, Presence, Receipt, Remark
from integrations.channels.exchange import ProviderSettings, opened
from integrations.channels.folder_disk import appear, draft, put, said
from integrations.channels.measure import refuse_misfit
from integrations.errors import Refused, Unsupported
from models.delivery import Verb
from models.locale import mark
from models.post import Post
from models.reason import because

NO_POST = mark("There is no post {id} in {path}. It may have been removed by hand; publish it anew.")
NO_COMMENTS = mark("A folder has no comments.")
NO_AUDIENCE = mark("A folder has no audience.")
POST, REACTIONS = "post.md", "reactions.json"


class FolderSettings(ProviderSettings):
    path: str = Field(
        min_length=1, title=mark("Folder"), description=mark("Where the posts are put. It is made if it is not there.")
    )
    account: str = Field(
        "", title=mark("Subfolder"), description=mark("For several channels in one folder: this one's own subfolder.")
    )


class Folder:
    name: ClassVar[str] = "folder"
    title: ClassVar[str] = mark("Folder")
    Settings: ClassVar[type[BaseModel]] = FolderSettings
    limits: ClassVar[Limits] = Limits(
        pictures_max=100, picture_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        markup=frozenset({"bold", "italic", "strike", "code", "link"}),
    )  # fmt: skip
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset(Verb),
        key_valid_for=timedelta(days=36_500),  # as long as the folder stands
        finds=True, observes=True, reactions=folder_post.METRICS, reactions_per_call=1000,
    )  # fmt: skip

    def __init__(self, settings: FolderSettings, http: httpx.Client, open_picture: OpenPicture) -> None:
        self.open_picture = open_picture
        account = folder_post.folder_name(settings.account) if settings.account else ""
        self.path = Path(settings.path).expanduser() / account

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        return (Part("post", repeatable=True),)  # by its key a second publication is the first one

    def act(self, call: Call) -> Receipt:
        with said(self.path):
            if call.verb == Verb.DELETE:
                return self._delete(call)
            refuse_misfit(call.post, self.limits)
            return self._edit(call) if call.verb == Verb.EDIT else self._publish(call)

    def _publish(self, call: Call) -> Receipt:
        place = self._at(folder_post.folder_name(call.key))
        if not (place / POST).is_file():
            with draft(self.path) as made:
                self._write(made, call.post)
                appear(made, place)
        if not (place / POST).is_file():  # a person took the post away and left its folder
            self._write(place, call.post)
        return receipt(place)

    def _edit(self, call: Call) -> Receipt:
        place = self._at(call.remote_id)
        if not (place / POST).is_file():
            raise Refused(because(NO_POST, code="unknown_post", id=place.name, path=str(self.path)))
        former = set(folder_post.files(self._read(place)[0]))
        self._write(place, call.post)
        for name in former - {picture.file_name for picture in call.post.pictures}:
            (place / name).unlink(missing_ok=True)
        return receipt(place)

    def _delete(self, call: Call) -> Receipt:
        place = self._at(call.remote_id)
        if place.is_dir():
            with draft(self.path) as gone:
                place.rename(gone / place.name)
        return Receipt(call.remote_id)

    def _write(self, place: Path, post: Post) -> None:
        """The pictures, and last the text, which makes it a post."""
        for picture in post.pictures:
            put(place / picture.file_name, opened(self.open_picture, picture))
        put(place / POST, folder_post.written(post).encode())

    def _at(self, name: str) -> Path:
        if folder_post.is_plain(name):
            return self.path / name
        raise Refused(because(NO_POST, code="unknown_post", id=name, path=str(self.path)))

    def _read(self, place: Path) -> tuple[dict[str, Any], str]:
        return folder_post.parsed((place / POST).read_bytes().decode("utf-8", "replace"))

    def find(self, call: Call) -> Receipt | None:
        place = self._at(call.remote_id if call.remote_id else folder_post.folder_name(call.key))
        with said(self.path):
            there = (place / POST).read_bytes() if (place / POST).is_file() else None
        if call.verb == Verb.DELETE:
            return Receipt(call.remote_id) if there is None else None
        done = call.verb == Verb.PUBLISH or there == folder_post.written(call.post).encode()
        return receipt(place) if there is not None and done else None

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        place = self._at(remote_id)
        with said(self.path):
            if not (place / POST).is_file():
                return Live(Presence.GONE)
            front, text = self._read(place)
            pictures = sum((place / name).is_file() for name in folder_post.files(front))
        return Live(Presence.LIVE, text=text, pictures=pictures, url=place.absolute().as_uri())

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        with said(self.path):
            counted = {id: self._at(id) / REACTIONS for id in remote_ids if (self._at(id) / POST).is_file()}
            return {
                id: folder_post.metrics(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else {}
                for id, file in counted.items()
            }

    def comments(self, remote_id: str) -> list[Remark]:
        raise Unsupported(because(NO_COMMENTS, code="no_comments"))

    def audience(self) -> dict[str, int]:
        raise Unsupported(because(NO_AUDIENCE, code="no_audience"))

    def check(self) -> None:
        with said(self.path), draft(self.path) as trial:
            put(trial / POST, b"")


def receipt(place: Path) -> Receipt:
    return Receipt(place.name, place.absolute().as_uri())
