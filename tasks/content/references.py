"""Names a person writes, to the keys they mean: by key or title, however capitalised; else the nearest three. Pure."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from models.content import nearest
from models.locale import mark
from models.reason import Reason, because

UNKNOWN = {
    "channels": mark(
        "There is no channel “{value}”. Nearest: {nearest}. Correct the name or add the channel to channels.yaml."
    ),
    "campaigns": mark(
        "There is no campaign “{value}”. Nearest: {nearest}. Correct the name or add the campaign to company.yaml."
    ),
    "goals": mark("There is no goal “{value}”. Nearest: {nearest}. Correct the name or add the goal to company.yaml."),
    "groups": mark(
        "There is no customer group “{value}”. Nearest: {nearest}. Correct the name or add the group to company.yaml."
    ),
    "people": mark(
        "There is no person “{value}”. Nearest: {nearest}. Correct the name or add the person to company.yaml."
    ),
    "pieces": mark("There is no piece “{value}”. Nearest: {nearest}. Correct the name or put the file into pieces."),
    "pictures": mark(
        "There is no picture “{value}”. Nearest: {nearest}. Correct the name or put the file into pictures."
    ),
    "outlets": mark(
        "There is no outlet “{value}”. Nearest: {nearest}. Correct the name or add the outlet to company.yaml."
    ),
    "products": mark("There is no product “{value}” in the product feed. Nearest: {nearest}. Check its id."),
}
NONE_YET = mark("“{value}” is not known: there is nothing of this kind yet. Add it first, then load the file again.")
SEPARATOR = re.compile(r"[,;\n]")
QUOTES = str.maketrans("", "", "«»“”„\"'")


def names(text: str) -> list[str]:
    """Split a cell that lists names, each once and in order."""
    parts = (" ".join(part.split()) for part in SEPARATOR.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def refer(word: str, known: Mapping[str, str]) -> str | None:
    """The key meant by a key or a title."""
    folded = fold(word)
    by_name = {fold(title): key for key, title in known.items() if title} | {fold(key): key for key in known}
    return by_name.get(folded)


def refer_file(word: str, files: Collection[str], suffix: str = "") -> str | None:
    """The file meant by its name, with or without folders before it and `suffix` behind it."""
    name = PurePosixPath(word.replace("\\", "/")).name.casefold()
    by_name = {file.casefold(): file for file in files}
    return by_name.get(word.replace("\\", "/").casefold()) or by_name.get(name) or by_name.get(name + suffix)


def unknown(kind: str, value: str, known: Mapping[str, str] | Collection[str]) -> Reason:
    """Say that nothing of this kind has the name, with the three most like it."""
    if not known:
        return because(NONE_YET, code=f"unknown_{kind}", value=value)
    keys = {title: key for key, title in known.items() if title} if isinstance(known, Mapping) else {}
    near: dict[str, str] = {}
    for name in nearest(value, [*known, *keys], len(known) * 2, 0.0):
        near.setdefault(keys.get(name, name), name)
    return because(UNKNOWN[kind], code=f"unknown_{kind}", value=value, nearest=", ".join(list(near.values())[:3]))


def fold(word: str) -> str:
    """The same word however it is capitalised, quoted, spaced or spelled with ё."""
    return " ".join(word.translate(QUOTES).casefold().replace("ё", "е").split())
