"""Customer groups: all of them and how they overlap, one of them whole, made and changed, corrected, listed, built."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, form_of, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from integrations.web.uploads import received
from models.customer_groups import CORRECTED_TITLES
from models.customers import KIND_TITLES
from models.desk.drop import REACH_TITLES
from models.desk.group_rule import ANY_ADDRESS, JOINS, KINDS, PARTS, SIDES, SIGN_TITLES
from models.desk.groups import GroupForm, GroupPage, ListLook
from models.locale import mark
from models.people import Permission
from models.reason import Reason, because

PATH = "/staff/groups"
MOST = 20_000_000
WHY_MOST, NUMBERS_MOST, TYPED_MOST = 201, 2000, 200_000
WRONG = 422
NEW = "/staff/new-group"  # no key of a group can stand in its way
ONE_OF_TWO = mark("A text was typed and a file chosen. Send one of them, then the other.")
NOT_CHOSEN = mark("Choose whether the customers are added or removed. Nothing has been changed.")
BY_HAND = ("add", "remove")

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def groups(request: Request) -> Response:
    """All groups, what there is to make at once, and how those that were chosen overlap."""
    page = premises(request).verbs.groups_page(request.query_params.getlist("with"))
    return show(request, "groups.html", page=page, kind_titles=KIND_TITLES)


@routes.post(PATH, Permission.CUSTOMERS)
def make_ready(request: Request) -> Response:
    """Make one of the ready groups, with its usual numbers."""
    verbs, ready, name = premises(request).verbs, said(request, "ready", 60), said(request, "name", 200)
    answered = verbs.order_ready_group(visitor_of(request), once_of(request), ready, name)
    return after(request, PATH if answered.refused else f"{PATH}/{answered.about}", *answered.said)


@routes.post(PATH + "/build", Permission.CUSTOMERS)
def build_all(request: Request) -> Response:
    return after(request, PATH, *premises(request).verbs.order_build_groups(visitor_of(request), once_of(request)))


@routes.get(NEW, Permission.CUSTOMERS)
def new(request: Request, ready: str = "", name: str = "", list: bool = False) -> Response:
    """A new group: empty, or as a ready one has it."""
    return _form(request, premises(request).verbs.new_group(ready[:60], name[:200], list))


@routes.post(NEW, Permission.CUSTOMERS)
def fill_in_new(request: Request) -> Response:
    return _filled_in(request, "")


@routes.get(PATH + "/{key}/form", Permission.CUSTOMERS)
def change(request: Request, key: str) -> Response:
    """What a group is, to be changed."""
    form = premises(request).verbs.group_form(key)
    if form is None:
        raise HTTPException(404)
    return _form(request, form)


@routes.post(PATH + "/{key}/form", Permission.CUSTOMERS)
def fill_in(request: Request, key: str) -> Response:
    if premises(request).verbs.group_form(key) is None:
        raise HTTPException(404)
    return _filled_in(request, key)


def _filled_in(request: Request, key: str) -> Response:
    """Do what was pressed to the form; only “save” saves, and only where nothing is wrong."""
    verbs, do = premises(request).verbs, said(request, "do", 1400)
    fields = [(name, value) for name, value in form_of(request).multi_items() if isinstance(value, str)]
    form = verbs.group_filled(fields, key, do)
    if do != "save" or form.objections:
        return _form(request, form)
    order = verbs.order_change_group if key else verbs.order_make_group
    answered = order(visitor_of(request), once_of(request), form)
    if answered.refused:
        return _form(request, form.model_copy(update={"objections": answered.said}))
    return after(request, f"{PATH}/{answered.about}", *answered.said)


def _form(request: Request, form: GroupForm) -> Response:
    """The form; a script puts it in the place of the old one, which it does only of an answer that is none of wrong."""
    status = WRONG if form.objections and "hx-request" not in request.headers else 200
    action = NEW if form.is_new else f"{_at(form.key)}/form"
    return show(
        request, "group_form.html", status, form=form, action=action, kinds=KINDS, parts_of=PARTS, joins=JOINS,
        signs=SIGN_TITLES, sides=SIDES, any_address=ANY_ADDRESS, kind_titles=KIND_TITLES, reach_titles=REACH_TITLES,
        most=WHY_MOST - 1,
    )  # fmt: skip


@routes.get(PATH + "/{key}", Permission.READ_PLAN)
def group(request: Request, key: str) -> Response:
    """One group with all that is known of it."""
    return _group(request, key)


def _group(
    request: Request, key: str, look: ListLook | Reason | None = None, typed: str = "", told: tuple[Reason, ...] = ()
) -> Response:
    objection = look if isinstance(look, Reason) else None
    words = {"told": told} if told else {}
    return show(
        request, "group.html", WRONG if objection else 200, one=_found(request, key), kind_titles=KIND_TITLES,
        reach_titles=REACH_TITLES, joins=JOINS, corrected_titles=CORRECTED_TITLES, typed=typed, objection=objection,
        look=look if isinstance(look, ListLook) else None, most=WHY_MOST - 1, **words,
    )  # fmt: skip


def _found(request: Request, key: str) -> GroupPage:
    found = premises(request).verbs.customer_group(key, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


@routes.post(PATH + "/{key}/build", Permission.CUSTOMERS)
def build(request: Request, key: str) -> Response:
    """Who belongs in it now; `anew`: everybody is looked at."""
    _found(request, key)
    verbs, anew = premises(request).verbs, said(request, "anew", 1) == "1"
    return after(request, _at(key), *verbs.order_build_groups(visitor_of(request), once_of(request), key, anew))


@routes.post(PATH + "/{key}/correct", Permission.CUSTOMERS)
def correct(request: Request, key: str) -> Response:
    """Add customers by hand, or remove them, whatever the rule says."""
    _found(request, key)
    what = said(request, "what", 20)
    if what not in BY_HAND:
        return after(request, _at(key), because(NOT_CHOSEN, code="not_chosen"))
    return _corrected(request, key, what, said(request, "customers", NUMBERS_MOST))


@routes.post(PATH + "/{key}/undo/{id}", Permission.CUSTOMERS)
def undo(request: Request, key: str, id: Id) -> Response:
    """Let the rule decide about a customer again."""
    _found(request, key)
    return _corrected(request, key, "undo", str(id))


def _corrected(request: Request, key: str, what: str, customers: str) -> Response:
    verbs, why = premises(request).verbs, said(request, "why", WHY_MOST)
    told = verbs.order_correct_group(visitor_of(request), once_of(request), key, what, customers, why)
    return after(request, _at(key), *told)


@routes.upload(PATH + "/{key}/list", Permission.CUSTOMERS, most=MOST)
def load_list(request: Request, key: str) -> Response:
    """Look at a list, or load it; what names nobody known stands in the field again, to be mended."""
    _found(request, key)
    typed, files = said(request, "typed", TYPED_MOST), received(request)
    if typed and files:
        return _group(request, key, because(ONE_OF_TWO, code="two"), typed)
    verbs, replaces = premises(request).verbs, said(request, "replaces", 1) == "1"
    given: str | bytes = files[0].path.read_bytes() if files else typed
    if said(request, "do", 10) != "load":
        look = verbs.look_at_list(key, given, replaces)
        return _group(request, key, look, look.text if isinstance(look, ListLook) else typed)
    told, look = verbs.order_list(visitor_of(request), once_of(request), key, given, replaces)
    if isinstance(look, Reason) or look.unknown or not look.is_loaded:
        left = typed if isinstance(look, Reason) else look.unknown_text if look.is_loaded else look.text
        return _group(request, key, look, left, tuple(told))
    return after(request, _at(key), *told)


@routes.post(PATH + "/{key}/put-away", Permission.CUSTOMERS)
def put_away(request: Request, key: str) -> Response:
    """Use it no more, or again."""
    _found(request, key)
    verbs, back = premises(request).verbs, said(request, "back", 1) == "1"
    return after(request, _at(key), *verbs.order_put_away_group(visitor_of(request), once_of(request), key, back))


def _at(key: str) -> str:
    return f"{PATH}/{key}"
