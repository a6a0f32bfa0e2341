"""Dropped pictures: each looked at by itself, and put into the company's folder of pictures. It knows no Prefect."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from integrations.errors import Refused
from models.content import Problem, fingerprint
from models.desk.drop import PictureFound, PicturesFound, Said
from models.dropped import DropKind
from models.locale import mark, translate
from models.reason import Reason, because
from tasks.content.pictures import BYTES_MAX, TOO_HEAVY, read_picture
from tasks.content.plan import unheard
from tasks.dropping.looks import Look
from tasks.dropping.shelf.engine import exchange, print_of, standing
from tasks.house import House
from tasks.loading.engine import PICTURES, Tick

NOT_ONE = mark("None of these files is a picture that can be used. What is wrong with each stands below.")
SUFFIXES = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/webp": (".webp",), "image/gif": (".gif",)}


def look_at_pictures(at: House, files: Mapping[str, Path], tick: Tick = unheard) -> Look:
    """What each of these pictures is, by its name, and whether another of that name is in the folder."""
    found: list[PictureFound] = []
    for number, (name, path) in enumerate(files.items()):
        tick(number)
        found.append(_looked_at(at, name, path, {picture.kept_as for picture in found if not picture.problem}))
    sound = [picture for picture in found if not picture.problem]
    seen = fingerprint([(p.kept_as, p.stands, print_of(standing(at, _place(p.kept_as)))) for p in sound])
    refusal = because(NOT_ONE, code="no_picture") if not sound else Reason()
    return Look(kind=DropKind.PICTURES, found=PicturesFound(pictures=tuple(found)), seen=seen, refusal=refusal,
                total=len(files))  # fmt: skip


def _looked_at(at: House, name: str, path: Path, taken: Collection[str]) -> PictureFound:
    size = path.stat().st_size
    if size > BYTES_MAX:  # too heavy even to be opened
        words = {"size": size // 1_000_000, "limit": BYTES_MAX // 1_000_000}
        return PictureFound(name=name, kept_as=name, size=size, problem=because(TOO_HEAVY, code="too_heavy", **words))
    picture = read_picture(data := path.read_bytes(), name)
    if isinstance(picture, Problem):
        return PictureFound(name=name, kept_as=name, size=size, problem=picture.reason)
    kept_as = _named(name, picture.media_type)
    kept_as = _beside(kept_as, data) if kept_as in taken else kept_as
    former = standing(at, _place(kept_as))
    return PictureFound(
        name=name, kept_as=kept_as, size=size, width=picture.width, height=picture.height,
        stands=former is not None and former != data, same=former == data,
    )  # fmt: skip


def _named(name: str, media_type: str) -> str:
    """A name that ends in what the picture is, whatever it was called."""
    endings = SUFFIXES[media_type]
    return name if name.lower().endswith(endings) else f"{Path(name).stem}{endings[0]}"


def _place(name: str) -> str:
    return f"{PICTURES}/{name}"


def put_pictures(
    at: House, files: Mapping[str, Path], seen: str, replaced: Collection[str], both: Collection[str]
) -> Said:
    """Put the sound ones into the folder: a name that stands there is replaced, or kept beside, as was said.

    Raises Refused where the folder is another by now; what was put by then stays, and putting it again changes nothing.
    """
    look = look_at_pictures(at, files)
    found = look.found.pictures if isinstance(look.found, PicturesFound) else ()
    if seen and look.seen != seen:
        raise Refused(because(OTHER_PICTURES, code="changed"))
    chosen = [picture for picture in found if not picture.problem]
    wanted = [p for p in chosen if not p.stands or p.kept_as in replaced or p.kept_as in both]
    names = []
    for picture in wanted:
        data = files[picture.name].read_bytes()
        name = _beside(picture.kept_as, data) if picture.stands and picture.kept_as in both else picture.kept_as
        exchange(at, _place(name), data, print_of(standing(at, _place(name))))
        names.append(name)
    return Said(done=len(names), total=len(chosen), told=translate(PUT, names=", ".join(names)) if names else "")


def _beside(name: str, data: bytes) -> str:
    """Another name for the same name: by what is in it, so that the same picture gets the same one again."""
    path = Path(name)
    return f"{path.stem}-{hashlib.sha256(data).hexdigest()[:6]}{path.suffix}"


OTHER_PICTURES = mark("The folder of pictures was changed meanwhile, so nothing was put there. Look again and say yes.")
PUT = mark("In the folder of pictures now: {names}.")
