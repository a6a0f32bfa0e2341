"""What an uploaded picture really is, read from its bytes. Pure."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError


@dataclass(frozen=True)
class Measured:
    kind: str
    width: int
    height: int

    @property
    def ratio(self) -> float:
        """The longer side over the shorter one."""
        return max(self.width, self.height) / min(self.width, self.height)

    def within(self, side: int) -> tuple[int, int]:
        """The size it has when it is made to fit a square of that side."""
        scale = min(1.0, side / max(self.width, self.height))
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def measure(data: bytes) -> Measured | None:
    """Open and decode; None for what is not a picture or is a damaged one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data)) as picture:
                picture.load()
                return Measured(picture.format or "", picture.width, picture.height)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def drawn(width: int = 64, height: int = 48, kind: str = "PNG", colour: str = "teal") -> bytes:
    """A picture for a test: one colour, of that size and format."""
    data = BytesIO()
    Image.new("RGB", (width, height), colour).save(data, kind)
    return data.getvalue()
