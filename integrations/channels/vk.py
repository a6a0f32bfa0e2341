"""Walls of VK communities: https://dev.vk.com/en/method/wall.post and VK's published schema (5.199; read 2026-11-21).

The text goes as it is: a wall has no bold and no named links (2026-11-21), which `limits.markup` says to who adapts.
A key with the right to a wall is given by VK on request only: `otdel doctor` finds out whether ours is one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.channels import exchange, law, vk_answers, vk_wall
from integrations.channels.base import Call, Capabilities, Limits, Live, OpenPicture, Part, Presence, Receipt, Remark
from integrations.channels.measure import refuse_misfit
from integrations.channels.vk_answers import WHO
from integrations.channels.vk_api import Api
from integrations.errors import Refused
from models.delivery import Verb
from models.locale import mark
from models.post import Post
from models.reason import because


class VkSettings(exchange.ProviderSettings):
    token: SecretStr = Field(
        min_length=1, title=mark("Access key"),
        description=mark("Key of a person who runs the community, with the rights wall, photos, groups and stats."),
    )  # fmt: skip
    group_id: int = Field(
        gt=0, title=mark("Number of the community"), description=mark("Only digits: 123 for vk.com/club123.")
    )
    api_url: str = Field(
        "https://api.vk.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it if VK moves its API."),
    )  # fmt: skip
    version: str = Field(
        "5.199", pattern=r"^\d+\.\d+$", title=mark("API version"), description=mark("Leave it as it is.")
    )


class Vk:
    name: ClassVar[str] = "vk"
    title: ClassVar[str] = mark("VK")
    Settings: ClassVar[type[BaseModel]] = VkSettings
    limits: ClassVar[Limits] = Limits(
        text_max=15_895,  # as editors of communities quote it; the schema and VK's page name none (2026-11-21)
        counts="utf16",  # not documented either: the strictest of the likely ones
        pictures_max=10,
        # Known of VK's page on uploading photos, which was not read again (2026-11-21).
        picture_bytes_max=50_000_000, picture_sides_sum_max=14_000, picture_ratio=(1 / 20, 20.0),
    )  # fmt: skip
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset(Verb),
        call_timeout=timedelta(seconds=60),  # a picture may be 50 MB
        min_interval=timedelta(milliseconds=350),  # 3 calls in a second for a person's key, not published (2026-11-21)
        # `guid`: an hour, as client libraries quote an older page of VK's (2026-11-21); less ten minutes for clocks.
        key_valid_for=timedelta(minutes=50),
        finds=True, observes=True, comments=True, audience=True,
        reactions=frozenset((*vk_wall.COUNTS, *vk_wall.REACH)), advertising={"RU": law.LABELLED},
        reactions_per_call=30,  # stats.getPostReach takes 30, wall.getById 100: one call of each
    )  # fmt: skip

    def __init__(self, settings: VkSettings, http: httpx.Client, open_picture: OpenPicture) -> None:
        self.open_picture, self.wall = open_picture, -settings.group_id
        self.api = Api(http, settings.api_url, settings.version, settings.token, self.wall)

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        if verb == Verb.DELETE:
            return (Part("post", repeatable=True),)
        uploads = tuple(Part(f"picture {number}", repeatable=True) for number in range(1, len(post.pictures) + 1))
        return (*uploads, Part("post", repeatable=verb == Verb.EDIT))

    def act(self, call: Call) -> Receipt:
        if call.verb == Verb.DELETE:
            return self._delete(call)
        refuse_misfit(call.post, self.limits)
        if call.part != "post":
            return self._upload(call)
        return self._edit(call) if call.verb == Verb.EDIT else self._publish(call)

    def _upload(self, call: Call) -> Receipt:
        picture = call.post.pictures[int(call.part.removeprefix("picture ")) - 1]
        kept = vk_wall.uploads(call).get(picture.sha256)
        attachment = kept or self.api.upload(picture, exchange.opened(self.open_picture, picture))
        return Receipt(attachment, detail={"attachment": attachment})

    def _publish(self, call: Call) -> Receipt:
        content = vk_wall.content(call)
        made = self.api.ask("wall.post", owner_id=self.wall, from_group=1, guid=call.key, **content)
        return vk_wall.receipt(vk_answers.post_number(made), self.wall, call)

    def _edit(self, call: Call) -> Receipt:
        which = {"owner_id": self.wall, "post_id": vk_wall.number(call.remote_id)}
        made = self.api.ask("wall.edit", **which, **vk_wall.content(call))
        if made != 1:  # older versions of the method answered so
            vk_answers.post_number(made)
        return vk_wall.receipt(call.remote_id, self.wall, call)

    def _delete(self, call: Call) -> Receipt:
        try:
            self.api.ask("wall.delete", owner_id=self.wall, post_id=vk_wall.number(call.remote_id))
        except Refused as no:
            if no.reason.code != vk_answers.NOT_THERE or self.observe(call.remote_id, {}).presence is Presence.LIVE:
                raise
        return Receipt(call.remote_id, detail=call.done.get("base", {}))

    @exchange.harmless(WHO)
    def find(self, call: Call) -> Receipt | None:
        if call.part != "post":
            return None  # an upload is seen by nobody, so it is made again
        if call.verb == Verb.PUBLISH:
            found = vk_wall.ours(self.api.posted(call.since), call)
            return vk_wall.receipt(str(found["id"]), self.wall, call) if found else None
        items = self.api.posts([call.remote_id])
        gone = vk_wall.live(items, "").presence is Presence.GONE
        done = gone if call.verb == Verb.DELETE else not gone and vk_wall.is_ours(items[0], call.post)
        return vk_wall.receipt(call.remote_id, self.wall, call) if done else None

    @exchange.harmless(WHO)
    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        return vk_wall.live(self.api.posts([remote_id]), vk_wall.address(self.wall, remote_id))

    @exchange.harmless(WHO)
    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        found = {str(item.get("id")): vk_wall.counts(item) for item in self.api.posts(remote_ids)}
        for row in self.api.reach(list(found)) if found else []:
            found.get(str(row.get("post_id")), {}).update(vk_wall.reach(row))
        return found

    @exchange.harmless(WHO)
    def comments(self, remote_id: str) -> list[Remark]:
        remarks = (vk_wall.remark(item, remote_id) for item in self.api.comments(remote_id) if not item.get("deleted"))
        return sorted(remarks, key=lambda remark: (remark.at, int(remark.remote_id)))

    @exchange.harmless(WHO)
    def audience(self) -> dict[str, int]:
        members = self.api.community("members_count").get("members_count")
        return {"members": members} if isinstance(members, int) else {}

    @exchange.harmless(WHO)
    def check(self) -> None:
        if self.api.community("can_post").get("can_post") == 0:
            raise Refused(because(vk_answers.NO_POSTING, code="no_posting", said="can_post = 0"))
        self.api.look(
            "photos.getWallUploadServer", group_id=-self.wall
        )  # asks for the right to photos, uploads nothing
