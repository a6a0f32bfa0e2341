"""What needs a person: unknown outcomes and all else that waits, in one list, decided one by one or several at once."""

from collections.abc import Callable, Iterator, Sequence

from fastapi import Request, Response

from integrations.web.access import Id, Routes, form_of, inside, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk.unknown import MEANING, TITLES, What
from models.locale import mark
from models.orders import Verdict
from models.people import Permission
from models.reason import Reason, because

PATH = "/staff/unknown"
EACH, ALONE = 20, 200
AT_ONCE = 200
TOLD = 4
NOTHING_TICKED = mark("Nothing was ticked, so nothing has been changed. Tick rows first, then press the button.")
NO_ANSWER = mark("Choose what to do. Nothing has been changed.")
NOBODY_NAMED = mark("Choose to whom it goes. Nothing has been sent yet.")
DONE = mark("Done: {number} of {total}.")
MORE = mark("…and {number} more; each row below says what holds it.")

Give = Callable[[int, str], Sequence[Reason]]

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def unknown(request: Request, what: str = "", mine: str = "") -> Response:
    """Everything that needs a person, or one kind of it; of everybody or only mine."""
    kind = What(what) if what in set(What) else None
    needs = premises(request).verbs.needs(visitor_of(request), kind, bool(mine), ALONE if kind else EACH)
    outlets, people = premises(request).verbs.recipients() if needs.of(What.QUESTION) else ((), ())
    back = PATH + (f"?what={kind}" if kind else "") + ("&" if kind and mine else "?" if mine else "")
    return show(
        request, "unknown.html", needs=needs, outlets=outlets, people=people, need_titles=TITLES, meaning=MEANING,
        kinds=list(What), next=back + ("mine=1" if mine else ""),
    )  # fmt: skip


@routes.post(PATH + "/decide", Permission.DECIDE_UNKNOWN)
def decide_several(request: Request) -> Response:
    """Say the same of every unknown outcome that is ticked."""
    do, verbs, visitor = said(request, "do"), premises(request).verbs, visitor_of(request)
    if do not in set(Verdict):
        return _back(request, [because(NO_ANSWER, code="no_verdict")])
    return _several(request, (What.UNKNOWN,), lambda id, once: verbs.decide_unknown(id, Verdict(do), visitor, once))


@routes.post(PATH + "/order", Permission.SCHEDULE)
def order_several(request: Request) -> Response:
    """Publish or cancel everything that is ticked."""
    verbs, visitor = premises(request).verbs, visitor_of(request)
    orders: dict[str, Give] = {
        "publish": lambda id, once: verbs.publish_now(id, visitor, once),
        "cancel": lambda id, once: verbs.cancel(id, visitor, once, said(request, "why")),
    }
    if said(request, "do") not in orders:
        return _back(request, [because(NO_ANSWER, code="no_verdict")])
    placed = (What.HELD, What.REFUSED, What.MISSED, What.LATE)
    return _several(request, placed, orders[said(request, "do")])


@routes.post(PATH + "/difference/{id}", Permission.DECIDE_UNKNOWN)
def decide_difference(request: Request, id: Id) -> Response:
    """Accept what stands on the channel, restore what was approved, or take it down."""
    answer = said(request, "answer")
    if answer not in ("accept", "restore", "take_down"):
        return _back(request, [because(NO_ANSWER, code="no_verdict")])
    return _back(
        request, premises(request).verbs.decide_difference(id, answer, visitor_of(request), once_of(request))
    )  # fmt: skip


@routes.post(PATH + "/question/{id}/answered", Permission.COMMENT)
def answered(request: Request, id: Id) -> Response:
    """Take a question off the list: it is answered, or needs no answer."""
    answer = said(request, "answer")
    if answer not in ("answered", "none_needed"):
        return _back(request, [because(NO_ANSWER, code="no_verdict")])
    return _back(request, premises(request).verbs.answer_question(id, answer, visitor_of(request), once_of(request)))


@routes.post(PATH + "/question/{id}/pass-on", Permission.COMMENT)
def pass_on(request: Request, id: Id) -> Response:
    """Hand a question to an outlet or a colleague."""
    to, note = said(request, "to", 200), said(request, "note", 500)
    if not to:
        return _back(request, [because(NOBODY_NAMED, code="no_recipient")])
    return _back(request, premises(request).verbs.pass_on(id, to, visitor_of(request), once_of(request), note))


def _several(request: Request, kinds: Sequence[What], give: Give) -> Response:
    """Give an order about each row that is ticked; what was done is counted, what was not says why."""
    ids, once = list(_ticked(request, kinds)), once_of(request)
    if not ids:
        return _back(request, [because(NOTHING_TICKED, code="nothing")])
    told = [reason for id in ids for reason in give(id, f"{once}:{id}")]
    done, others = [r for r in told if r.code == "done"], [r for r in told if r.code != "done"]
    said = [because(DONE, code="done", number=len(done), total=len(ids))] if done else []
    more = [because(MORE, code="more", number=len(others) - TOLD)] if len(others) > TOLD else []
    return _back(request, [*said, *others[:TOLD], *more])


def _ticked(request: Request, kinds: Sequence[What]) -> Iterator[int]:
    """The placements that are ticked, each once; what is of another kind, or no number, is left alone."""
    values = [value for value in form_of(request).getlist("need") if isinstance(value, str)]
    for value in dict.fromkeys(values[:AT_ONCE]):
        what, _, id = value.partition("-")
        if what in set(kinds) and id.isascii() and id.isdecimal() and len(id) < 10:
            yield int(id)


def _back(request: Request, told: Sequence[Reason]) -> Response:
    return after(request, inside(said(request, "next"), PATH), *told)
