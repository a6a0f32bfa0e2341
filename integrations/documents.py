"""YAML as people type it: values with the line of every field, and what is wrong said by file, line and field. Pure.

Scalars stay texts until a model reads them: `no`, 007 and 22:00 mean what was typed. Anchors, tags and doubled keys
are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.content import Effect, Place, Problem, nearest
from models.locale import mark
from models.reason import Reason, because

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[int | str, ...]

BYTES_MAX = 500_000
DEPTH_MAX = 20

BAD_YAML = mark("The file cannot be read from here on. Check the indents, the colons and the closing quotes.")
TAB = mark("There is a tab here, and YAML takes only spaces. Replace it by spaces.")
NO_FIELDS = mark("The file holds no fields. Write them as “name: value”, each on its own line.")
TOO_LONG = mark("The file is longer than {limit} KB. Settings are short: look what got into it.")
TOO_DEEP = mark("Fields stand within fields too deeply here. Check the indents.")
ALIAS = mark("Anchors (&) and references (*) are not read here. Write the value out, or put it in quotes.")
TAGGED = mark("A tag ({tag}) is not read here. Write the plain value.")
TWICE = mark("The field stands twice. Keep one of them.")

MISSING = mark("The field is missing. Add it.")
EXTRA = mark("There is no such field. Possible are: {fields}.")
EXTRA_LIKE = mark("There is no such field. Perhaps “{nearest}” was meant: rename it.")
NOT_TEXT = mark("One text is expected here, not a list and not a group of fields.")
NOT_LIST = mark("A list is expected here: [one, two], or each on its own line after “- ”.")
NOT_GROUP = mark("A group of fields is expected here: “name: value”, each on its own line and indented.")
NOT_NUMBER = mark("“{value}” is not a number that fits here. Write it in digits, for example 50000 or 99.50.")
NOT_BOOL = mark("“{value}” is neither yes nor no. Write true or false.")
NOT_AMONG = mark("“{value}” is not possible here. Write one of: {expected}.")
EMPTY = mark("The field is empty. Fill it in.")
NOT_TIME = mark("“{value}” is not a time of day. Write it as 22:00.")
NOT_MOMENT = mark("“{value}” is not a date and time. Write it as 2026-12-31T18:00, without a time zone.")
LONG = mark("There is too much of it here: at most {most}.")
UNFIT = mark("“{value}” does not fit here ({detail}). Correct the value.")

TEXTS = {
    "missing": MISSING,
    "string_type": NOT_TEXT,
    "list_type": NOT_LIST,
    "tuple_type": NOT_LIST,
    "dict_type": NOT_GROUP,
    "mapping_type": NOT_GROUP,
    "model_type": NOT_GROUP,
    "model_attributes_type": NOT_GROUP,
    "bool_parsing": NOT_BOOL,
    "bool_type": NOT_BOOL,
    "string_too_short": EMPTY,
    "literal_error": NOT_AMONG,
    "enum": NOT_AMONG,
    "timezone_naive": NOT_MOMENT,
    "string_too_long": LONG,
    "too_long": LONG,
    "too_short": EMPTY,
}
CLOCKS = {"time_": NOT_TIME, "datetime_": NOT_MOMENT}
NUMBERS = ("int_", "float_", "decimal_", "greater_than", "less_than", "finite_number")


class Unreadable(Exception):
    """The text is no YAML that is taken; `line` is where, from 0, None where it is the whole."""

    def __init__(self, reason: Reason, line: int | None = None) -> None:
        super().__init__(reason.text)
        self.reason = reason
        self.line = line


@dataclass
class Document:
    """What a file says: texts in dicts and lists, and the line of each by its path."""

    file: str
    value: Any = None
    lines: dict[Loc, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, loc: Loc, reason: Reason, effect: Effect = Effect.LEFT_OUT) -> Problem:
        place = Place(file=self.file, line=self.line_of(loc), field=self.spoken(loc))
        return Problem(place=place, reason=reason, effect=effect)

    def line_of(self, loc: Loc) -> int:
        """The line of the field, or of the nearest one around it that stands in the file."""
        while loc not in self.lines and loc:
            loc = loc[:-1]
        return self.lines.get(loc, 0)

    def spoken(self, loc: Loc) -> str:
        """A path as a person reads it: an item of a list by its key."""
        words, value = [], self.value
        for step in loc:
            value = _step(value, step)
            key = value.get("key") if isinstance(step, int) and isinstance(value, dict) else None
            words.append(str(key or (step + 1 if isinstance(step, int) else step)))
        return ".".join(words)


def compose(text: str, file: str, first_line: int = 1) -> Document:
    """Read a document; `first_line` is where its text begins in the file. A document that cannot be read STOPS."""
    document = Document(file)
    try:
        node = _node(text)
        document.value = _value(node, (), document, first_line)
        if not isinstance(document.value, dict):
            raise Unreadable(because(NO_FIELDS, code="no_fields"))
    except Unreadable as error:
        place = Place(file=file, line=0 if error.line is None else error.line + first_line)
        document.value = None
        document.problems = [Problem(place=place, reason=error.reason, effect=Effect.STOPS)]
    return document


class Plain(yaml.SafeLoader):
    """YAML without names for parts of it, and not too deep: nothing in a document stands for something elsewhere."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable(because(ALIAS, code="alias"), _line(event.start_mark))
        if self.depth > DEPTH_MAX:
            raise Unreadable(because(TOO_DEEP, code="too_deep"), _line(event.start_mark))
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


@lru_cache(maxsize=16)  # the settings of a company are read again and again, and seldom differ
def _node(text: str) -> yaml.Node | None:
    if len(text) > BYTES_MAX:
        raise Unreadable(because(TOO_LONG, code="too_long", limit=BYTES_MAX // 1000))
    try:
        return yaml.compose(text, Loader=Plain)
    except yaml.MarkedYAMLError as error:
        said = TAB if "\\t" in str(error.problem) else BAD_YAML
        # What never ends is found missing at the end of the file; it is to be mended where it began.
        begun = error.context_mark if "end of stream" in str(error.problem) else None
        raise Unreadable(because(said, code="bad_yaml"), _line(begun or error.problem_mark)) from error
    except yaml.YAMLError as error:
        raise Unreadable(because(BAD_YAML, code="bad_yaml")) from error


def _line(mark: Any) -> int | None:
    return mark.line if mark else None


def _value(node: yaml.Node | None, loc: Loc, document: Document, first: int) -> Any:
    if node is None:
        return None
    document.lines.setdefault(loc, node.start_mark.line + first)
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        raise Unreadable(because(TAGGED, code="tagged", tag=node.tag), node.start_mark.line)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*loc, index), document, first) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loc, document, first)
    assert isinstance(node, yaml.ScalarNode)
    plain_null = node.style is None and node.value in ("", "~", "null", "Null", "NULL")
    return None if plain_null else node.value


def _mapping(node: yaml.MappingNode, loc: Loc, document: Document, first: int) -> dict[str, Any]:
    """Fields by name; one without a value is as if it were not written."""
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        name = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
        here = (*loc, name)
        document.lines[here] = key_node.start_mark.line + first
        if name in found or not name:
            place = Place(file=document.file, line=document.lines[here], field=".".join(str(step) for step in here))
            document.problems.append(Problem(place=place, reason=because(TWICE if name else BAD_YAML, code="twice")))
            continue
        value = _value(value_node, here, document, first)
        if value is not None:
            found[name] = value
    return found


def accept(
    model: type[Model], document: Document, context: Mapping[str, Any] | None = None
) -> tuple[Model | None, list[Problem], list[Loc]]:
    """Read the document as the model; else None, what is wrong in the person's words, and the paths of it."""
    try:
        return model.model_validate(document.value, context=dict(context or {})), [], []
    except ValidationError as error:
        found = [(detail["loc"], _reason(detail, model)) for detail in error.errors(include_url=False)]
        misspelt = {(*loc[:-1], reason.words["nearest"]) for loc, reason in found if "nearest" in reason.words}
        told = [(loc, reason) for loc, reason in found if reason.code != "missing" or loc not in misspelt]
        return None, [document.problem(loc, reason) for loc, reason in told], [loc for loc, _ in told]


def _reason(detail: ErrorDetails, model: type[BaseModel]) -> Reason:
    """One finding of pydantic in our words; what a validator of ours said keeps its own."""
    kind, words = detail["type"], detail.get("ctx", {})
    own = getattr(words.get("error"), "reason", None)
    if isinstance(own, Reason):
        return own
    if kind == "extra_forbidden":
        return _extra(detail["loc"], model)
    value = _short(detail["input"])
    if kind in TEXTS:
        expected, most = str(words.get("expected", "")).replace("'", ""), words.get("max_length", "")
        return because(TEXTS[kind], code=kind, value=value, expected=expected, most=most)
    if clock := next((text for start, text in CLOCKS.items() if kind.startswith(start)), None):
        return because(clock, code=kind, value=value)
    if kind.startswith(NUMBERS):
        return because(NOT_NUMBER, code=kind, value=value)
    return because(UNFIT, code=kind, value=value, detail=detail["msg"])


def _extra(loc: Loc, model: type[BaseModel]) -> Reason:
    possible = _fields_at(loc[:-1], model)
    near = nearest(str(loc[-1]), possible, 1)
    if near:
        return because(EXTRA_LIKE, code="extra", nearest=near[0])
    return because(EXTRA, code="extra", fields=", ".join(possible))


def _fields_at(loc: Sequence[int | str], model: Any) -> list[str]:
    """The names of the fields of the model that stands at the path."""
    here = model
    for step in loc:
        names = {(info.alias or name): info.annotation for name, info in _model_in(here).model_fields.items()}
        here = here if isinstance(step, int) else names.get(str(step), here)
    return [info.alias or name for name, info in _model_in(here).model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel]:
    """The model in tuple[Model, ...], Model | None, Mapping[str, Model]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = [_model_in(part) for part in get_args(annotation) if part is not Ellipsis]
    return next((part for part in inside if part is not BaseModel), BaseModel)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"


def _step(value: Any, step: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None
