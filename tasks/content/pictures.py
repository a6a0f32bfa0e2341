"""Pictures from their bytes: what they are and how large, told by the header before anything is decoded. Pure."""

import hashlib
import io
import struct
import warnings
from collections.abc import Callable
from typing import Literal

from PIL import Image

from models.content import Place, Problem
from models.locale import mark
from models.post import Picture
from models.reason import Reason, because

MEGAPIXELS_MAX = 50
BYTES_MAX = 20_000_000
SIDE_MIN = 2

NOT_A_PICTURE = mark("The file is not a picture. Open it in a viewer and save it as JPEG or PNG.")
OTHER_TYPE = mark("A picture of this type ({kind}) is not taken by the channels. Save it as JPEG or PNG.")
DAMAGED = mark("The picture is damaged or not whole. Save it again from its original.")
TOO_MANY_PIXELS = mark("The picture is {width} × {height} points, more than {limit} million. Make it smaller.")
TOO_HEAVY = mark("The picture has {size} MB, more than {limit} MB. Make it smaller or save it with less quality.")
EMPTY = mark("The file is empty. Put the picture there again.")

MediaType = Literal["image/jpeg", "image/png", "image/webp", "image/gif"]
Size = tuple[int, int]
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that begin a frame
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG markers without a length
TURNED = range(5, 9)  # EXIF orientations that lay the picture on its side
OTHERS = (
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG"),
    (b"8BPS", "PSD"),
)


class NoPicture(Exception):
    """The bytes are no picture that is taken; the reason says why and what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


def read_picture(
    data: bytes, file: str, *, alt: str = "", megapixels: int = MEGAPIXELS_MAX, size: int = BYTES_MAX
) -> Picture | Problem:
    """Look at a picture; its size is as it is seen, turned by its EXIF. A problem where it is none."""
    try:
        media_type, width, height = measure(data, megapixels, size)
        width, height = _decoded(data, media_type, (width, height))
    except NoPicture as error:
        return Problem(place=Place(file=file), reason=error.reason)
    sha256 = hashlib.sha256(data).hexdigest()
    return Picture(sha256=sha256, media_type=media_type, width=width, height=height, size=len(data), alt=alt)


def measure(data: bytes, megapixels: int = MEGAPIXELS_MAX, size: int = BYTES_MAX) -> tuple[MediaType, int, int]:
    """The type and size by the header alone. Raises NoPicture, for one with too many pixels too."""
    if not data:
        raise NoPicture(because(EMPTY, code="empty"))
    if len(data) > size:
        words = {"size": len(data) // 1_000_000, "limit": size // 1_000_000}
        raise NoPicture(because(TOO_HEAVY, code="too_heavy", **words))
    media_type, header = _header(data)
    try:
        width, height = header(data)
    except (struct.error, IndexError, ValueError) as error:
        raise NoPicture(because(DAMAGED, code="damaged")) from error
    if width * height > megapixels * 1_000_000:
        words = {"width": width, "height": height, "limit": megapixels}
        raise NoPicture(because(TOO_MANY_PIXELS, code="too_many_pixels", **words))
    if min(width, height) < SIDE_MIN:
        raise NoPicture(because(DAMAGED, code="damaged"))
    return media_type, width, height


def _header(data: bytes) -> tuple[MediaType, Callable[[bytes], Size]]:
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png", _png
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg", _jpeg
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif", _gif
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", _webp
    kind = "HEIC" if data[4:8] == b"ftyp" else next((kind for head, kind in OTHERS if data.startswith(head)), "")
    raise NoPicture(
        because(OTHER_TYPE, code="other_type", kind=kind) if kind else because(NOT_A_PICTURE, code="no_picture")
    )


def _png(data: bytes) -> Size:
    if data[12:16] != b"IHDR":
        raise ValueError("no IHDR")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> Size:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg(data: bytes) -> Size:
    """The first frame's size; segments before it are passed over by their length (ITU T.81)."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF or marker in ALONE:
            at += 1 if marker == 0xFF else 2
        elif marker in FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)


def _webp(data: bytes) -> Size:
    """The canvas of the three kinds of WebP (RFC 9649)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no frame")


def _decoded(data: bytes, media_type: MediaType, said: Size) -> Size:
    """Decode the first frame, which alone proves a picture; it must be as large as its header said."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warning of bombs: the header was already judged by ours
            with Image.open(io.BytesIO(data), formats=[media_type.removeprefix("image/")]) as picture:
                if picture.size != said:
                    raise NoPicture(because(DAMAGED, code="damaged"))
                turned = picture.getexif().get(0x0112) in TURNED
                picture.load()
    except NoPicture:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,
        Image.DecompressionBombError,
        MemoryError,
    ) as error:
        raise NoPicture(because(DAMAGED, code="damaged")) from error
    return (said[1], said[0]) if turned else said
