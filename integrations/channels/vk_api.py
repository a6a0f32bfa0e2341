"""The calls of VK's API that a wall needs, each as one question; `Vk` makes a channel of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
from pydantic import SecretStr

from integrations.channels import exchange, vk_answers, vk_wall
from integrations.channels.vk_answers import WHO
from integrations.errors import Refused
from models.post import Picture
from models.reason import because

PAGE = 100
ALLOWANCE = timedelta(minutes=5)  # what VK's clock and ours may differ by


class Api:
    """One community's wall by one key. `wall` is its owner: the number of the community with a minus."""

    def __init__(self, http: httpx.Client, url: str, version: str, token: SecretStr, wall: int) -> None:
        self.http, self.url, self.version, self.token, self.wall = http, url.rstrip("/"), version, token, wall

    def ask(self, method: str, **parameters: Any) -> Any:
        secret = self.token.get_secret_value()
        form = parameters | {"access_token": secret, "v": self.version}
        response = exchange.send(self.http, f"{self.url}/method/{method}", data=form)
        return vk_answers.result(exchange.read(WHO, response), response.status_code, secret)

    def look(self, method: str, **parameters: Any) -> Any:
        with exchange.harmless(WHO):
            return self.ask(method, **parameters)

    def upload(self, picture: Picture, content: bytes) -> str:
        """Put a picture where a post can take it from; nobody sees it yet, so a lost answer is only "not now"."""
        file = (picture.file_name, content, picture.media_type)
        with exchange.harmless(WHO):
            place = vk_answers.upload_url(self.ask("photos.getWallUploadServer", group_id=-self.wall))
            answer = exchange.read(WHO, exchange.send(self.http, place, files={"photo": file}))
            uploaded = vk_answers.uploaded(answer, picture.file_name)
            return vk_answers.attachment(self.ask("photos.saveWallPhoto", group_id=-self.wall, **uploaded))

    def posted(self, since: datetime | None) -> Iterator[Mapping[str, Any]]:
        """The community's posts since then, newest first; without a moment the last hundred, two full days."""
        horizon = (since - ALLOWANCE).timestamp() if since else 0.0
        for offset in count(0, PAGE):
            page = self._page("wall.get", offset, filter="owner")
            yield from vk_wall.posted_since(page, horizon)
            if len(page) < PAGE or since is None or vk_wall.reaches(page, horizon):
                return

    def posts(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        names = ",".join(f"{self.wall}_{vk_wall.number(id)}" for id in ids)
        return vk_answers.items(self.look("wall.getById", posts=names))

    def reach(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Reach is shown only to who may see the statistics; to others it is not available, which is not 0."""
        try:
            return vk_answers.items(self.look("stats.getPostReach", owner_id=self.wall, post_ids=",".join(ids)))
        except Refused:
            return []

    def comments(self, post_id: str, **under: int) -> Iterator[dict[str, Any]]:
        """All comments, and behind each the answers to it; the first ten of these come with it."""
        which = {"post_id": vk_wall.number(post_id), "sort": "asc", **(under or {"thread_items_count": 10})}
        for offset in count(0, PAGE):
            page = self._page("wall.getComments", offset, **which)
            for item in page:
                yield item
                thread = item.get("thread") or {"items": []}
                shown = vk_answers.items(thread)
                whole = len(shown) >= thread.get("count", 0)
                yield from shown if whole else self.comments(post_id, comment_id=int(item["id"]))
            if len(page) < PAGE:
                return

    def _page(self, method: str, offset: int, **parameters: Any) -> list[dict[str, Any]]:
        return vk_answers.items(self.look(method, owner_id=self.wall, count=PAGE, offset=offset, **parameters))

    def community(self, fields: str) -> dict[str, Any]:
        answer = self.look("groups.getById", group_id=-self.wall, fields=fields)
        groups = vk_answers.items(answer.get("groups") if isinstance(answer, dict) else answer)
        if not groups:
            raise Refused(because(vk_answers.NO_COMMUNITY, code="no_chat", number=-self.wall))
        return groups[0]
