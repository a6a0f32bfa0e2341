"""A file's name as somebody's computer gave it, made one that any computer takes. Pure."""

import unicodedata
from pathlib import PurePosixPath

LONGEST = 100  # characters: of two bytes each they still fit where 255 bytes may
UNNAMED = "file"
NOT_IN_NAMES = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


def safe_name(given: str) -> str:
    """The name without folders, control characters and hiding dots; what no system may call a file is called else."""
    last = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
    name = " ".join(plain.translate(NOT_IN_NAMES).split()).lstrip("~$. ").rstrip(". ")
    stem, suffix = PurePosixPath(name).stem or UNNAMED, PurePosixPath(name).suffix
    if stem.partition(".")[0].casefold() in RESERVED:
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(suffix[:20])].rstrip('. ')}{suffix[:20]}"
