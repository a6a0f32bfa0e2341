"""People outside the company: links for them, and the page that such a link opens without signing in."""

from collections.abc import Iterator, Mapping

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import Id, Routes, inside, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show, show_door
from models.approval import Decision
from models.desk import Review, Said
from models.locale import mark
from models.people import Permission
from models.reason import NO_REASON, Reason, because

BACK = "/approval"
THANKS = "/review/thanks"
WORDS_MOST, DAYS_MOST = 1000, 30
ANSWERS = {"yes": Decision.APPROVED, "no": Decision.RETURNED}
NOTHING_SAID = mark("Choose yes or no for at least one version. Nothing has been sent yet.")
NO_WORDS = mark("Say why not, in a few words: those who asked you cannot guess. Nothing has been sent yet.")

routes = Routes()


@routes.post("/staff/review", Permission.ASK_OUTSIDE)
def ask(request: Request) -> Response:
    """Make a link for somebody outside. Where no letter carries it, it is shown here and nowhere again."""
    verbs, name, back = premises(request).verbs, said(request, "name", 80), inside(said(request, "next"), BACK)
    email = said(request, "email", 200) if premises(request).settings.mailbox is None else ""
    told, link = verbs.ask_reviewer(
        _number(said(request, "question", 10)), _number(said(request, "version", 10)), name, email,
        min(_number(said(request, "days", 2)) or 3, DAYS_MOST), visitor_of(request), once_of(request),
    )  # fmt: skip
    if not link:
        return after(request, back, *told)
    return show(request, "review_link.html", link=link, name=name, said=told, back=back)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


@routes.post("/staff/review/{id}/revoke", Permission.ASK_OUTSIDE)
def revoke(request: Request, id: Id) -> Response:
    verbs, back = premises(request).verbs, inside(said(request, "next"), BACK)
    return after(request, back, *verbs.revoke_reviewer(id, visitor_of(request), once_of(request)))


@routes.get(THANKS, Permission.PUBLIC)
def thanks(request: Request) -> Response:
    """After the last answer: the link itself is used up by then."""
    return show(request, "review_thanks.html")


@routes.get("/review/{token}", Permission.PUBLIC)
def review(request: Request, token: str) -> Response:
    """The versions a link shows. Unknown, too old, revoked and used up look the same."""
    found = premises(request).verbs.review(token)
    if found is not None and request.method == "GET":
        premises(request).verbs.opened(token)
    return _page(request, token, found, {}, NO_REASON)


@routes.post("/review/{token}", Permission.PUBLIC)
def answer(request: Request, token: str) -> Response:
    """Take what was said about the versions as they were shown."""
    verbs = premises(request).verbs
    found = verbs.review(token)
    if found is None:
        return _page(request, token, None, {}, NO_REASON)
    told = list(_said(request, found))
    complaint = _complaint(told)
    if complaint:
        return _page(request, token, found, {one.row: one for one in told}, complaint)
    if verbs.take_review(token, told) is None:
        return _page(request, token, None, {}, NO_REASON)
    left = verbs.review(token)
    return RedirectResponse(f"/review/{token}" if left else THANKS, 303)


def _said(request: Request, review: Review) -> Iterator[Said]:
    """Answers to what is left, each about the version whose print the form carries."""
    for proof in review.left:
        decision = ANSWERS.get(said(request, f"answer-{proof.row}", 3))
        if decision and said(request, f"version-{proof.row}", 80) == proof.version:
            words = said(request, f"words-{proof.row}", WORDS_MOST)
            yield Said(row=proof.row, version=proof.version, decision=decision, words=words)


def _complaint(told: list[Said]) -> Reason:
    if not told:
        return because(NOTHING_SAID, code="nothing")
    wordless = any(one.decision is Decision.RETURNED and not one.words for one in told)
    return because(NO_WORDS, code="no_words") if wordless else NO_REASON


def _page(
    request: Request, token: str, review: Review | None, typed: Mapping[int, Said], objection: Reason
) -> Response:
    status = 410 if review is None else 400 if objection else 200
    return show_door(request, "review.html", status, review=review, token=token, typed=typed, objection=objection)
