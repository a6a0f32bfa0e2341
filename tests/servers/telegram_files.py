"""Files that were sent to Telegram: what they are, what may be sent, how they are shown in a message."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tests.servers.calls import Refusal
from tests.servers.contract import Wrong
from tests.servers.forms import Upload
from tests.servers.pictures import Measured, measure

PHOTO_BYTES = 10 * 1000 * 1000
FILE_BYTES = 50 * 1000 * 1000
SIDES_SUM = 10_000
RATIO = 20
SIZES = ((90, "s"), (320, "m"), (800, "x"), (1280, "y"))
MIME = {".mp4": "video/mp4", ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}
INSIDE = {"photo": "photos", "video": "videos", "document": "documents", "audio": "music"}


@dataclass(frozen=True)
class Kept:
    """A file as it is kept: `media` is what a message shows of it, `digest` the hash of its bytes."""

    kind: str
    media: Any
    digest: str
    data: bytes


class Files:
    """Files by their file_id. The same bytes have the same file_unique_id; every upload has its own file_id."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._paths: dict[str, Kept] = {}
        self._uploads = 0

    def take(self, kind: str, given: Upload | str, sizes: dict[str, int]) -> Kept:
        """Accept an upload, or find a file that was sent before. `sizes` are a video's."""
        if isinstance(given, Upload):
            return self._upload(kind, given, sizes)
        if given.startswith(("http://", "https://")):
            raise Refusal(400, "Bad Request: failed to get HTTP URL content")
        if given not in self._kept or self._kept[given].kind != kind:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        return self._kept[given]

    def file(self, file_id: str) -> dict[str, Any]:
        """What getFile tells; the path is where the file can be downloaded from."""
        if file_id not in self._kept:
            raise Refusal(400, "Bad Request: invalid file_id")
        kept = self._kept[file_id]
        path = f"{INSIDE[kept.kind]}/file_{kept.digest[:12]}"
        self._paths[path] = kept
        shown = {"file_id": file_id, "file_unique_id": kept.digest[:16], "file_size": len(kept.data), "file_path": path}
        return shown

    def at(self, path: str) -> bytes | None:
        kept = self._paths.get(path)
        return kept.data if kept else None

    def _upload(self, kind: str, upload: Upload, sizes: dict[str, int]) -> Kept:
        self._uploads += 1
        name = f"{kind[:2].upper()}{self._uploads}-{upload.digest[:20]}"
        if kind == "photo":
            media: Any = _sizes(name, upload, _photo(upload))
        else:
            media = _file(name, upload) | (_video(upload, sizes) if kind == "video" else {})
        kept = Kept(kind, media, upload.digest, upload.data)
        for each in media if kind == "photo" else [media]:
            self._kept[each["file_id"]] = kept
        return kept


def _photo(upload: Upload) -> Measured:
    """Refuse what Telegram would not show as a photo."""
    if len(upload.data) > PHOTO_BYTES:
        raise Wrong(upload.name, f"has {len(upload.data)} bytes, more than {PHOTO_BYTES}", "PHOTO_SAVE_FILE_INVALID")
    measured = measure(upload.data)
    if measured is None:
        raise Wrong(upload.name, "is not a picture", "IMAGE_PROCESS_FAILED")
    if measured.width + measured.height > SIDES_SUM:
        raise Wrong(upload.name, f"has sides of {measured.width} and {measured.height}", "PHOTO_INVALID_DIMENSIONS")
    if measured.ratio > RATIO:
        raise Wrong(upload.name, f"has a ratio of {measured.ratio:.1f}", "PHOTO_INVALID_DIMENSIONS")
    return measured


def _sizes(name: str, upload: Upload, measured: Measured) -> list[dict[str, Any]]:
    """The photo in growing sizes, the last of which is the largest."""
    shown = []
    for side, letter in SIZES:
        width, height = measured.within(side)
        one = {"file_id": f"{name}-{letter}", "file_unique_id": f"{upload.digest[:15]}{letter}"}
        shown.append({**one, "width": width, "height": height, "file_size": max(1, len(upload.data) * side // 1280)})
        if max(measured.width, measured.height) <= side:
            break
    return shown


def _file(name: str, upload: Upload) -> dict[str, Any]:
    if not 0 < len(upload.data) <= FILE_BYTES:
        raise Wrong(upload.name, f"has {len(upload.data)} bytes", "file must be non-empty" if not upload.data else "")
    mime = MIME.get(PurePosixPath(upload.filename).suffix.lower(), "application/octet-stream")
    shown = {"file_id": name, "file_unique_id": upload.digest[:16], "file_size": len(upload.data)}
    return {**shown, "file_name": upload.filename, "mime_type": mime}


def _video(upload: Upload, sizes: dict[str, int]) -> dict[str, Any]:
    return {name: sizes.get(name, 0) for name in ("width", "height", "duration")}
