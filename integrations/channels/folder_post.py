"""A post as a file that a person can read: YAML in front, the text exactly as it is behind it. Pure."""

import hashlib
import json
import re
from typing import Any

import yaml

from integrations.errors import Refused
from models.locale import mark
from models.post import Post
from models.reason import because

METRICS = frozenset({"views", "reach", "likes", "comments", "reposts", "clicks"})
BAD_COUNTS = mark('{file}: write whole numbers for some of {names}, as in {{"views": 120}}.')


def written(post: Post) -> str:
    front = post.model_dump(mode="json", exclude={"text", "pictures"}, exclude_defaults=True)
    if post.pictures:
        front["pictures"] = [{"file": picture.file_name, "alt": picture.alt} for picture in post.pictures]
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False) if front else ""
    return f"---\n{head}---\n\n{post.text}\n"


def parsed(file: str) -> tuple[dict[str, Any], str]:
    """The front matter and the text; a file that a person wrote without front matter is all text."""
    head, fence, body = (
        file.removeprefix("---\n").partition("---\n") if file.startswith("---\n---\n") else _halves(file)
    )
    try:
        front = yaml.safe_load(head) if fence else None
    except yaml.YAMLError:
        front = None
    text = body if fence else file
    return front if isinstance(front, dict) else {}, text.removeprefix("\n").removesuffix("\n")


def _halves(file: str) -> tuple[str, str, str]:
    return file.removeprefix("---\n").partition("\n---\n") if file.startswith("---\n") else ("", "", file)


def files(front: dict[str, Any]) -> list[str]:
    """The names of the pictures; a name that leads out of the folder is none."""
    listed = front.get("pictures")
    named = [str(each.get("file", "")) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [name for name in named if name and is_plain(name)]


def metrics(content: str, file: str) -> dict[str, int]:
    """What a person counted. Raises Refused with the file's name for anything else than known whole numbers."""
    try:
        counts = json.loads(content)
    except ValueError:
        counts = None
    if (
        isinstance(counts, dict)
        and counts.keys() <= METRICS
        and all(type(count) is int and count >= 0 for count in counts.values())
    ):
        return counts
    raise Refused(because(BAD_COUNTS, code="bad_counts", file=file, names=", ".join(sorted(METRICS))))


def is_plain(name: str) -> bool:
    """Whether it is a name inside a folder, and not a way to another one."""
    return re.fullmatch(r"[\w-][\w.-]{0,149}", name) is not None


def folder_name(key: str) -> str:
    return key if is_plain(key) else hashlib.sha256(key.encode()).hexdigest()[:32]
