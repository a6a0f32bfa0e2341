"""An offer as declarative text: YAML that `tasks.offers.reading` reads back into the same terms. Pure."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import yaml

from models.offers import CodeKind, OfferTerms

WIDTH = 110


class Writer(yaml.SafeDumper):
    """Amounts as they are written, short lists on one line."""


class _Amount(str):
    """A number that is written as it stands, without quotes."""


class _Row(list[Any]):
    """A list on one line."""


def written(terms: OfferTerms) -> str:
    """What differs from the usual, in the order of the terms."""
    kept = terms.model_dump(exclude_defaults=True)
    if terms.codes.kind is CodeKind.GENERIC:  # where one of these says nothing, it means any number
        kept["limits"] = {**kept.get("limits", {}), "per_code": terms.limits.per_code}
    if terms.codes.kind is not CodeKind.UNIQUE:  # where it says nothing, nobody is left out
        kept = {name: one for name, one in kept.items() if name != "control_percent"}
        kept |= {"control_percent": terms.control_percent} if terms.control_percent else {}
    gives = {"kind": terms.gives.kind, **terms.gives.model_dump(exclude_defaults=True)}
    said = {name: gives if name == "gives" else kept[name] for name in OfferTerms.model_fields if name in kept}
    return yaml.dump(_plain(said), Dumper=Writer, allow_unicode=True, sort_keys=False, width=WIDTH)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        inner = [_plain(one) for one in value]
        return inner if any(isinstance(one, dict) for one in inner) else _Row(inner)
    return scalar(value)


def scalar(value: Any) -> Any:
    """A single value as it is written: times as finely as they are, amounts to the digit."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return _Amount(f"{value:f}")
    if isinstance(value, datetime):
        return value.isoformat(timespec=_fineness(value.time()))
    if isinstance(value, time):
        return value.isoformat(timespec=_fineness(value))
    return _Amount(value.isoformat()) if isinstance(value, date) else value


def _fineness(at: time) -> str:
    return "microseconds" if at.microsecond else "seconds" if at.second else "minutes"


def _as_it_stands(dumper: yaml.SafeDumper, value: _Amount) -> yaml.Node:
    tag = "timestamp" if value.count("-") == 2 else "float" if "." in value else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{tag}", str(value))


def _on_one_line(dumper: yaml.SafeDumper, row: _Row) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)


Writer.add_representer(_Amount, _as_it_stands)
Writer.add_representer(
    _Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)
)
