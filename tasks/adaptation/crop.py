"""A picture made ready for a channel: turned upright, cut, made smaller, without what the camera wrote. Pure.

Bytes in, bytes out: the same bytes in give the same bytes out (for one version of Pillow).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageCms, ImageOps

from integrations.channels.base import Limits
from models.brand import Note, note
from models.locale import mark
from models.post import Picture
from models.reason import Reason, because
from tasks.adaptation.pictures import MIDDLE, Focus, Size, attempts, plan

TOO_MANY_PIXELS = mark("The picture has {width}×{height} pixels, more than {most} million. Save it smaller.")
UNREADABLE = mark("The picture cannot be read ({detail}). Save it anew as JPEG or PNG.")
TOO_HEAVY = mark("The picture does not fit into {limit} bytes even when it is small. Save it smaller.")
ANIMATED = mark("The picture moves; the channel gets its first frame.")

MAX_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
WHITE = (255, 255, 255)

MediaType = Literal["image/jpeg", "image/png"]


class BadPicture(Exception):
    """The picture cannot be made ready; the reason is for the specialist."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


@dataclass(frozen=True)
class Ready:
    """A picture as the channel takes it: what the post says of it, and its bytes."""

    picture: Picture
    data: bytes
    notes: tuple[Note, ...] = ()


def make_ready(data: bytes, limits: Limits, focus: Focus = MIDDLE, alt: str = "") -> Ready:
    """Fit a picture into the channel's limits. Raises BadPicture."""
    image, moves = opened(data)
    shape = plan(Size(*image.size), limits, focus)
    box = shape.box
    cut = image.crop((box.left, box.top, box.right, box.bottom))
    made, media_type, size = first_that_fits(cut, shape.size, limits)
    digest = hashlib.sha256(made).hexdigest()
    picture = Picture(
        sha256=digest, media_type=media_type, width=size.width, height=size.height, size=len(made), alt=alt
    )
    return Ready(picture, made, (note(because(ANIMATED, code="animated")),) if moves else ())


def opened(data: bytes) -> tuple[Image.Image, bool]:
    """The picture upright, in sRGB, with nothing but its pixels; and whether it was one of several frames."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            refuse_bomb(image)
            moves = bool(getattr(image, "is_animated", False))
            return bared(ImageOps.exif_transpose(image)), moves
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        reason = because(UNREADABLE, code="picture", detail=str(bomb))
        raise BadPicture(reason) from bomb
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, OverflowError) as broken:
        raise BadPicture(because(UNREADABLE, code="picture", detail=str(broken))) from broken


def refuse_bomb(image: Image.Image) -> None:
    """A small file may unfold to gigabytes: the header is believed before a pixel is."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise BadPicture(because(TOO_MANY_PIXELS, code="picture", width=width, height=height, most=most))


def bared(image: Image.Image) -> Image.Image:
    """Only the pixels: no place where it was taken, no camera, no profile."""
    clean = in_srgb(image)
    clean.info = {}
    return clean


def in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if "A" in image.getbands() or "transparency" in image.info:
        return image.convert("RGBA")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return turned if turned is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
    return image.convert("RGB")


def first_that_fits(image: Image.Image, size: Size, limits: Limits) -> tuple[bytes, MediaType, Size]:
    """The best encoding that the channel's limit of bytes allows."""
    most = limits.picture_bytes_max
    for made, media_type, smaller in encodings(image, size, limits):
        if most is None or len(made) <= most:
            return made, media_type, smaller
    raise BadPicture(because(TOO_HEAVY, code="picture", limit=most or 0))


def encodings(image: Image.Image, size: Size, limits: Limits) -> Iterator[tuple[bytes, MediaType, Size]]:
    """PNG where something shows through, JPEG of falling quality and size after it."""
    takes_png = "image/png" in limits.picture_types
    takes_jpeg = "image/jpeg" in limits.picture_types
    if takes_png and (image.mode == "RGBA" or not takes_jpeg):
        yield encoded(resized(image, size), "PNG"), "image/png", size
    for smaller, quality in attempts(size, limits):
        if takes_jpeg:
            yield encoded(resized(on_white(image), smaller), "JPEG", quality), "image/jpeg", smaller
        elif smaller != size:
            yield encoded(resized(image, smaller), "PNG"), "image/png", smaller


def on_white(image: Image.Image) -> Image.Image:
    """JPEG shows nothing through: what was transparent becomes white, not black."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def resized(image: Image.Image, size: Size) -> Image.Image:
    wanted = (size.width, size.height)
    return image if image.size == wanted else image.resize(wanted, Image.Resampling.LANCZOS)


def encoded(image: Image.Image, kind: Literal["JPEG", "PNG"], quality: int = 90) -> bytes:
    held = BytesIO()
    if kind == "JPEG":
        image.save(held, "JPEG", quality=quality, optimize=True, subsampling="4:2:0")
    else:
        image.save(held, "PNG", optimize=True)
    return held.getvalue()
