"""How a piece would look with what is being typed, in every channel it goes to; nothing is kept of it. No Prefect."""

from collections.abc import Sequence
from datetime import date

from integrations.errors import Failure
from integrations.folder import Folder
from models.desk import Proof
from models.desk.piece import Fields, Look
from models.editing import TEXT_MAX
from models.manuscript import Manuscript
from models.piece import Piece
from models.post import Picture
from tasks.adaptation.engine import Shop, composed, shop_of, spoken_to
from tasks.content.rows import Work
from tasks.editing.engine import PICTURES, Editing
from tasks.house import House
from tasks.styling.engine import styled_manuscript

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
OF_THE_PICTURE = "picture"  # what a picture lacks is mended when it is made ready for the channel


def looks_of(at: House, piece: Piece, present: Manuscript, typed: Fields) -> list[Look]:
    """Every channel's version of what is typed, styled and counted as the channel counts."""
    manuscript, _, _ = styled_manuscript(_typed(at, present, typed), at.workspace.brand, at.workspace.company.locale)
    work = Work(piece.id or 0, 0, manuscript, piece.number or "", manuscript.title, piece.author, typed.campaign)
    shop = shop_of(at)
    cards = {card.key: card for card in spoken_to(at)}
    return [_look(at, work, account, shop) for account in typed.channels if account in cards]


def _look(at: House, work: Work, account: str, shop: Shop) -> Look:
    card = next(card for card in spoken_to(at) if card.key == account)
    made, _ = composed(at, card, work, shop, work.manuscript.pictures)
    notes = tuple(note for note in made.notes if note.reason.code != OF_THE_PICTURE)
    proof = Proof(
        rendition_id=0, subject="", version="", title=work.title, number=work.number, account=account,
        channel=card.title, provider=card.provider, post=made.post, notes=notes, by_hand=made.by_hand,
    )  # fmt: skip
    problems = tuple(note.reason for note in notes if note.is_problem)
    return Look(account=account, channel=card.title, proof=proof, problems=problems)


def _typed(at: House, present: Manuscript, typed: Fields) -> Manuscript:
    new = {
        "title": typed.title, "body": typed.text[: TEXT_MAX * 2], "description": typed.description,
        "pictures": tuple(_pictures(at, present, typed)), "channels": typed.channels,
        "offer_until": _day(typed.offer_until),
    }  # fmt: skip
    return present.model_copy(update=new)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None  # said where it is saved


def _pictures(at: House, present: Manuscript, typed: Fields) -> Sequence[Picture]:
    found: list[Picture] = []
    for one in typed.pictures:
        try:
            found.append(Editing(at).picture(one, present.pictures))
        except Failure:
            continue  # said where it is saved
    return found


def files(at: House) -> tuple[str, ...]:
    """The company's own pictures by their names."""
    return tuple(Folder(at.root).names(PICTURES, SUFFIXES))
