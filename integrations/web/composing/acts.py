"""What is done to a draft by its buttons: blocks added, moved, copied, taken out and put back; variants. Pure."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from integrations.web.composing.draft import OF_TEXT, Draft, usual
from integrations.web.composing.fields import KINDS, OF_VARIANT, inner_blocks, personal_of, place
from models.locale import mark, spoken, translate

NAMES = ("A", "B", "C")
COLUMNS_MOST = 4
NEW_HEADING, NEW_TEXT = mark("[Heading]"), mark("[What you have to say]")
NEW_LABEL, NEW_GIFT, NEW_NAME = mark("[Words on the button]"), mark("[What it gives]"), mark("[Name]")
NEW_SUBJECT = mark("[Subject of the letter]")

Blocks = list[dict[str, Any]]


def act(draft: Draft, do: str, given: Mapping[str, str], site: str) -> Draft:
    """The draft after a button was pressed; one that is not known, or does not fit any more, changes nothing.

    `given` are the fields that stand beside buttons; `site` is where a new button leads.
    """
    verb, _, rest = do.partition(":")
    done = ACTS[verb](draft, rest, given, site) if verb in ACTS else None
    return replace(done, changed=True) if done else draft


def made(kind: str, language: str, site: str) -> dict[str, Any]:
    """A new block: with words in square brackets where somebody has to say something."""
    with spoken(language):
        words: dict[str, dict[str, Any]] = {
            "heading": {"text": translate(NEW_HEADING)}, "text": {"text": translate(NEW_TEXT)},
            "button": {"label": translate(NEW_LABEL), "link": site}, "picture": {"source": ""},
            "products": {"ids": [], "top": 4},
            "coupon": {"gives": translate(NEW_GIFT), "terms": "{{ coupon.terms }}", "qr": "{{ coupon.qr }}"},
            "signature": {"name": translate(NEW_NAME)},
            "social": {"links": [{"title": translate(NEW_NAME), "link": site}]},
            "columns": {"columns": [{"blocks": [{"kind": "text", "text": translate(NEW_TEXT)}]} for _ in range(2)]},
        }  # fmt: skip
    return {"kind": kind, **usual(kind), **words.get(kind, {})}


def _add(draft: Draft, kind: str, given: Mapping[str, str], site: str) -> Draft | None:
    if kind not in KINDS:
        return None
    block = made(kind, _language(draft), site) | {"id": free_id(draft.blocks, kind)}
    draft.blocks.insert(_after(draft.blocks, given.get("after", "")), block)
    return replace(draft, opened=block["id"])


def _language(draft: Draft) -> str:
    return str(draft.document.get("language", "ru"))


def _after(blocks: Blocks, id: str) -> int:
    """The place behind a block; without one the end, but before the legal lines if they stand there."""
    if id == "@first":
        return 0
    if (found := _place(blocks, id)) is not None:
        return found + 1
    return len(blocks) - 1 if blocks and blocks[-1]["kind"] == "footer" else len(blocks)


def free_id(blocks: Blocks, kind: str) -> str:
    taken = {block["id"] for block in blocks}
    return next(id for number in range(1, len(blocks) + 2) if (id := f"{kind}-{number}") not in taken)


def _place(blocks: Blocks, id: str) -> int | None:
    return next((place for place, block in enumerate(blocks) if block["id"] == id), None)


def _row(draft: Draft, path: str) -> tuple[Blocks, int] | None:
    """The blocks among which the one at this way stands, and its place there."""
    id, _, inner = path.partition(".")
    found = _place(draft.blocks, id)
    if found is None or not inner:
        return None if found is None else (draft.blocks, found)
    column, _, number = inner.partition(".")
    columns = draft.blocks[found].get("columns", [])
    if not (column.isdecimal() and number.isdecimal() and int(column) < len(columns)):
        return None
    blocks: Blocks = columns[int(column)]["blocks"]
    return (blocks, int(number)) if int(number) < len(blocks) else None


def _moved(by: int) -> Callable[..., Draft | None]:
    def move(draft: Draft, path: str, given: Mapping[str, str], site: str) -> Draft | None:
        row = _row(draft, path)
        if row is None or not 0 <= row[1] + by < len(row[0]):
            return None
        row[0].insert(row[1] + by, row[0].pop(row[1]))
        return replace(draft, opened=path.partition(".")[0])

    return move


def _copy(draft: Draft, path: str, given: Mapping[str, str], site: str) -> Draft | None:
    row = _row(draft, path)
    if row is None:
        return None
    copied = deepcopy(row[0][row[1]])
    if "." not in path:
        copied["id"] = free_id(draft.blocks, copied["kind"])
    row[0].insert(row[1] + 1, copied)
    return replace(draft, opened=copied["id"] if "." not in path else path.partition(".")[0])


def _take_out(draft: Draft, path: str, given: Mapping[str, str], site: str) -> Draft | None:
    row = _row(draft, path)
    if row is None or (len(row[0]) == 1 and "." in path):
        return None  # a column without anything is no column: the column is taken out instead
    block = row[0].pop(row[1])
    behind = row[0][row[1]].get("id", "") if row[1] < len(row[0]) else ""
    return replace(
        draft, removed={"path": path, "block": block, "variant": draft.variant, "before": behind}, opened=""
    )  # fmt: skip


def _put_back(draft: Draft, rest: str, given: Mapping[str, str], site: str) -> Draft | None:
    """The block that was taken out last comes back where it stood, as far as that place is still there."""
    path, block = draft.removed.get("path"), draft.removed.get("block")
    if not isinstance(path, str) or not isinstance(block, dict) or draft.removed.get("variant") != draft.variant:
        return None
    id, _, inner = path.partition(".")
    if inner:
        column, _, number = inner.partition(".")
        row = _row(draft, f"{id}.{column}.0")
        if row is None or not number.isdecimal():
            return None
        row[0].insert(min(int(number), len(row[0])), block)
    else:
        before = draft.removed.get("before")
        place = _place(draft.blocks, before) if isinstance(before, str) else None
        draft.blocks.insert(len(draft.blocks) if place is None else place, block)
    return replace(draft, removed={}, opened=id)


def _add_inner(draft: Draft, rest: str, given: Mapping[str, str], site: str) -> Draft | None:
    """Something into a column: `rest` is the way to the column, then the kind."""
    path, _, kind = rest.partition(":")
    row = _row(draft, f"{path}.0")
    if row is None or kind not in KINDS or not KINDS[kind].in_columns:
        return None
    row[0].append(made(kind, _language(draft), site))
    return replace(draft, opened=path.partition(".")[0])


def _more_columns(draft: Draft, id: str, given: Mapping[str, str], site: str) -> Draft | None:
    found = _place(draft.blocks, id)
    columns = draft.blocks[found].get("columns", []) if found is not None else []
    if not 0 < len(columns) < COLUMNS_MOST:
        return None
    columns.append({"blocks": [made("text", _language(draft), site)]})
    return replace(draft, opened=id)


def _fewer_columns(draft: Draft, path: str, given: Mapping[str, str], site: str) -> Draft | None:
    id, _, number = path.partition(".")
    found = _place(draft.blocks, id)
    columns = draft.blocks[found].get("columns", []) if found is not None else []
    if len(columns) <= 2 or not number.isdecimal() or int(number) >= len(columns):
        return None
    columns.pop(int(number))
    return replace(draft, opened=id)


def _personal(draft: Draft, path: str, given: Mapping[str, str], site: str) -> Draft | None:
    """Put a personal place behind what a field says."""
    target = draft.here if path == OF_TEXT else next((b for b in _all(draft) if b[0] == path), ("", None))[1]
    fields = OF_VARIANT if path == OF_TEXT else personal_of(str(target["kind"])) if target else ()
    named = next((one for one in fields if one.name == given.get("where")), fields[0] if fields else None)
    if target is None or named is None or not given.get("place"):
        return None
    said = str(target.get(named.name, "")).rstrip()
    put = place(given["place"], given.get("else", ""))
    target[named.name] = f"{said} {put}" if said else put
    return replace(draft, opened="" if path == OF_TEXT else path.partition(".")[0])


def _all(draft: Draft) -> list[tuple[str, Any]]:
    blocks = [(str(block["id"]), block) for block in draft.blocks]
    return blocks + [inner for _, block in blocks for inner in inner_blocks(block)]


def _new_variant(draft: Draft, rest: str, given: Mapping[str, str], site: str) -> Draft | None:
    """Another variant, like the one that is looked at: then only what is to be tried is changed."""
    taken = {one.get("name") for one in draft.variants}
    free = [name for name in NAMES if name not in taken]
    if not free:
        return None
    draft.variants.append(deepcopy(draft.here) | {"name": free[0]})
    draft.variants.sort(key=lambda one: str(one.get("name")))
    return replace(draft, variant=free[0], removed={})


def _fewer_variants(draft: Draft, name: str, given: Mapping[str, str], site: str) -> Draft | None:
    if len(draft.variants) < 2 or all(one.get("name") != name for one in draft.variants):
        return None
    left = [one for one in draft.variants if one.get("name") != name]
    draft.document["variants"] = left
    return replace(draft, variant=str(left[0].get("name")), removed={})


def _to_blocks(draft: Draft, rest: str, given: Mapping[str, str], site: str) -> Draft | None:
    """A designer's letter is put aside, and the variant is made of blocks again."""
    if not draft.here.get("finished"):
        return None
    draft.here["finished"] = None
    draft.blocks[:] = [made(kind, _language(draft), site) | {"id": f"{kind}-1"} for kind in ("heading", "text")]
    return draft


ACTS: Mapping[str, Callable[[Draft, str, Mapping[str, str], str], Draft | None]] = {
    "add": _add, "up": _moved(-1), "down": _moved(1), "copy": _copy, "remove": _take_out,
    "undo": _put_back, "inner": _add_inner, "column": _more_columns, "uncolumn": _fewer_columns, "place": _personal,
    "variant": _new_variant, "unvariant": _fewer_variants, "blocks": _to_blocks,
}  # fmt: skip
