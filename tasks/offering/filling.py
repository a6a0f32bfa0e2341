"""An offer as a form has it, said as declarative text; and back, to fill the form with what an offer says. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import yaml

from models.day import read_day
from models.offer_form import OfferFields
from models.offers import (
    AmountOff,
    CodeKind,
    FixedPrice,
    ForTheFewer,
    Gift,
    Invitation,
    OfferTerms,
    PercentOff,
    Points,
)
from tasks.content.references import names, refer
from tasks.offers.writing import scalar, written

LASTS, DASH = timedelta(days=29), re.compile("[-–—]")
GIVEN = {
    "percent off": "percent", "amount off": "amount", "fixed price": "fixed_price", "gift": "gift",
    "n for m": "n_for_m", "free delivery": "delivery", "points": "points", "invitation": "invitation",
}  # fmt: skip
WHICH = {"all of them": "all", "the cheapest": "cheapest", "the dearest": "dearest"}
KINDS = {"one for each": "unique", "one for everybody": "generic", "brought along": "imported"}
SIGNS = {"letters and digits": "letters_and_digits", "digits only": "digits"}
BASES = {"what is left": "left", "the first price": "initial"}
LEVELS = {"each unit": "unit", "each line": "line", "the whole receipt": "order"}
COINS = {"to the last line": "last", "to the largest parts": "largest"}
LISTS = ("customer_groups", "but_customer_groups", "outlets", "channels")
ACCOUNTS = ("fund", "campaign", "goal")
# Where a field of the terms stands in the form.
FIELDS = {
    "gives.kind": "gives", "gives.percent": "value", "gives.amount": "value", "gives.price": "value",
    "gives.points": "value", "gives.most": "most", "gives.product": "gift", "gives.quantity": "gifts",
    "gives.take": "take", "gives.pay": "pay", "gives.sittings": "sittings", "gives.guests": "guests",
    "goods.groups": "product_groups", "conditions.hours_from": "hours", "conditions.hours_to": "hours",
    "codes.kind": "codes", "codes.charset": "signs", "stacking.base": "base", "rounding.level": "rounding",
    "rounding.to": "round_to", "rounding.split": "split",
}  # fmt: skip


def field_of(path: str) -> str:
    """The form's field of a path of the terms, as a problem names it: “limits.total”, “goods.groups.1”."""
    parts = path.split(".")
    for many in range(len(parts), 0, -1):
        if found := FIELDS.get(".".join(parts[:many])):
            return found
    kept = [part for part in parts if not part.isdecimal()]
    return next((part for part in reversed(kept) if part in OfferFields.model_fields), "")


def with_days(text: str, said: Mapping[str, Any], today: date) -> str:
    """A text that says no days holds from today for the usual time; the lines of what it says stay where they are."""
    first = str(said.get("first_day") or today.isoformat())
    missing = {"first_day": first, "last_day": _last(first)}.items() - {(name, str(said[name])) for name in said}
    lines = [f'{name}: "{day}"' for name, day in sorted(missing) if name not in said]
    return "\n".join([text.rstrip("\n"), *lines, ""]) if lines else text


def text_of(form: OfferFields, today: date, titles: Mapping[str, Mapping[str, str]]) -> str:
    """The form as text. `titles` are by their field, titles by keys: a form may name either."""
    return str(yaml.safe_dump(_kept(said(form, today, titles)), allow_unicode=True, sort_keys=False))


def said(form: OfferFields, today: date, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What the form says, by the fields of the terms; empty where nothing is said."""
    first = form.first_day.strip() or today.isoformat()
    hours = [part.strip() for part in DASH.split(form.hours.strip())] if form.hours.strip() else []
    return {
        "title": form.title.strip(), "gives": _gives(form),
        "goods": {
            "products": _names(form.products), "groups": _names(form.product_groups),
            "but_products": _names(form.but_products), "but_groups": _names(form.but_groups),
            "which": WHICH[form.which], "at_most": form.at_most,
        },
        "conditions": {
            "sum_from": _number(form.sum_from), "quantity_from": form.quantity_from,
            **{name: _keys(getattr(form, name), titles.get(name.removeprefix("but_"), {})) for name in LISTS},
            "weekdays": form.weekdays.strip(),
            "hours_from": hours[0] if hours else "", "hours_to": "-".join(hours[1:]),
            "first_purchase": form.first_purchase,
        },
        "limits": {
            "total": form.total, "per_code": 0 if form.codes == "one for everybody" else form.per_code,
            "per_customer": form.per_customer, "per_period": form.per_period, "period_days": form.period_days,
            "per_outlet": form.per_outlet, "units": form.units, "budget": _number(form.budget),
        },
        "first_day": first, "last_day": form.last_day.strip() or _last(first),
        "stacking": {"rank": form.rank, "exclusive": form.exclusive, "base": BASES[form.base]},
        "rounding": {"level": LEVELS[form.rounding], "to": _number(form.round_to), "split": COINS[form.split]},
        "codes": {
            "kind": KINDS[form.codes], "word": form.word.strip() if form.codes == "one for everybody" else "",
            "charset": SIGNS[form.signs], "length": form.length, "prefix": form.prefix.strip(),
            "pattern": form.pattern.strip(), "groups_of": form.groups_of, "check_sign": form.check_sign,
        },
        "return_days": form.return_days, "paid_by": form.paid_by.strip(),
        **{name: _key(getattr(form, name), titles.get(name, {})) for name in ACCOUNTS},
        "control_percent": form.control_percent if form.codes == "one for each" else 0,
    }  # fmt: skip


def _gives(form: OfferFields) -> dict[str, Any]:
    value, kind = _number(form.value), GIVEN[form.gives]
    of_points = {"percent": value.rstrip("%")} if value.endswith("%") else {"points": value}
    more: dict[str, dict[str, Any]] = {
        "percent": {"percent": value.rstrip("%"), "most": _number(form.most)}, "amount": {"amount": value},
        "fixed_price": {"price": value}, "gift": {"product": form.gift.strip(), "quantity": form.gifts},
        "n_for_m": {"take": form.take, "pay": form.pay}, "points": of_points,
        "invitation": {"sittings": [_sitting(line) for line in _lines(form.sittings)], "guests": form.guests},
    }  # fmt: skip
    return {"kind": kind, **more.get(kind, {})}


def _sitting(line: str) -> dict[str, str]:
    """“center 2026-12-20 18:00 30” or “center 20.12.2026 18:00 30”, the day and the hour with T or a space between."""
    words = line.replace(",", " ").split()
    at = "T".join((_iso(words[1]), words[2])) if len(words) == 4 else "".join(words[1:2])
    return {"outlet": "".join(words[:1]), "at": at, "seats": words[-1] if len(words) > 2 else ""}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _names(text: str) -> list[str]:
    """Names of goods may have commas in them: what parts them is a semicolon or a line."""
    parts = (" ".join(part.split()) for line in text.splitlines() for part in line.split(";"))
    return list(dict.fromkeys(part for part in parts if part))


def _keys(text: str, titles: Mapping[str, str]) -> list[str]:
    """A form may name what there is by its key or its title."""
    return [_key(one, titles) for one in names(text)]


def _key(text: str, titles: Mapping[str, str]) -> str:
    return refer(text, titles) or text.strip()


def _number(text: str) -> str:
    """1 500,50 as 1500.50."""
    return "".join(text.split()).replace(",", ".")


def _iso(day: str) -> str:
    try:
        return read_day(day).isoformat()
    except ValueError:
        return day  # said to be no day where it is read


def _last(first: str) -> str:
    try:
        return (read_day(first) + LASTS).isoformat()
    except ValueError:
        return first  # said to be no day where it is read


def _kept(value: Any) -> Any:
    """Without what nothing is said of; texts stay texts."""
    if isinstance(value, dict):
        inner = {name: _kept(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in ("", [], {})}
    return [_kept(one) for one in value] if isinstance(value, list) else value


# And back.


def fields_of(terms: OfferTerms, key: str = "", seen: int = 0) -> dict[str, Any]:
    """What the form is filled in with to say these terms."""
    goods, asked, limits, codes = terms.goods, terms.conditions, terms.limits, terms.codes
    hours = [scalar(at) if at is not None else "" for at in (asked.hours_from, asked.hours_to)]
    return {
        "title": terms.title, "key": key, "gives": _back(GIVEN, terms.gives.kind), **_given(terms),
        "product_groups": "; ".join(goods.groups), "products": "; ".join(goods.products),
        "but_groups": "; ".join(goods.but_groups), "but_products": "; ".join(goods.but_products),
        "which": _back(WHICH, goods.which), "at_most": goods.at_most, "sum_from": _amount(asked.sum_from),
        "quantity_from": asked.quantity_from, "customer_groups": ", ".join(asked.customer_groups),
        "but_customer_groups": ", ".join(asked.but_customer_groups), "outlets": ", ".join(asked.outlets),
        "channels": ", ".join(asked.channels), "weekdays": ", ".join(map(str, asked.weekdays)),
        "hours": "-".join(hours).removesuffix("-"), "first_purchase": asked.first_purchase,
        "first_day": terms.first_day.isoformat(), "last_day": terms.last_day.isoformat(),
        **limits.model_dump(exclude={"budget"}), "budget": _amount(limits.budget),
        "codes": _back(KINDS, codes.kind), "word": codes.word,
        "signs": _back(SIGNS, codes.charset), "length": codes.length, "prefix": codes.prefix,
        "pattern": codes.pattern, "groups_of": codes.groups_of, "check_sign": codes.check_sign,
        "rank": terms.stacking.rank, "exclusive": terms.stacking.exclusive, "base": _back(BASES, terms.stacking.base),
        "rounding": _back(LEVELS, terms.rounding.level), "round_to": f"{terms.rounding.to:f}",
        "split": _back(COINS, terms.rounding.split), "return_days": terms.return_days, "paid_by": terms.paid_by,
        "fund": terms.fund, "campaign": terms.campaign, "goal": terms.goal,
        "control_percent": terms.control_percent, "seen": seen, **_usual_of_others(codes.kind),
    }  # fmt: skip


def _usual_of_others(kind: str) -> dict[str, Any]:
    """What these codes have none of stands in the form as is usual of other kinds, should one of them be chosen."""
    names = {"unique": (), "imported": ("control_percent",)}.get(kind, ("control_percent", "per_code"))
    return {name: OfferFields.model_fields[name].default for name in names}


def _given(terms: OfferTerms) -> dict[str, Any]:
    gives = terms.gives
    if isinstance(gives, PercentOff):
        return {"value": _amount(gives.percent), "most": _amount(gives.most)}
    if isinstance(gives, AmountOff | FixedPrice):
        return {"value": f"{gives.amount if isinstance(gives, AmountOff) else gives.price:f}"}
    if isinstance(gives, Gift):
        return {"gift": gives.product, "gifts": gives.quantity}
    if isinstance(gives, ForTheFewer):
        return {"take": gives.take, "pay": gives.pay}
    if isinstance(gives, Points):
        return {"value": str(gives.points) if gives.points else f"{gives.percent:f}%"}
    if isinstance(gives, Invitation):
        lines = (f"{one.outlet} {scalar(one.at)} {one.seats}" for one in gives.sittings)
        return {"sittings": "\n".join(lines), "guests": gives.guests}
    return {}


def _back(words: Mapping[str, str], value: str) -> str:
    return next(word for word, said in words.items() if said == value)


def _amount(value: Any) -> str:
    return f"{value:f}" if value else ""


# Some of it changed.


def merged(former: OfferTerms, changes: Mapping[str, Any], as_text: Mapping[str, Any]) -> str:
    """The whole text with these changes in it; `as_text` is the former as it was written, its scalars texts.

    Another kind of what is given takes the place of all that was given.
    """
    codes, limits = changes.get("codes"), as_text.get("limits")
    if (
        former.codes.kind is CodeKind.GENERIC
        and isinstance(codes, Mapping)
        and codes.get("kind") not in (None, "generic")
    ):
        # Any number of times is what one code for everybody works, and no other.
        as_text = {**as_text, "limits": {name: one for name, one in (limits or {}).items() if name != "per_code"}}
    whole = _over(dict(as_text), changes)
    gives = changes.get("gives")
    if isinstance(gives, Mapping) and gives.get("kind") not in (None, former.gives.kind):
        whole["gives"] = dict(gives)
    return str(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False))


def _over(former: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _over(former[name], said) for name, said in changes.items()
            if isinstance(said, Mapping) and isinstance(former.get(name), dict)}  # fmt: skip
    return former | dict(changes) | both


def difference(former: OfferTerms, later: OfferTerms) -> tuple[tuple[str, str, str], ...]:
    """What is different, by field: as it was, as it becomes; one that is not written has its usual value."""
    was, now = (_flat(yaml.safe_load(written(terms))) for terms in (former, later))
    return tuple(
        (name, was.get(name, ""), now.get(name, "")) for name in dict.fromkeys([*was, *now])
        if was.get(name) != now.get(name)
    )  # fmt: skip


def _item(value: Any) -> str:
    """One of a list; a group of fields as the form writes it on one line."""
    return " ".join(str(scalar(inner)) for inner in value.values()) if isinstance(value, dict) else str(value)


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if not isinstance(value, dict):
        return {path: ", ".join(map(_item, value)) if isinstance(value, list) else str(value)}
    found: dict[str, str] = {}
    for name, inner in value.items():
        found |= _flat(inner, f"{path}.{name}" if path else str(name))
    return found
