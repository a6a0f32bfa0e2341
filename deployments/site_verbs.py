"""The verbs of the public pages, done in the house."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from integrations.errors import Refused
from integrations.folder import Folder
from integrations.web.markup import heading, summary
from models.company import ChannelCard, Workspace
from models.database import reading
from models.desk import Face, Visited
from models.site import SitePage
from tasks.adaptation import schema_org
from tasks.house import House
from tasks.subscribing.engine import Subscribing
from tasks.visits import rows as visits

SITE = "site"
LOGO_BYTES_MAX = 2_000_000


def site_card(workspace: Workspace) -> ChannelCard | None:
    """The channel that is the own site; the first one, should there be several."""
    return next((card for card in workspace.channels if card.provider == SITE), None)


def site_path(house: House) -> Path:
    """Where the pages are: where the channel's settings say, else where the house keeps them."""
    card = site_card(house.workspace)
    named = str(card.settings.get("path", "")) if card else ""
    return house.root / named if named else house.var / SITE


class SiteVerbs:
    """What the public pages need."""

    house: House

    def face(self) -> Face:
        workspace = self.house.workspace
        company, card = workspace.company, site_card(workspace)
        settings = card.settings if card else {}
        return Face(
            name=company.name, locale=company.locale, zone=company.zone, synthetic=company.synthetic,
            title=str(settings.get("title", "")), description=str(settings.get("description", "")),
            palette=workspace.brand.palette, fonts=workspace.brand.fonts, logo=self._logo_version(),
            outlets=company.outlets, subscribes=not Subscribing(self.house).closed(),
        )  # fmt: skip

    def logo(self) -> bytes | None:
        name = self._logo_name()
        try:
            return Folder(self.house.root).read(name, LOGO_BYTES_MAX) if name else None
        except Refused:
            return None

    def _logo_name(self) -> str:
        """Only a PNG is shown: what else could a file of that name be?"""
        name = self.house.workspace.brand.logo
        return f"brand/{name}" if name.lower().endswith(".png") else ""

    def _logo_version(self) -> str:
        name = self._logo_name()
        try:
            return f"{Folder(self.house.root).place(name).stat().st_mtime_ns:x}" if name else ""
        except (Refused, OSError):
            return ""

    def is_well(self) -> bool:
        try:
            with reading(self.house.engine) as session:
                return bool(session.execute(text("SELECT 1")).scalar_one())
        except SQLAlchemyError:
            return False

    def address_of(self, code: str) -> str | None:
        with reading(self.house.engine) as session:
            return visits.address_of(session, code)

    def count(self, counted: Sequence[Visited]) -> None:
        with self.house.sessions.begin() as session:
            visits.count(session, counted)

    def schema_org(self, page: SitePage, url: str, pictures: Sequence[str]) -> str:
        company = self.house.workspace.company
        post = page.post.model_copy(update={"title": heading(page.post), "description": summary(page.post)})
        said = schema_org.article(post, url, page.published_at, company.name, pictures, company.locale)
        return schema_org.script([said, *schema_org.products(post, pictures)])
