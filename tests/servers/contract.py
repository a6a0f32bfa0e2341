"""What a value must look like: small checks that a provider's structure is compiled to. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Check = Callable[[Any, str], None]
"""Raises `Wrong` when the value at that place is not what it must be."""


class Wrong(Exception):
    """A request, or an answer of ours, that breaks the contract. `says` is the provider's own wording, if known."""

    def __init__(self, where: str, what: str, says: str = "") -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what
        self.says = says


class OtherKind(Wrong):
    """A value that is of another kind of its union; worth less than what its own kind has to say."""


def exactly(*types: type) -> Check:
    """Accept these Python types and no bool in the place of a number."""

    def check(value: Any, where: str) -> None:
        if type(value) not in types:
            raise Wrong(where, f"{_short(value)} is not {' or '.join(t.__name__ for t in types)}")

    return check


def word(expected: str) -> Check:
    def check(value: Any, where: str) -> None:
        if value != expected:
            raise OtherKind(where, f"{_short(value)} is not “{expected}”")

    return check


def member(allowed: Sequence[Any]) -> Check:
    def check(value: Any, where: str) -> None:
        if value not in allowed:
            raise Wrong(where, f"{_short(value)} is not one of {list(allowed)[:12]}")

    return check


def between(low: float | None, high: float | None) -> Check:
    def check(value: Any, where: str) -> None:
        if (low is not None and value < low) or (high is not None and value > high):
            raise Wrong(where, f"{value} is outside {low}…{high}")

    return check


def sized(low: int | None, high: int | None) -> Check:
    """Bound the number of items, or of characters."""

    def check(value: Any, where: str) -> None:
        if len(value) < (low or 0) or (high is not None and len(value) > high):
            raise Wrong(where, f"{len(value)} is outside {low or 0}…{high}")

    return check


def array_of(item: Check) -> Check:
    def check(value: Any, where: str) -> None:
        if type(value) is not list:
            raise Wrong(where, f"{_short(value)} is not a list")
        for number, each in enumerate(value):
            item(each, f"{where}[{number}]")

    return check


def object_of(fields: Mapping[str, Check], required: Sequence[str]) -> Check:
    """An object with these fields and no other, so that an invented field is noticed as a missing one is."""

    def check(value: Any, where: str) -> None:
        if type(value) is not dict:
            raise Wrong(where, f"{_short(value)} is not an object")
        for name in required:
            if name not in value:
                raise Wrong(f"{where}.{name}", "is missing")
        for name, each in value.items():
            if name not in fields:
                raise Wrong(f"{where}.{name}", "is unknown")
            fields[name](each, f"{where}.{name}")

    return check


def one_of(checks: Sequence[Check]) -> Check:
    """Accept what any check accepts; of several complaints, keep that of the value's own kind."""
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, where: str) -> None:
        complaints: list[Wrong] = []
        for each in checks:
            try:
                return each(value, where)
            except Wrong as wrong:
                complaints.append(wrong)
        raise max(complaints, key=lambda wrong: (not isinstance(wrong, OtherKind), len(wrong.where)))

    return check


def all_of(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(value: Any, where: str) -> None:
        for each in checks:
            each(value, where)

    return check


def anything(value: Any, where: str) -> None:
    return None


def integer(text: str, where: str) -> int:
    if not re.fullmatch(r"-?\d{1,19}", text):
        raise Wrong(where, f"{_short(text)} is not an integer")
    return int(text)


def number(text: str, where: str) -> float:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise Wrong(where, f"{_short(text)} is not a number")
    return float(text)


def flag(text: str, where: str, words: Mapping[str, bool]) -> bool:
    if text not in words:
        raise Wrong(where, f"{_short(text)} is not one of {list(words)}")
    return words[text]


def known(parameters: Mapping[str, Any], allowed: Mapping[str, Any], required: Sequence[str]) -> None:
    """Refuse a parameter that the method does not have, and the absence of one that it must have."""
    for name in parameters:
        if name not in allowed:
            raise Wrong(name, "is not a parameter of this method")
    for name in required:
        if name not in parameters:
            raise Wrong(name, "is missing")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
