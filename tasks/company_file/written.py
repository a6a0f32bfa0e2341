"""A value as a person would write it into YAML: plain where it can be read back, quoted where it must be. Pure."""

from collections.abc import Mapping
from typing import Any

import yaml

from tasks.company_file.edits import is_empty, said

TEXT = "tag:yaml.org,2002:str"
NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: Any, style: str | None = None, in_flow: bool = False) -> str:
    """One value; `style` is the quote the former one stood in."""
    text = str(said(value))
    if not isinstance(value, str):
        return text
    if style not in ("'", '"') and _is_read_back(text, in_flow):
        return text
    single = "'" + text.replace("'", "''") + "'"
    is_simple = text.isprintable() and text == text.strip()
    return single if is_simple and (style == "'" or '"' in text or "\\" in text) else _double(text)


def _double(text: str) -> str:
    """Quoted, with what cannot be seen or would end the quote escaped as YAML does."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in NAMED:
        return NAMED[char]
    return char if char.isprintable() else f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"


def _is_read_back(text: str, in_flow: bool) -> bool:
    """Whether the plain text is read as this very text, by us and by anybody else's YAML."""
    if not text or not text.isprintable():
        return False
    try:
        node = yaml.compose(f"[{text}]" if in_flow else f"k: {text}\nl: m", Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    whole = [text] if in_flow else [text, "m"]
    read = _scalars(node)
    return [found.value for found in read] == whole and (read[0].tag, read[0].style) == (TEXT, None)


def _scalars(node: yaml.Node | None) -> list[yaml.ScalarNode]:
    inner = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
    inner += node.value if isinstance(node, yaml.SequenceNode) else []
    return [value for value in inner if isinstance(value, yaml.ScalarNode)]


def flow(value: Any) -> str:
    """A value on one line, whatever is in it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {flow(inner)}" for name, inner in filled(value).items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return scalar(value, in_flow=True)


def inline(value: Any, style: str | None = None) -> str:
    """A value behind its name in a block."""
    is_group = isinstance(value, Mapping | list | tuple)
    return flow(value) if is_group else scalar(value, style)


def block(fields: Mapping[str, Any], indent: str, newline: str) -> str:
    """Fields below each other; the first stands where it is put."""
    return f"{newline}{indent}".join(f"{name}: {inline(value)}" for name, value in filled(fields).items())


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not is_empty(value)}
