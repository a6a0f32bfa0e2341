"""The own site as a channel: every post is a page that our web process serves.

There is no API behind it: a page is a file, named by the key of the call, so that a repeated call finds what the former
one made. Views and clicks are counted by the web process, not asked for here.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field

from integrations.channels import law
from integrations.channels.base import Call, Capabilities, Limits, Live, OpenPicture, Part, Presence, Receipt, Remark
from integrations.channels.exchange import ProviderSettings, opened
from integrations.channels.folder_disk import said
from integrations.channels.folder_post import folder_name, is_plain
from integrations.channels.measure import refuse_misfit
from integrations.errors import Refused, Unsupported
from integrations.site_pages import SitePages
from models.delivery import Verb
from models.locale import mark
from models.post import Picture, Post
from models.reason import because
from models.site import SitePage

NO_PAGE = mark("There is no page {id} on the site. It may have been removed by hand; publish it anew.")
COUNTED_BY_US = mark("The site's views and clicks are counted by Otdel itself; there is nobody to ask.")
NO_COMMENTS = mark("The site has no comments.")
NO_AUDIENCE = mark("The site has no members to count.")


class SiteSettings(ProviderSettings):
    path: str = Field(
        "site", min_length=1, title=mark("Folder"), description=mark("Where the pages are kept. Leave it as it is.")
    )
    url: str = Field(
        "", pattern=r"^(https?://\S+)?$", title=mark("Address of the site"),
        description=mark("Where people open it, for example https://www.example.org. Empty: the public address."),
    )  # fmt: skip
    title: str = Field("", title=mark("Name of the site"), description=mark("Stands at the top of every page."))
    description: str = Field(
        "", title=mark("About the site"), description=mark("A sentence or two for the first page and for search.")
    )


class Site:
    name: ClassVar[str] = "site"
    title: ClassVar[str] = mark("Own site")
    Settings: ClassVar[type[BaseModel]] = SiteSettings
    limits: ClassVar[Limits] = Limits(
        title_max=110,  # what Google asks of a schema.org headline (2026-11-21)
        description_max=200,  # search engines show about 160 of them, networks up to 200 (2026-11-21)
        pictures_max=30, picture_bytes_max=1_500_000, picture_sides_sum_max=4000,
        picture_types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
        markup=frozenset({"bold", "italic", "strike", "code", "link"}), html=True,
    )  # fmt: skip
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset(Verb),
        key_valid_for=timedelta(days=36_500),  # as long as the site stands
        finds=True, observes=True, advertising={"RU": law.LABELLED},
    )  # fmt: skip

    def __init__(self, settings: SiteSettings, http: httpx.Client, open_picture: OpenPicture) -> None:
        self.url, self.open_picture = settings.url.rstrip("/"), open_picture
        self.path = Path(settings.path).expanduser()
        self.pages = SitePages(self.path)

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        return (Part("post", repeatable=True),)  # by its key a second publication is the first one

    def act(self, call: Call) -> Receipt:
        with said(self.path):
            if call.verb == Verb.DELETE:
                self.pages.delete(self._known(call.remote_id))
                return Receipt(call.remote_id)
            refuse_misfit(call.post, self.limits)
            for picture in call.post.pictures:
                opened(self.open_picture, picture)  # the page shows it from the media store: it has to be there
            return self._receipt(self._edit(call) if call.verb == Verb.EDIT else self._publish(call))

    def _publish(self, call: Call) -> SitePage:
        return self.pages.publish(folder_name(call.key), call.post)

    def _edit(self, call: Call) -> SitePage:
        page = self.pages.edit(self._known(call.remote_id), call.post)
        if page is None:
            raise Refused(because(NO_PAGE, code="unknown_post", id=call.remote_id))
        return page

    @staticmethod
    def _known(id: str) -> str:
        if is_plain(id):
            return id
        raise Refused(because(NO_PAGE, code="unknown_post", id=id))

    def _receipt(self, page: SitePage) -> Receipt:
        return Receipt(page.key, self._address(page), {"slug": page.slug})

    def _address(self, page: SitePage) -> str:
        return f"{self.url}/p/{page.slug}" if self.url else self.path.absolute().as_uri() + f"/pages/{page.key}.json"

    def find(self, call: Call) -> Receipt | None:
        with said(self.path):
            key = self._known(call.remote_id) if call.remote_id else folder_name(call.key)
            page = self.pages.read(key)
        if call.verb == Verb.DELETE:
            return None if page else Receipt(call.remote_id)
        found = page and (call.verb == Verb.PUBLISH or page.post == call.post)
        return self._receipt(page) if page and found else None

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        with said(self.path):
            page = self.pages.read(self._known(remote_id))
        if page is None:
            return Live(Presence.GONE)
        return Live(Presence.LIVE, page.post.text, sum(map(self._shows, page.post.pictures)), self._address(page))

    def _shows(self, picture: Picture) -> bool:
        try:
            return bool(opened(self.open_picture, picture))
        except Refused:
            return False

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        raise Unsupported(because(COUNTED_BY_US, code="counted_by_us"))

    def comments(self, remote_id: str) -> list[Remark]:
        raise Unsupported(because(NO_COMMENTS, code="no_comments"))

    def audience(self) -> dict[str, int]:
        raise Unsupported(because(NO_AUDIENCE, code="no_audience"))

    def check(self) -> None:
        with said(self.path):
            self.pages.try_writing()
