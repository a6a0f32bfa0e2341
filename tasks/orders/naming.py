"""What a person names, found: people, channels, campaigns, pieces; an unknown name gets the nearest three. Pure."""

from collections.abc import Mapping

from integrations.errors import Refused
from models.content import nearest
from models.locale import mark, quoted
from models.people import Permission, permissions_of
from models.reason import Reason, because
from models.stop import Scope
from tasks.approval.rules import Who
from tasks.content.references import fold, refer, unknown

NO_PIECE = mark("There is no piece № {value}. Nearest: {nearest}. Look the № up in the content plan.")
NO_PIECES = mark("There is no piece № {value}: no content plan has been loaded yet.")
NO_KEY = mark("Name what is meant: the key or title of a channel or campaign, or the № of a piece.")
MAY_NOT = {
    Permission.STOP: mark("{person} may not pull the Stop. Ask a colleague who works with publications."),
    Permission.RELEASE: mark("{person} may not release a Stop. An approver, the head or an administrator does."),
    Permission.SCHEDULE: mark("{person} may not change the schedule. An author, a technician or the head does."),
    Permission.DECIDE_UNKNOWN: mark("{person} may not decide about it. An approver, a technician or the head does."),
    Permission.EDIT: mark("{person} may not edit. An author or the head of the department does."),
    Permission.COMMENT: mark("{person} may not comment. Ask a colleague who works with publications."),
    Permission.PLAN: mark("{person} may not change campaigns, goals and funds. The head of the department does."),
    Permission.MANAGE_PEOPLE: mark("{person} may not manage people and outlets. An administrator does."),
    Permission.CUSTOMERS: mark("{person} may not change customers. An author, a technician or the head does."),
    Permission.READ_PEOPLE: mark("{person} may not look at people and outlets. The head or an administrator does."),
    Permission.LOAD: mark("{person} may not load files. An author, a technician or the head does."),
    Permission.RECORD_COSTS: mark("{person} may not record expenses and results. A technician or the head does."),
    Permission.ASK_OUTSIDE: mark("{person} may not ask anybody outside. An author, an approver or the head does."),
    Permission.SIGNED_IN: mark("{person} has no role in company.yaml. Ask the administrator for one."),
}
NEAREST = 3
KINDS = {Scope.CHANNEL: "channels", Scope.CAMPAIGN: "campaigns"}


def entitled(name: str, people: Mapping[str, Who], permission: Permission) -> Who:
    """The person of this name, who may do this. Raises Refused."""
    who = person_called(name, people)
    if permission not in permissions_of(list(who.roles)):
        raise Refused(because(MAY_NOT[permission], code="not_entitled", person=who.name))
    return who


def person_called(name: str, people: Mapping[str, Who]) -> Who:
    """By key, by the whole name, or by the one word of a name that nobody else has. Raises Refused."""
    names = {key: who.name for key, who in people.items()}
    key = refer(name, names) or _by_one_word(name, names)
    if key is None:
        raise Refused(unknown("people", name, names))
    return people[key]


def _by_one_word(name: str, names: Mapping[str, str]) -> str | None:
    found = [key for key, whole in names.items() if fold(name) in fold(whole).split()]
    return found[0] if len(found) == 1 else None


def channel_called(name: str, channels: Mapping[str, str]) -> str:
    """The key of a channel named by key or title; "" stays "", which means all. Raises Refused."""
    return _referred(Scope.CHANNEL, name, channels) if name.strip() else ""


def scope_key(scope: Scope, name: str, known: Mapping[str, str]) -> str:
    """The key a Stop of this scope is known by; `known` are the keys and titles of that scope. Raises Refused."""
    if scope is Scope.ALL:
        return ""
    if not name.strip():
        raise Refused(because(NO_KEY, code="no_key"))
    return piece_called(name, known) if scope is Scope.PIECE else _referred(scope, name, known)


def _referred(scope: Scope, name: str, known: Mapping[str, str]) -> str:
    key = refer(name, known)
    if key is None:
        raise Refused(unknown(KINDS[scope], name, known))
    return key


def piece_called(name: str, pieces: Mapping[str, str]) -> str:
    """The № of a piece named by № or title. Raises Refused."""
    number = bare_number(name)
    found = number if number in pieces else refer(name, pieces)
    if found is None:
        raise Refused(_no_piece(number, pieces))
    return found


def bare_number(text: str) -> str:
    return text.strip().lstrip("№#").strip()


def _no_piece(number: str, pieces: Mapping[str, str]) -> Reason:
    if not pieces:
        return because(NO_PIECES, code="no_piece", value=number)
    near = _near_numbers(number, pieces) if number.isdecimal() else _near_titles(number, pieces)
    shown = ", ".join(f"№ {known} {quoted(pieces[known])}" for known in near)
    return because(NO_PIECE, code="no_piece", value=number, nearest=shown)


def _near_numbers(number: str, pieces: Mapping[str, str]) -> list[str]:
    numbers = sorted((known for known in pieces if known.isdecimal()), key=int)
    return sorted(numbers, key=lambda known: abs(int(known) - int(number)))[:NEAREST]


def _near_titles(title: str, pieces: Mapping[str, str]) -> list[str]:
    numbers = {known: number for number, known in pieces.items()}
    return [numbers[known] for known in nearest(title, numbers, NEAREST, 0.0)]
