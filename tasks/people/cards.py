"""What a form about a person means for company.yaml, and the laws a change of people keeps. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from integrations.errors import Refused
from models.content import nearest
from models.locale import LANGUAGES, catalogue, mark, translate
from models.people import ROLE_TITLES, Role
from models.reason import because
from models.staff import CLEARED, PersonForm
from tasks.adaptation.slug import slug
from tasks.approval.rules import Who
from tasks.company_file.edits import Add, Change, Edit, Remove, SetField
from tasks.content.references import fold

KEY_LONGEST = 40
SEPARATORS = re.compile(r"[,;\n]")
NO_NAME = mark("Write the first and last name. Nothing was written.")
NO_ROLES = mark("Choose at least one role: without one a person can do nothing here. Nothing was written.")
NO_ROLE = mark("There is no role “{said}”. Nearest: {nearest}.")
LAST_ADMIN = mark(
    "This is the last administrator: nobody could manage people afterwards. Make somebody else one first."
)
MAIL_TAKEN = mark(
    "The e-mail {email} is already that of {name}. Everybody needs one of their own: people sign in by it."
)
OWN_DEPUTY = mark("Nobody is their own deputy. Choose somebody else. Nothing was written.")
NO_LONGER_DEPUTY = mark("{names}: has no deputy any more. Name another one.")
NO_LONGER_APPROVER = mark("{name} was the one who is asked for approval: now the first who may approve is asked.")

Card = Mapping[str, Any]
Value = Mapping[str, Any]


def cards(value: Value) -> list[dict[str, Any]]:
    """The people as the file names them."""
    people = value.get("people")
    return [card for card in people if isinstance(card, dict)] if isinstance(people, list) else []


def known(value: Value) -> dict[str, Who]:
    """The people of the file as rules see them."""
    found = {}
    for card in cards(value):
        key, roles = str(card.get("key", "")), card.get("roles")
        names = tuple(map(str, roles)) if isinstance(roles, list) else ()
        found[key] = Who(key, str(card.get("name", key)), names, str(card.get("deputy", "")))
    return found


def read_roles(text: str) -> list[str]:
    """Roles as people write them, in any language of ours. Raises Refused with the nearest."""
    named = {fold(name): role for role in Role for name in _names_of(role)}
    found = []
    for word in SEPARATORS.split(text):
        if not word.strip():
            continue
        role = named.get(fold(word))
        if role is None:
            near = ", ".join(nearest(fold(word), named, 3, 0.0))
            raise Refused(because(NO_ROLE, code="no_role", said=word.strip(), nearest=near))
        found.append(role)
    return [str(role) for role in Role if role in found]


def _names_of(role: Role) -> set[str]:
    title = ROLE_TITLES[role]
    return {role.value, title, *(catalogue(language).get(title, title) for language in LANGUAGES)}


def said_roles(roles: Iterable[str]) -> str:
    return ", ".join(translate(ROLE_TITLES[Role(role)]) if role in set(Role) else role for role in roles)


def key_of(name: str, taken: Collection[str], otherwise: str = "person") -> str:
    """A key made of a name: of the first word where nobody has it, else of more of the name, else numbered."""
    words = slug(name, KEY_LONGEST).split("-") if slug(name, KEY_LONGEST) else [otherwise]
    candidates = ["-".join(words[:n]) for n in range(1, len(words) + 1)]
    numbered = (f"{candidates[-1]}-{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (*candidates, *numbered) if key not in taken)


def enlisted(form: PersonForm, key: str, deputy: str) -> list[Edit]:
    if not form.name.strip():
        raise Refused(because(NO_NAME, code="no_name"))
    told = {"email": form.email, "roles": _roles(form.roles), "telegram": form.telegram, "deputy": deputy}
    return [Add("people", {"key": key, "name": _line(form.name), **{name: _kept(new) for name, new in told.items()}})]


def altered(form: PersonForm, key: str, deputy: str, former: str) -> list[Edit]:
    """What the form names is changed, what it leaves empty stays."""
    fields: dict[str, Any] = {"name": form.name, "email": form.email, "telegram": form.telegram, "deputy": deputy}
    fields = {name: _kept(new) for name, new in fields.items() if str(new).strip()}
    if deputy == key:
        raise Refused(because(OWN_DEPUTY, code="own_deputy"))
    if form.roles.strip():
        fields["roles"] = _roles(form.roles)
    return [Change("people", {"key": key}, fields, former)]


def _roles(said: str) -> list[str]:
    """At least one; nobody is left without. Raises Refused."""
    roles = read_roles(_kept(said))
    if not roles:
        raise Refused(because(NO_ROLES, code="no_roles"))
    return roles


def _kept(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    return "" if said.strip() in (CLEARED, "—", "–") else _line(said)


def _line(text: str) -> str:
    return " ".join(text.split())


def leaving(value: Value, key: str) -> tuple[list[Edit], list[str]]:
    """Everything that names this person, taken out of the file, and what has to be seen to afterwards."""
    edits: list[Edit] = [Remove("people", {"key": key})]
    left, notes = [], []
    for card in cards(value):
        if card.get("deputy") == key and card.get("key") != key:
            edits.append(Change("people", {"key": card.get("key", "")}, {"deputy": None}))
            left.append(str(card.get("name", card.get("key", ""))))
    edits += _absences_without(value, key)
    approval = value.get("approval")
    if isinstance(approval, dict) and approval.get("approver") == key:
        edits.append(SetField(("approval", "approver")))
        notes.append(translate(NO_LONGER_APPROVER, name=known(value)[key].name))
    if isinstance(approval, dict) and key in _texts(approval.get("urgent")):
        edits.append(SetField(("approval", "urgent"), [one for one in _texts(approval.get("urgent")) if one != key]))
    return edits, notes + ([translate(NO_LONGER_DEPUTY, names=", ".join(left))] if left else [])


def _absences_without(value: Value, key: str) -> list[Edit]:
    absences = value.get("absences")
    found = [one for one in absences if isinstance(one, dict)] if isinstance(absences, list) else []
    edits: list[Edit] = [Remove("absences", one) for one in found if one.get("person") == key]
    kept = [one for one in found if one.get("deputy") == key and one.get("person") != key]
    return [*edits, *(Change("absences", one, {"deputy": None}) for one in kept)]


def _texts(value: Any) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def keeps_an_admin(before: Value, after: Value) -> None:
    """Somebody must be able to manage people, where somebody was. Raises Refused."""
    if _has_admin(before) and not _has_admin(after):
        raise Refused(because(LAST_ADMIN, code="last_admin"))


def _has_admin(value: Value) -> bool:
    return any(Role.ADMIN in who.roles for who in known(value).values())


def keeps_mail_apart(key: str, after: Value) -> None:
    """Nobody else has the address of this person. Raises Refused."""
    mails = {str(card.get("key", "")): str(card.get("email", "")).strip().lower() for card in cards(after)}
    mine = mails.get(key, "")
    for other, mail in mails.items():
        if mine and mail == mine and other != key:
            raise Refused(because(MAIL_TAKEN, code="mail_taken", email=mine, name=known(after)[other].name))
