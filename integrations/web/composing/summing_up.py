"""A mailing in plain sentences: to how many it goes, when, by whose clock, how variants are shared out. Pure."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from models.customers import AddressKind
from models.desk.mailings import Choice, MailingPage
from models.locale import language, mark, quoted, translate, translate_plural
from models.trial import by_of, what_happens

NOBODY_YET = mark("To whom it goes has not been chosen yet.")
TO_NOBODY = mark("Nobody of the chosen groups may be written to: it would go to nobody.")
NOT_WHEN = mark("When it goes has not been set yet.")
GOES_ON = mark("It goes on {day} at {time}, by the company's clock.")
GOES_ON_THERE = mark("It goes on {day} at {time}, wherever each recipient is: by their own clock.")
WITHOUT = mark("Left out: {groups}.")
WITHIN = mark("Only within these hours: {hours}.")
EQUALLY = mark("Variants {names} go out in equal parts.")
SHARED = mark("{shares}; the rest waits and gets the better one.")
SHARED_ALL = mark("{shares}; nobody waits.")
A_SHARE = mark("variant {name}: {share} %")
CAPPED = mark("Nobody gets more than {number} advertising letters in {days} days.")
COUPONS = mark("Its letters carry coupons of the offer {offer}.")
PUBLIC = mark("Once it has gone out, everybody may read it in the letters' archive on the site.")
BY_SMS = mark("Whoever has no e-mail gets a short message.")

_SHARE = re.compile(r"\s*([A-C])\s*[:=]?\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*")


def summed_up(page: MailingPage) -> list[str]:
    """The sentences, in the language of now."""
    return [*_whom(page), *_when(page.set_up), *_how(page)]


def _whom(page: MailingPage) -> Iterator[str]:
    groups = _titles(page.set_up.get("include"), page.choices.groups)
    if not groups:
        yield translate(NOBODY_YET)
        return
    may = page.line.recipients or page.reach.get(AddressKind.EMAIL, {}).get("", 0)
    if not may:
        yield translate(TO_NOBODY)
        return
    count = format_decimal(may, locale=language())
    yield translate_plural("It goes to {count} customer: {groups}.", "It goes to {count} customers: {groups}.", may,
                           count=count, groups=", ".join(map(quoted, groups)))  # fmt: skip
    if left_out := _titles(page.set_up.get("exclude"), page.choices.groups):
        yield translate(WITHOUT, groups=", ".join(map(quoted, left_out)))
    if page.set_up.get("cascade"):
        yield translate(BY_SMS)


def _titles(said: Any, groups: tuple[Choice, ...]) -> list[str]:
    known = {one.key: one.title for one in groups}
    return [known.get(key, key) for one in str(said or "").split(",") if (key := one.strip())]


def _when(kept: Mapping[str, Any]) -> Iterator[str]:
    day, _, time = str(kept.get("at") or "").replace("T", " ").partition(" ")
    said = ""
    with suppress(ValueError):
        said = format_date(date.fromisoformat(day), "d MMMM", locale=language())
    if not said:
        yield translate(NOT_WHEN)
        return
    yield translate(GOES_ON_THERE if kept.get("by_recipient") else GOES_ON, day=said, time=time[:5])
    if kept.get("hours"):
        yield translate(WITHIN, hours=kept["hours"])


def _how(page: MailingPage) -> Iterator[str]:
    names = [str(one.get("name")) for one in page.document.get("variants") or ()]  # type: ignore[attr-defined]
    shares = {name: share for name, share in shares_of(str(page.set_up.get("shares") or "")).items() if name in names}
    if len(names) > 1 and not shares:
        yield translate(EQUALLY, names=", ".join(names))
    elif len(names) > 1:
        said = ", ".join(translate(A_SHARE, name=name, share=share) for name, share in shares.items())
        yield translate(SHARED if waits(shares) else SHARED_ALL, shares=said[:1].upper() + said[1:])
    if len(names) > 1:
        by, hours = by_of(str(page.set_up.get("judged_by"))), int(str(page.set_up.get("after_hours") or 0))
        yield what_happens(by, hours, str(page.set_up.get("otherwise") or ""), bool(shares) and waits(shares))
    if number := page.set_up.get("cap_number"):
        yield translate(CAPPED, number=number, days=page.set_up.get("cap_days") or 7)
    if offer := page.set_up.get("offer"):
        titles = {one.key: one.title for one in page.choices.offers}
        yield translate(COUPONS, offer=quoted(titles.get(str(offer), str(offer))))
    if page.set_up.get("public"):
        yield translate(PUBLIC)


def shares_of(said: str) -> dict[str, str]:
    """“A 10, B 10” as percentages by variant; what is not written so is left out."""
    found = (_SHARE.fullmatch(part) for part in re.split(r",(?!\d)|;", said))
    return {one[1]: one[2].replace(",", ".") for one in found if one}


def shares_said(shares: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {share}" for name, share in shares.items() if share)


def waits(shares: Mapping[str, str]) -> bool:
    """Whether somebody is left for the winner."""
    return sum(float(share) for share in shares.values()) < 100


def blocks_by_id(document: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, int]]:
    """The kind of each block and its place in the letter, by its variant and name; what is unnamed is any variant's."""
    found: dict[tuple[str, str], tuple[str, int]] = {}
    for variant in document.get("variants") or ():
        for place, block in enumerate(variant.get("blocks") or (), 1):
            told = (str(block.get("kind", "")), place)
            found[(str(variant.get("name")), str(block.get("id")))] = told
            found.setdefault(("", str(block.get("id"))), told)
    return found
