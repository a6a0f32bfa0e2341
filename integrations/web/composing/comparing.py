"""What is different between two letters, block by block, for whoever was overtaken. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.web.composing.draft import written
from integrations.web.composing.fields import BAND, KINDS, OF_VARIANT, TYPED, Field, Sort, fields_of, inner_blocks
from models.locale import mark, translate

ORDER = mark("The order of the blocks")
YES, NO = mark("yes"), mark("no")


@dataclass(frozen=True)
class Different:
    """One thing that the two say differently; `title` is an English msgid, an empty text: not there at all."""

    variant: str
    title: str
    id: str
    theirs: str
    mine: str


def different(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> list[Different]:
    """Subjects, blocks and their order; what only one of them has is compared with nothing."""
    names = sorted({str(one.get("name")) for letter in (theirs, mine) for one in letter.get("variants", ())})
    return [found for name in names for found in _variants(name, _variant(theirs, name), _variant(mine, name))]


def _variant(letter: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next((one for one in letter.get("variants", ()) if one.get("name") == name), {})


def _variants(name: str, theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Iterator[Different]:
    for one in OF_VARIANT:
        before, now = str(theirs.get(one.name, "")), str(mine.get(one.name, ""))
        if before != now:
            yield Different(name, one.title, "", before, now)
    there = {str(block["id"]): block for block in theirs.get("blocks", ())}
    here = {str(block["id"]): block for block in mine.get("blocks", ())}
    for id in dict.fromkeys([*there, *here]):
        before, now = _said(there.get(id), here.get(id)), _said(here.get(id), there.get(id))
        if before != now:
            kind = str((here.get(id) or there[id])["kind"])
            yield Different(name, KINDS[kind].title if kind in KINDS else kind, id, before, now)
    if [id for id in there if id in here] != [id for id in here if id in there]:
        yield Different(name, ORDER, "", ", ".join(there), ", ".join(here))


def _said(block: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """What a block says that the other does not; all that is typed in it where there is no other."""
    if block is None:
        return ""
    inside, elsewhere = dict(inner_blocks(block)), dict(inner_blocks(other or {"id": block["id"]}))
    lines = [
        *_fields(block, other),
        *(line for path, one in inside.items() for line in _fields(one, elsewhere.get(path))),
    ]
    if (block.get("shown_to") or {}) != ((other or {}).get("shown_to") or {}):
        lines.append(", ".join(key for keys in (block.get("shown_to") or {}).values() for key in keys))
    return "\n".join(line for line in lines if line) or (str(block["kind"]) if other is None else "")


def _fields(block: Mapping[str, Any], other: Mapping[str, Any] | None) -> Iterator[str]:
    for one in (*fields_of(str(block["kind"])), BAND):
        said = written(block, one)
        if other is None and one.sort in TYPED:
            yield said
        elif other is not None and said != written(other, one):
            yield said if one.sort in TYPED else f"{translate(one.title)}: {_chosen(one, said)}"


def _chosen(one: Field, said: str) -> str:
    ticked = {str(True): YES, str(False): NO}
    return translate((ticked if one.sort is Sort.TICK else dict(one.choices)).get(said, said))
