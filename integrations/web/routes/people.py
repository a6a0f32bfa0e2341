"""People of the company: who they are, what they may do, when they are away, what they did; and the local mailbox."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import NotAllowed, Routes, form_of, once_of, said, visitor_of
from integrations.web.mailbox import letter, letters
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk.people import ROLE_WORDS
from models.locale import mark
from models.people import Permission, Role
from models.reason import because
from models.staff import AWAY, BACK, CHANGE, CLEARED, ENLIST, LEAVE, SIGN_OUT, AbsenceForm, PersonForm

PATH = "/staff/people"
LONGEST = 200
TYPED = ("name", "key", "email", "telegram", "deputy")
NOT_SURE = mark("Tick the box to say that you mean it. Nothing has been changed.")
SHOWN_BEFORE = mark("This link was shown once and is not shown again. Make another one: it makes the former void.")

routes = Routes()


@routes.get(PATH, Permission.READ_PEOPLE)
def people(request: Request) -> Response:
    return show(request, "people.html", people=premises(request).verbs.people())


@routes.get(PATH + "/new/form", Permission.MANAGE_PEOPLE)  # a key may be “new”
def newcomer(request: Request) -> Response:
    """The form for somebody who is not here yet."""
    return _form(request, dict.fromkeys(TYPED, ""), [])


@routes.post(PATH, Permission.MANAGE_PEOPLE)
def enlist(request: Request) -> Response:
    """Write a new person into company.yaml; what cannot be is said above the form, with everything that was typed."""
    form = _person(request, ENLIST, "")
    told = premises(request).verbs.order_person(visitor_of(request), once_of(request), form)
    if any(reason.code != "done" for reason in told):
        return _form(request, {name: said(request, name, LONGEST) for name in TYPED}, _ticked(request), told, 422)
    return after(request, PATH, *told)


def _form(request: Request, typed: dict[str, str], ticked: list[str], told: object = (), status: int = 200) -> Response:
    known = [one for one in premises(request).verbs.people() if one.active]
    return show(
        request, "person_new.html", status, typed=typed, ticked=ticked, objections=told, people=known,
        role_words=ROLE_WORDS, roles=list(Role),
    )  # fmt: skip


@routes.get(PATH + "/{key}", Permission.READ_PEOPLE)
def person(request: Request, key: str, before: str = "") -> Response:
    """A person: what they may do, when they are away, how they come in, what they did."""
    return _page(request, key, before)


def _page(request: Request, key: str, before: str = "", link: str = "") -> Response:
    page = premises(request).verbs.person_page(key, before)
    if page is None:
        raise HTTPException(404)
    return show(
        request, "person.html", page=page, link=link, before=before, role_words=ROLE_WORDS, roles=list(Role),
        may_change=visitor_of(request).may(Permission.MANAGE_PEOPLE),
    )  # fmt: skip


@routes.post(PATH + "/{key}", Permission.MANAGE_PEOPLE)
def change(request: Request, key: str) -> Response:
    verbs, form = premises(request).verbs, _person(request, CHANGE, key)
    told = verbs.order_person(visitor_of(request), once_of(request), form, said(request, "print", LONGEST))
    return after(request, f"{PATH}/{key}", *told)


@routes.post(PATH + "/{key}/leave", Permission.MANAGE_PEOPLE)
def leave(request: Request, key: str) -> Response:
    """Take somebody's access away: out of company.yaml, signed out, everything they did stays."""
    if not said(request, "sure"):
        return after(request, f"{PATH}/{key}", because(NOT_SURE, code="not_sure"))
    form = PersonForm(what=LEAVE, who=key, person="", reason=said(request, "why"))
    told = premises(request).verbs.order_person(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{key}", *told)


@routes.post(PATH + "/{key}/sign-out", Permission.MANAGE_PEOPLE)
def sign_out_everywhere(request: Request, key: str) -> Response:
    form = PersonForm(what=SIGN_OUT, who=key, person="")
    told = premises(request).verbs.order_person(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{key}", *told)


@routes.post(PATH + "/{key}/invite", Permission.MANAGE_PEOPLE)
def invite(request: Request, key: str) -> Response:
    """Make a personal link; it is shown here and nowhere again."""
    verbs, once = premises(request).verbs, once_of(request)
    if verbs.person_page(key) is None:
        raise HTTPException(404)
    if said(request, "do") == "mail":
        return after(request, f"{PATH}/{key}", *verbs.invite_by_mail(visitor_of(request), once, key))
    told, link = verbs.invite(visitor_of(request), once, key)
    if not link:
        refused = [reason for reason in told if reason.code != "done"]
        return after(request, f"{PATH}/{key}", *(refused or [because(SHOWN_BEFORE, code="shown")]))
    return _page(request, key, link=link)


@routes.post(PATH + "/{key}/absence", Permission.MANAGE_PEOPLE)
def away(request: Request, key: str) -> Response:
    told = premises(request).verbs.order_absence(visitor_of(request), once_of(request), absence_form(request, key))
    return after(request, f"{PATH}/{key}", *told)


@routes.post(PATH + "/{key}/absence/remove", Permission.MANAGE_PEOPLE)
def back(request: Request, key: str) -> Response:
    told = premises(request).verbs.order_absence(visitor_of(request), once_of(request), back_form(request, key))
    return after(request, f"{PATH}/{key}", *told)


def absence_form(request: Request, key: str) -> AbsenceForm:
    fields = {name: said(request, name, LONGEST) for name in ("first", "last", "deputy")}
    return AbsenceForm(what=AWAY, who=key, person="", **fields)


def back_form(request: Request, key: str) -> AbsenceForm:
    return AbsenceForm(what=BACK, who=key, first=said(request, "first", LONGEST), person="")


def _person(request: Request, what: str, who: str) -> PersonForm:
    """What the form says of a person; a field that was emptied is cleared, for the form shows what it was."""
    clear = "" if what == ENLIST else CLEARED
    optional = {name: said(request, name, LONGEST) or clear for name in ("email", "telegram", "deputy")}
    return PersonForm(
        what=what, who=who or said(request, "key", LONGEST), name=said(request, "name", LONGEST),
        roles=", ".join(_ticked(request)) or clear, person="", **optional,
    )  # fmt: skip


def _ticked(request: Request) -> list[str]:
    return [value for value in form_of(request).getlist("role") if isinstance(value, str) and value in set(Role)]


@routes.get("/mailbox", Permission.SIGNED_IN)
def mailbox(request: Request) -> Response:
    """The notices that stayed on this machine."""
    folder = premises(request).settings.mailbox
    _refuse_strangers(request)
    return show(request, "mailbox.html", letters=letters(folder) if folder else [], in_use=folder is not None)


@routes.get("/mailbox/{name}", Permission.SIGNED_IN)
def one_letter(request: Request, name: str) -> Response:
    folder = premises(request).settings.mailbox
    _refuse_strangers(request)
    found = letter(folder, name) if folder else None
    if found is None:
        raise HTTPException(404)
    return show(request, "letter.html", letter=found)


def _refuse_strangers(request: Request) -> None:
    """Where notices go out by mail, what lies here is only for those who answer for the department."""
    roles = set(visitor_of(request).roles)
    if premises(request).settings.mailbox is None and not roles & {Role.HEAD, Role.ADMIN}:
        raise NotAllowed(Permission.MANAGE_PEOPLE)
