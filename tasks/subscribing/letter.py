"""The letter that asks whoever owns an address to confirm it: one document a language, with nothing to sell. Pure."""

from dataclasses import asdict
from typing import Literal

from models.company import Workspace
from models.content import fingerprint
from models.locale import mark
from models.mail_document import MailDocument
from models.mailers import MailerCard
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.composing.starters import document
from tasks.subscribing.links import CONFIRM

TITLE = mark("Confirming an address")
FIELDS = frozenset({"name", CONFIRM})
Language = Literal["ru", "en"]


def written(language: str, key: str, title: str, card: MailerCard, public_url: str) -> MailDocument:
    said: Language = "ru" if language == "ru" else "en"
    return document("confirm", said, public_url, key, title, card.sender, card.sender_name)


def materials(workspace: Workspace, public_url: str, logo: str) -> Materials:
    """What the letter is made with: the company as its files have it; `logo` is its public address."""
    company = workspace.company
    return Materials(
        workspace.brand, Imprint(company.name, site=public_url), Doors.at(public_url), logo, fields=FIELDS,
        currency=company.currency,
    )  # fmt: skip


def print_of(said: MailDocument, made_with: Materials) -> str:
    """What is different whenever the letter would be: by it a version is known."""
    return fingerprint([
        said.model_dump(mode="json"), made_with.brand.model_dump(mode="json"), asdict(made_with.imprint),
        asdict(made_with.doors), made_with.logo,
    ])  # fmt: skip


def mailer_of(workspace: Workspace, named: str) -> MailerCard | None:
    """Who sends it: the mailer that is named, else the first that is on; it must say as whom it sends."""
    return next(
        (card for card in workspace.mailers if card.enabled and card.sender and named in ("", card.key)), None
    )  # fmt: skip
