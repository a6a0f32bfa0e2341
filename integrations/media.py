"""The media store: pictures by the hash of their bytes, so that a picture is kept once and never changes."""

import hashlib
import os
import tempfile
from pathlib import Path

from integrations.errors import Refused
from models.locale import mark
from models.post import Picture
from models.reason import because

MISSING = mark("The picture “{name}” is not in the media store any more. Adapt the piece again (A7).")


class MediaStore:
    """A folder of files named by SHA-256. A file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, media_type: str, width: int, height: int, alt: str = "") -> Picture:
        """Keep a picture; putting it again changes nothing. Sizes in pixels."""
        digest = hashlib.sha256(data).hexdigest()
        picture = Picture(sha256=digest, media_type=media_type, width=width, height=height, size=len(data), alt=alt)
        path = self.path(picture)
        if not path.exists():
            self._write(path, data)
        return picture

    def path(self, picture: Picture) -> Path:
        return self.root / picture.sha256[:2] / picture.file_name

    def size(self, file_name: str) -> int | None:
        """How many bytes a file of the store has; None where there is none of this name."""
        if not file_name.replace(".", "").isalnum():
            return None
        try:
            return (self.root / file_name[:2] / file_name).stat().st_size
        except OSError:
            return None

    def open(self, picture: Picture) -> bytes:
        try:
            return self.path(picture).read_bytes()
        except OSError as error:
            raise Refused(because(MISSING, code="picture_missing", name=picture.file_name)) from error

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
