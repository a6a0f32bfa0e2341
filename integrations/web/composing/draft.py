"""A letter as it is being typed: the fields of a form on top of what stood there, saved or not. Pure.

Nothing is refused here: what cannot be taken stays in the draft as it was typed, and `objections` say what is wrong.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, get_args

from starlette.datastructures import FormData

from integrations.web.composing.fields import OF_DOCUMENT, OF_VARIANT, Field, Sort, fields_of, inner_blocks
from models.mail_document import Block

OF_LETTER, OF_TEXT = "@letter", "@variant"  # where the fields of the whole document and of a variant stand
SHOWN = ("groups", "except_groups", "has")
BLOCKS_MOST = 200


@dataclass(frozen=True)
class Draft:
    """`seen` is the version it was made from; `removed` the block taken out last; `opened` the one to look at."""

    document: dict[str, Any]
    variant: str = "A"
    seen: int = 0
    removed: Mapping[str, Any] = field(default_factory=dict)
    opened: str = ""
    changed: bool = False

    @property
    def variants(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document.get("variants") or []
        return found

    @property
    def here(self) -> dict[str, Any]:
        """The variant that is looked at; the first where there is none of this name."""
        named = [one for one in self.variants if one.get("name") == self.variant]
        return (named or self.variants or [{}])[0]

    @property
    def blocks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.here.setdefault("blocks", [])
        return found

    def written(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))


def drawn(document: Mapping[str, Any], variant: str, seen: int) -> Draft:
    """A draft of what is saved."""
    draft = Draft(json.loads(json.dumps(document)), variant, seen)
    name = str(draft.here.get("name", "A"))
    return replace(draft, variant=name)


def typed(form: FormData, variant: str, seen: int) -> Draft | None:
    """The draft that a form holds; None where the form is not one of ours."""
    document, removed = _object(_said(form, "base")), _object(_said(form, "removed")) or {}
    if document is None or not _is_whole(document):
        return None
    if not (_is_block(removed.get("block")) or _is_inner(removed.get("block"))):
        removed = {}
    draft = Draft(document, variant, seen, removed, changed=bool(_said(form, "changed")))
    if draft.here.get("name") != variant:
        return None
    before = deepcopy(document)
    _fill(document, OF_DOCUMENT, OF_LETTER, form)
    _fill(draft.here, OF_VARIANT, OF_TEXT, form)
    for block in draft.blocks:
        _fill_block(block, form)
    _put_in_order(draft.blocks, [one for one in form.getlist("order") if isinstance(one, str)])
    return replace(draft, changed=draft.changed or document != before)


def _said(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_whole(document: dict[str, Any]) -> bool:
    """Whether it is built like a letter, whatever it says."""
    variants = document.get("variants")
    if not isinstance(variants, list) or not 0 < len(variants) <= 3:
        return False
    return all(
        isinstance(one, dict) and isinstance(one.get("blocks", []), list) and _are_blocks(one) for one in variants
    )


def _are_blocks(variant: dict[str, Any]) -> bool:
    blocks = variant.setdefault("blocks", [])
    return len(blocks) <= BLOCKS_MOST and all(_is_block(one) for one in blocks)


def _is_block(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not isinstance(one.get("kind"), str):
        return False
    columns = one.get("columns", [])
    if not isinstance(columns, list) or not isinstance(one.get("shown_to", {}), dict):
        return False
    inner = [column.get("blocks") if isinstance(column, dict) else None for column in columns]
    return all(isinstance(blocks, list) and all(_is_inner(block) for block in blocks) for blocks in inner)


def _is_inner(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("kind"), str) and not one.get("columns")


def _fill_block(block: dict[str, Any], form: FormData) -> None:
    where = str(block["id"])
    if where not in form.getlist("order"):
        return
    _fill(block, fields_of(str(block["kind"])), where, form)
    block["band"] = _said(form, f"c:{where}:band") or block.get("band", "paper")
    shown = {name: [one for one in form.getlist(f"c:{where}:{name}") if isinstance(one, str)] for name in SHOWN}
    if any(shown.values()) or any(block.get("shown_to", {}).values()):
        block["shown_to"] = shown
    for path, inner in inner_blocks(block):
        assert isinstance(inner, dict)
        _fill(inner, fields_of(str(inner["kind"])), path, form)
    for number, column in enumerate(block.get("columns", ())):
        share = _said(form, f"c:{where}.{number}:share")
        column["share"] = int(share) if share.isdecimal() and len(share) < 3 else column.get("share", 1)


def _put_in_order(blocks: list[dict[str, Any]], order: list[str]) -> None:
    places = {id: place for place, id in enumerate(order)}
    blocks.sort(key=lambda block: places.get(str(block["id"]), len(places)))


def _fill(target: dict[str, Any], fields: tuple[Field, ...], where: str, form: FormData) -> None:
    for one in fields:
        name = f"{one.prefix}{where}:{one.name}"
        if name in form:
            put(target, one.name, _taken(one, _said(form, name)))
        elif one.sort is Sort.TICK and f"there:{where}" in form:
            put(target, one.name, False)


def put(target: dict[str, Any], name: str, value: Any) -> None:
    """Set what stands at a dotted name; None takes it out, and then the usual holds."""
    *outer, last = name.split(".")
    for step in outer:
        inner = target.get(step)
        target[step] = inner = inner if isinstance(inner, dict) else {}
        target = inner
    if value is None and target.get(last) is not None:
        del target[last]
    elif value is not None:
        target[last] = value


def _taken(one: Field, said: str) -> Any:
    """What is typed as the document keeps it; what cannot be is left as it is, for the objection to name."""
    plain = said.replace("\r\n", "\n").strip()
    match one.sort:
        case Sort.TICK:
            return bool(plain)
        case Sort.NUMBER | Sort.CHOICE:
            return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) < 10 else plain or None
        case Sort.DAY:
            return plain or None
        case Sort.LIST:
            return [line.strip() for line in plain.replace(",", "\n").split("\n") if line.strip()]
        case Sort.LINKS:
            return [_link(line) for line in plain.split("\n") if line.strip()]
    return plain


def _link(line: str) -> dict[str, str]:
    title, _, link = line.strip().rpartition(" ")
    return {"title": title.strip(" —–-:"), "link": link}


def value(target: Mapping[str, Any], one: Field) -> Any:
    """What stands in a field, or what stands there by itself."""
    found: Any = target
    for step in one.name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return usual(str(target.get("kind", ""))).get(one.name) if found is None else found


def written(target: Mapping[str, Any], one: Field) -> str:
    """The same as it is typed."""
    found = value(target, one)
    if found is None:
        return ""
    if one.sort is Sort.LIST and isinstance(found, list | tuple):
        return "\n".join(str(line) for line in found)
    if one.sort is Sort.LINKS and isinstance(found, list | tuple):
        return "\n".join(f"{link.get('title', '')} {link.get('link', '')}".strip() for link in found)
    return str(found)


@cache
def usual(kind: str) -> Mapping[str, Any]:
    """The values that a block has where none are said."""
    union = get_args(Block)[0]
    for model in get_args(union):
        if model.model_fields["kind"].default == kind:
            return {name: one.default for name, one in model.model_fields.items() if isinstance(one.default, str | int)}
    return {}
