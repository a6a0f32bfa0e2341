"""The text of a file with an edit in it: only the place that is meant is written, the rest stays as it was typed. Pure.

Comments, order, quotes, indents, line ends and empty lines are the person's own, so nothing is written anew from data.
The result is read again and held against what the edit means; where it says anything else, nothing was done.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import yaml

from integrations.documents import compose
from integrations.errors import Refused
from models.content import Effect
from models.locale import mark
from models.reason import because
from tasks.company_file.edits import Add, Change, Edit, Remove, SetField, after, is_empty, place_of, said
from tasks.company_file.written import block, flow, inline

BY_HAND = mark(
    "“{section}” is written in {file} in a way that cannot be changed from here. Change it in the file itself."
)
BOM = "\ufeff"


class Span(NamedTuple):
    """A place in the text, and what comes to stand there."""

    start: int
    end: int
    new: str


def value_of(text: str, file: str) -> dict[str, Any]:
    """What the file says, as texts in lists and groups; an empty file says nothing. Raises Refused."""
    if all(not line or line.startswith("#") for line in map(str.strip, text.splitlines())):
        return {}
    document = compose(text, file)
    for problem in document.problems:
        if problem.effect is Effect.STOPS:
            raise Refused(because("{problem}", code="unreadable", problem=problem))
    value: dict[str, Any] = document.value
    return value


def edited(text: str, edits: Sequence[Edit], file: str) -> str:
    """The text after the edits, each on what the former left. Raises Refused; then nothing of them holds."""
    lead, text = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    value = value_of(text, file)
    for edit in edits:
        written = _spliced(text, edit, value)
        says = _says(written, file)
        if written is None or says is None or said(says) != said(after(value, edit)):
            section = ".".join(edit.path) if isinstance(edit, SetField) else edit.section
            raise Refused(because(BY_HAND, code="by_hand", section=section, file=file))
        text, value = written, says
    return lead + text


def _says(text: str | None, file: str) -> dict[str, Any] | None:
    try:
        return None if text is None else value_of(text, file)
    except Refused:
        return None


def _spliced(text: str, edit: Edit, value: dict[str, Any]) -> str | None:
    root = _nodes(text)
    if root is not None and not isinstance(root, yaml.MappingNode):
        return None
    page = Page(text)
    if isinstance(edit, SetField):
        span = page.set_path(root, edit.path, edit.value)
    elif isinstance(edit, Add):
        span = page.add(root, edit)
    else:
        place = place_of(value, edit.section, edit.where, edit.former)
        return page.at_item(root, edit, place)
    return page.with_(span) if span else None


def _nodes(text: str) -> yaml.Node | None:
    """The places in a text that has been read already."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def _field(group: yaml.Node | None, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    pairs = group.value if isinstance(group, yaml.MappingNode) else []
    return next(((key, inner) for key, inner in pairs if key.value == name), None)


class Page:
    """A text and its places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def with_(self, span: Span) -> str:
        return self.text[: span.start] + span.new + self.text[span.end :]

    def end_of(self, node: yaml.Node) -> int:
        """Where what is written of a node ends: comments and empty lines behind it are not its own."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
            return self.end_of(last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip())

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Behind the line's own end, or the end of the text."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def colon_of(self, key: yaml.Node) -> int:
        """Behind the colon of a field."""
        return self.text.index(":", key.end_mark.index) + 1

    def add(self, root: yaml.MappingNode | None, edit: Add) -> Span | None:
        """A new item behind the last one, written as that one is."""
        found = _field(root, edit.section)
        if found is None:
            return self._new_field(root, edit.section, [edit.item])
        key, items = found
        if isinstance(items, yaml.SequenceNode) and items.value:
            return self._behind(items, edit)
        at = self.end_of(items)
        if root is not None and root.flow_style:
            return Span(self.colon_of(key), at, f" [{flow(edit.item)}]")
        rest = self.text[at : self.line_end(at)]
        item = self._item(edit.item, "  ", "    ")
        return Span(self.colon_of(key), self.line_end(at), f"{self._ended(rest)}{item}{self.newline}")

    def _behind(self, items: yaml.SequenceNode, edit: Add) -> Span:
        last = items.value[-1]
        at = self.end_of(last)
        if items.flow_style:
            return Span(at, at, f", {flow(edit.item)}")
        dash, line_end = " " * items.start_mark.column, self.line_end(at)
        in_line = isinstance(last, yaml.CollectionNode) and last.flow_style
        written = f"{dash}- {flow(edit.item)}" if in_line else self._item(edit.item, dash, dash + "  ")
        return Span(line_end, line_end, self._ended("", self.text[:line_end]) + written + self.newline)

    def _item(self, item: Any, dash: str, indent: str) -> str:
        return f"{dash}- {block(item, indent, self.newline)}"

    def _ended(self, line: str, before: str = "") -> str:
        """The line with an end to it: the last line of a file may have none."""
        known = before or line
        return line if not known or known.endswith("\n") else line + self.newline

    def _new_field(self, group: yaml.MappingNode | None, name: str, value: Any) -> Span | None:
        """A field that the group has not yet: at its end, and of the file at the end of that."""
        if group is not None and group.flow_style:
            at = self.end_of(group.value[-1][1]) if group.value else group.start_mark.index + 1
            return Span(at, at, f"{', ' if group.value else ''}{name}: {flow(value)}")
        if group is None or group.start_mark.column == 0:
            return self._at_the_end(group is None, name, value)
        if not group.value:
            return None
        at = self.line_end(self.end_of(group))
        written = f"{' ' * group.value[0][0].start_mark.column}{name}: {inline(value)}{self.newline}"
        return Span(at, at, self._ended("", self.text[:at]) + written)

    def _at_the_end(self, is_first: bool, name: str, value: Any) -> Span:
        items = isinstance(value, list) and isinstance(value[0], dict)
        written = (
            f"{name}:{self.newline}" + self.newline.join(self._item(item, "  ", "    ") for item in value)
            if items else f"{name}: {inline(value)}"
        )  # fmt: skip
        gap = self.newline if items and not is_first else ""
        return Span(len(self.text), len(self.text), self._ended("", self.text) + gap + written + self.newline)

    def set_path(self, root: yaml.MappingNode | None, path: Sequence[str], value: Any) -> Span | None:
        """A field, in the groups that lead to it; a group that is not there is written with it."""
        found = _field(root, path[0])
        if len(path) == 1:
            return self.set_field(root, path[0], value)
        if found is None or not isinstance(found[1], yaml.MappingNode) or not found[1].value:
            for name in reversed(path[1:]):
                value = {name: value}
            return self.set_field(root, path[0], value)
        return self.set_path(found[1], path[1:], value)

    def set_field(self, group: yaml.MappingNode | None, name: str, value: Any) -> Span | None:
        found = _field(group, name)
        if is_empty(value):
            return self._drop_field(group, name) if found and group is not None else Span(0, 0, "")
        if found is None or group is None:
            return self._new_field(group, name, value)
        key, former = found
        in_flow = bool(group.flow_style)
        in_block = isinstance(former, yaml.CollectionNode) and former.value and not former.flow_style
        if in_block and isinstance(former, yaml.SequenceNode) and isinstance(value, list | tuple):
            return self._rewritten_list(former, value)
        if in_block:
            return Span(self.colon_of(key), self.end_of(former), f" {inline(value)}")
        style = former.style if isinstance(former, yaml.ScalarNode) else None
        new = flow(value) if in_flow and style is None else inline(value, style)
        start, end = former.start_mark.index, self.end_of(former)
        return Span(start, end, new if end > start else f" {new}")

    def _rewritten_list(self, former: yaml.SequenceNode, value: Sequence[Any]) -> Span:
        between = f"{self.newline}{' ' * former.start_mark.column}- "
        return Span(former.start_mark.index, self.end_of(former), "- " + between.join(inline(inner) for inner in value))

    def _drop_field(self, group: yaml.MappingNode, name: str) -> Span | None:
        """Take a field out: its lines, or its words in a line it shares with others."""
        place = next(n for n, (key, _) in enumerate(group.value) if key.value == name)
        key, former = group.value[place]
        start, end = key.start_mark.index, self.end_of(former)
        end = max(end, self.colon_of(key))
        following = group.value[place + 1][0].start_mark.index if place + 1 < len(group.value) else None
        if group.flow_style and following is None:
            return Span(self.end_of(group.value[place - 1][1]) if place else start, end, "")
        if group.flow_style or self.text[self.line_start(start) : start].strip():
            return Span(start, following, "") if following is not None else None
        return Span(self.line_start(start), self.line_end(end), "")

    def at_item(self, root: yaml.MappingNode | None, edit: Change | Remove, place: int) -> str | None:
        found = _field(root, edit.section)
        key, items = found or (None, None)
        if key is None or not isinstance(items, yaml.SequenceNode):
            return None
        if isinstance(edit, Remove):
            return self.with_(self._without(key, items, place))
        text: str | None = self.text
        for name, value in edit.fields.items():
            page = Page(text) if text is not None else self
            again = _field(_nodes(page.text), edit.section)
            item = again[1].value[place] if again else None
            span = page.set_field(item, name, value) if isinstance(item, yaml.MappingNode) else None
            text = page.with_(span) if span else None
            if text is None:
                return None
        return text

    def _without(self, key: yaml.Node, items: yaml.SequenceNode, place: int) -> Span:
        """The text without one item; what is said between the items stays."""
        item = items.value[place]
        before = self.end_of(items.value[place - 1]) if place else 0
        if items.flow_style:
            following = place + 1 < len(items.value)
            end = items.value[place + 1].start_mark.index if following else self.end_of(item)
            return Span(item.start_mark.index if following or not place else before, end, "")
        dashes = re.compile(rf"^[ ]{{{items.start_mark.column}}}-", re.MULTILINE)
        since = before or self.line_start(items.start_mark.index)
        found = [at.start() for at in dashes.finditer(self.text, since, item.start_mark.index + 1)]
        start = found[-1] if found else self.line_start(item.start_mark.index)
        if len(items.value) > 1:
            return Span(start, self.line_end(self.end_of(item)), "")
        colon = self.colon_of(key)
        return Span(colon, self.line_end(self.end_of(item)), f" []{self.text[colon:start]}")
