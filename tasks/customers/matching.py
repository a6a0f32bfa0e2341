"""Whom each row of a table is of, by stated rules, and what it changes. Pure.

1. The code says who it is. A code nobody has yet is a new customer, or the one without a code whom an address names.
2. Without a code the address says it: the e-mail first, then the phone, then Telegram. Who has another e-mail is
   another customer with the same phone: families share one.
3. Rows of one table that name one person by any of these are of one person, and the later row counts.
4. An address belongs to one customer. Of two with codes who name it the first keeps it; whose row wants it, is said.
5. Somebody without a code whose address a customer with a code names is that customer, and becomes one with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.customers import AddressKind
from tasks.customers.addresses import Found
from tasks.customers.reading import CustomerRow

Where = tuple[str, str]
FIELDS = ("name", "birthday", "city", "zone", "outlet")
ORDER = (AddressKind.EMAIL, AddressKind.PHONE, AddressKind.TELEGRAM)


class What(StrEnum):
    """What a row came to. ERASED: this person has asked to be erased, so nothing is made of the row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: `changed` are the fields and the kinds of addresses that are not as before.

    `taken` are the kinds of its addresses that are another customer's and stay theirs.
    """

    row: int
    what: What
    changed: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


@dataclass(slots=True)
class Person:
    """A customer as they are known, or are to be: `id` is 0 for one who is new. `addresses` are (value, written).

    `absorbed` are those who turned out to be this one; `before` is what they were when they were read.
    """

    id: int = 0
    code: str = ""
    fields: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: list[CustomerRow] = field(default_factory=list)
    absorbed: list[int] = field(default_factory=list)
    before: tuple[str, dict[str, str], dict[str, tuple[str, str]]] = ("", {}, {})

    def __post_init__(self) -> None:
        self.before = (self.code, dict(self.fields), dict(self.addresses))

    @property
    def is_new(self) -> bool:
        return not self.id

    @property
    def is_changed(self) -> bool:
        return self.before != (self.code, self.fields, self.addresses)

    @property
    def reached_anew(self) -> dict[str, tuple[str, str]]:
        """The addresses that are not as they were, by kind."""
        return {kind: one for kind, one in self.addresses.items() if self.before[2].get(kind) != one}

    def is_named_by(self, row: CustomerRow, kind: AddressKind) -> bool:
        """Whether an address of this kind names them: not where the row has another of a kind that says more."""
        more = ORDER[: ORDER.index(kind)]
        told = {one.kind: one.value for one in row.addresses if one.kind in more}
        return all(self.addresses.get(higher, (value,))[0] == value for higher, value in told.items())


class Matching:
    """The rows of a table laid over who is known. `known` are all who have a code or an address that a row names."""

    def __init__(self, known: Iterable[Person] = ()) -> None:
        self.by_code: dict[str, Person] = {}
        self.by_address: dict[Where, Person] = {}
        self.people: dict[int, Person] = {}
        self.outcomes: list[Outcome] = []
        for person in known:
            self._know(person)

    def _know(self, person: Person) -> None:
        self.people[id(person)] = person
        if person.code:
            self.by_code[person.code] = person
        for kind, (value, _) in person.addresses.items():
            self.by_address[kind, value] = person

    def take(self, rows: Iterable[CustomerRow]) -> list[Person]:
        """Let these rows say what they say; returns whom they were of, each once, in their order."""
        told: dict[int, Person] = {}
        for row in rows:
            person, absorbing = self._person_of(row)
            what = What.NEW if person.is_new and not person.rows else What.CHANGED if absorbing else What.SAME
            person.rows.append(row)
            self._follow(person, row, what)
            told[id(person)] = person
        return [person for key, person in told.items() if key in self.people]

    def known_by(self, row: CustomerRow) -> Person | None:
        """Whose row it is, where that is known already; nothing is changed by asking."""
        if row.code:
            return self.by_code.get(row.code)
        owners = ((one.kind, self.by_address.get((one.kind, one.value))) for one in _ordered(row))
        return next((one for kind, one in owners if one is not None and one.is_named_by(row, kind)), None)

    def _person_of(self, row: CustomerRow) -> tuple[Person, bool]:
        """Whose row it is; True where somebody turns out by it to be the same as them."""
        owners = ((one.kind, self.by_address.get((one.kind, one.value))) for one in _ordered(row))
        named = list({id(one): one for kind, one in owners if one is not None and one.is_named_by(row, kind)}.values())
        if not row.code:
            return named[0] if named else self._new(), False
        without_code = [one for one in named if not one.code]
        found = self.by_code.get(row.code) or next(iter(without_code), None) or self._new()
        self.by_code[row.code] = found
        others = [other for other in without_code if other is not found]
        for other in others:
            self._absorb(found, other)
        return found, bool(others)

    def _new(self) -> Person:
        person = Person()
        self._know(person)
        return person

    def _absorb(self, person: Person, other: Person) -> None:
        """Two who are one: the addresses that only the other has stay, and the rest is the customer's with the code."""
        for kind, (value, written) in other.addresses.items():
            if kind not in person.addresses:
                person.addresses[kind] = (value, written)
                self.by_address[kind, value] = person
            else:
                self.by_address.pop((kind, value), None)
        for name, said in other.fields.items():
            person.fields[name] = person.fields[name] or said
        person.rows[:0] = other.rows
        person.absorbed += [*([other.id] if other.id else []), *other.absorbed]
        del self.people[id(other)]

    def _follow(self, person: Person, row: CustomerRow, what: What) -> None:
        said = {name: value for name in FIELDS if (value := getattr(row, name)) is not None}
        changed = [name for name, value in said.items() if value != person.fields[name]]
        person.fields.update(said)
        if row.code and person.code != row.code:
            person.code = row.code
            changed.append("code")
        taken = [one.kind.value for one in row.addresses if self._is_anothers(person, one)]
        changed += [one.kind.value for one in row.addresses if one.kind not in taken and self._reach(person, one)]
        what = What.CHANGED if what is What.SAME and changed else what
        self.outcomes.append(Outcome(row.number, what, () if what is What.NEW else tuple(changed), tuple(taken)))

    def _is_anothers(self, person: Person, one: Found) -> bool:
        return self.by_address.get((one.kind, one.value), person) is not person

    def _reach(self, person: Person, one: Found) -> bool:
        """Whether it is another address than the one they had."""
        former = person.addresses.get(one.kind)
        if former == (one.value, one.written):
            return False
        if former and former[0] != one.value:
            self.by_address.pop((one.kind, former[0]), None)
        person.addresses[one.kind] = (one.value, one.written)
        self.by_address[one.kind, one.value] = person
        return True


def _ordered(row: CustomerRow) -> list[Found]:
    return sorted(row.addresses, key=lambda one: ORDER.index(one.kind))


def wanted(rows: Iterable[CustomerRow]) -> tuple[set[str], Mapping[str, set[str]]]:
    """The codes and the addresses by kind that these rows name: who has one of them has to be known."""
    codes: set[str] = set()
    values: dict[str, set[str]] = {kind: set() for kind in ORDER}
    for row in rows:
        codes |= {row.code} if row.code else set()
        for one in row.addresses:
            values[one.kind].add(one.value)
    return codes, values
