"""The letter of a mailing: its blocks as one form, looked at while it is typed, saved whole.

Every button of the form sends all of it, so nothing that was typed is lost, with a script or without. Only “Save”
saves.
"""

import json
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, form_of, once_of, said, visitor_of
from integrations.web.composing import fields
from integrations.web.composing.acts import COLUMNS_MOST, act
from integrations.web.composing.comparing import different
from integrations.web.composing.draft import OF_LETTER, OF_TEXT, Draft, drawn, typed, value, written
from integrations.web.composing.frames import CLIPPED_KB, FRAME_HEADERS, NEAR_KB, by
from integrations.web.composing.inbox import PREHEADER_SHOWN, SUBJECT_SHOWN, counted, short_count
from integrations.web.composing.objections import Objection, at, objections, showable
from integrations.web.composing.summing_up import blocks_by_id
from integrations.web.headers import SCRIPT_POLICY
from integrations.web.premises import premises
from integrations.web.routes.mailings import PATH, TITLES, desk, found_mailing
from integrations.web.screen import after, show
from integrations.web.uploads import received
from models.desk.mailings import OVERTAKEN, SAVE, MailingPage, Preview
from models.locale import mark
from models.mail_document import FINISHED_BYTES_MAX
from models.mailing_orders import SaveMailingForm
from models.people import Permission
from models.reason import NO_REASON, Reason, because

LETTER = PATH + "/{id}/letter"
FORM_MOST = 8_000_000
FILE_MOST = 2_000_000
FRAMING_POLICY = f"{SCRIPT_POLICY}; frame-src 'self'"
NO_LETTER = mark("There is nothing to show yet. What is missing stands beside the fields.")
NOT_SAVED = mark("Nothing has been saved yet: mend what is marked, then save again.")
NO_FILE = mark("Choose the file of the letter first. Nothing was changed.")
NO_TEXT = mark("“{name}” cannot be read as a text. Save it as UTF-8, then load it again.")
NOT_MADE = mark("“{name}” is neither a finished letter (.html, .htm) nor one to be finished (.mjml).")
TOO_LARGE = mark("“{name}” has {size} KB, the limit is {limit} KB. Take pictures out of its code.")
SUFFIXES = {"html": "html", "htm": "html", "mjml": "mjml"}

routes = Routes()


@routes.get(LETTER, Permission.READ_PLAN)
def letter(request: Request, id: Id, variant: str = "A", customer: int = 0) -> Response:
    """The blocks of a variant as they are saved, and how it looks."""
    page = found_mailing(request, id)
    return _page(request, page, drawn(page.document, variant, page.version), customer=customer)


@routes.post(LETTER, Permission.CUSTOMERS, most=FORM_MOST)
def write(request: Request, id: Id) -> Response:
    """Press a button of the form: save it, or do something to the draft and show it again."""
    page, draft = found_mailing(request, id), _typed(request)
    do = said(request, "do", 200)
    if do in ("", "save", "over"):
        return _save(request, page, replace(draft, seen=page.version) if do == "over" else draft)
    if do.startswith("show:"):
        other = replace(draft, variant=do.partition(":")[2], removed={})
        return _page(request, page, other if other.here.get("name") == other.variant else draft)
    path = do.partition(":")[2]
    given = {name: said(request, f"view-{name}-{path}", 500) for name in ("place", "else", "where")}
    given["after"] = said(request, "view-after", 60)
    return _page(request, page, act(draft, do, given, premises(request).settings.public_url))


def _typed(request: Request) -> Draft:
    seen = said(request, "seen", 12)
    draft = typed(form_of(request), said(request, "variant", 1), int(seen) if seen.isdecimal() else 0)
    if draft is None:
        raise HTTPException(400)
    return draft


def _save(request: Request, page: MailingPage, draft: Draft) -> Response:
    found = objections(draft.document)
    if found:
        return _page(request, page, draft, found, (because(NOT_SAVED, code="not_saved"),), 422)
    form = SaveMailingForm(
        mailing=page.line.id, document=json.dumps(draft.document, ensure_ascii=False), seen=draft.seen, person=""
    )  # fmt: skip
    told = desk(request).save_mailing(visitor_of(request), once_of(request), form)
    if any(one.code == "done" for one in told):
        return after(request, f"{PATH}/{page.line.id}/letter?variant={draft.variant}", *told)
    is_overtaken = any(one.code == OVERTAKEN for one in told)
    now = found_mailing(request, page.line.id) if is_overtaken else page
    return _page(request, now, draft, found, tuple(told), 409 if is_overtaken else 422)


def _page(
    request: Request, page: MailingPage, draft: Draft, found: tuple[Objection, ...] | None = None,
    told_here: tuple[Reason, ...] = (), status: int = 200, customer: int = 0,
) -> Response:  # fmt: skip
    found = objections(draft.document) if found is None and draft.changed else found or ()
    as_whom = _as_whom(request, customer)
    response = show(
        request, "mailing_letter.html", status, page=page, draft=draft, wrong=at(found, draft.variant),
        objections=found, told_here=told_here, as_whom=as_whom, look=_look(request, page, draft, as_whom),
        meanwhile=partial(different, page.document, draft.document) if status == 409 else None,
        **words(page, draft),
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


def words(page: MailingPage, draft: Draft) -> dict[str, Any]:
    """What the templates of a letter say and ask."""
    knows = page.choices.knows
    return {
        "kinds": fields.KINDS, "kinds_offered": fields.kinds_offered(knows), "has_coupons": knows(fields.COUPON),
        "of_variant": fields.OF_VARIANT, "of_document": fields.OF_DOCUMENT, "band": fields.BAND, "written": written,
        "places": fields.offered(fields.PLACES, knows), "has_fields": fields.offered(fields.HAS, knows),
        "value": value, "of_letter": OF_LETTER, "of_text": OF_TEXT, "columns_most": COLUMNS_MOST,
        "blocks_of": blocks_by_id(draft.document), "short_count": short_count, "clipped_kb": CLIPPED_KB,
        "near_kb": NEAR_KB, "counted": counted, "may_save": SAVE in page.may,
        "most_shown": {"subject": SUBJECT_SHOWN, "preheader": PREHEADER_SHOWN}, **TITLES,
    }  # fmt: skip


def _as_whom(request: Request, customer: int = 0) -> int:
    """Whose letter it is: a record is seen only by those who may see customers."""
    said_here = said(request, "view-customer", 12) if request.method == "POST" else str(customer)
    number = int(said_here) if said_here.isascii() and said_here.isdecimal() and len(said_here) < 10 else 0
    return number if visitor_of(request).may(Permission.CUSTOMERS) else 0


def _look(request: Request, page: MailingPage, draft: Draft, customer: int) -> Preview:
    document = showable(draft) if draft.changed else ""
    if draft.changed and not document:
        return Preview(held=because(NO_LETTER, code="nothing"))
    return desk(request).mailing_preview(page.line.id, draft.variant, customer, document)


@routes.post(LETTER + "/look", Permission.CUSTOMERS, most=FORM_MOST)
def look(request: Request, id: Id) -> Response:
    """What an inbox shows of the draft, how large it is and what is wrong with it: a part of the page."""
    page, draft = found_mailing(request, id), replace(_typed(request), changed=True)
    found = objections(draft.document)
    return show(
        request, "mailing_look.html", page=page, draft=draft, objections=found,
        look=_look(request, page, draft, _as_whom(request)), **words(page, draft),
    )  # fmt: skip


@routes.post(LETTER + "/frame", Permission.CUSTOMERS, most=FORM_MOST)
def frame_of_draft(request: Request, id: Id) -> Response:
    """The draft as it looks, for the frame beside its form."""
    page, draft = found_mailing(request, id), replace(_typed(request), changed=True)
    scheme, part = said(request, "view-scheme", 10), said(request, "view-part", 10)
    return framed(request, _look(request, page, draft, _as_whom(request)), scheme, part)


@routes.get(PATH + "/{id}/frame", Permission.READ_PLAN)
def frame(
    request: Request, id: Id, variant: str = "A", customer: int = 0, scheme: str = "light", part: str = "html"
) -> Response:
    """What is saved as it looks, for a frame."""
    page = found_mailing(request, id)
    if all(one.get("name") != variant for one in drawn(page.document, variant, 0).variants):
        raise HTTPException(404)
    return framed(request, desk(request).mailing_preview(id, variant, _as_whom(request, customer), ""), scheme, part)


def framed(request: Request, preview: Preview, scheme: str, part: str) -> Response:
    if preview.held or part == "text" or not preview.html:
        response = show(request, "mailing_plain.html", look=preview, scheme=scheme)
        response.headers.update(FRAME_HEADERS)
        return response
    return Response(by(scheme, preview.html), media_type="text/html; charset=utf-8", headers=FRAME_HEADERS)


@routes.get(LETTER + "/finished", Permission.CUSTOMERS)
def finished(request: Request, id: Id, variant: str = "A") -> Response:
    """Where a designer's letter is loaded."""
    page = found_mailing(request, id)
    return _asking_for_file(request, page, drawn(page.document, variant, page.version), NO_REASON, 200)


@routes.upload(LETTER + "/finished", Permission.CUSTOMERS, most=FILE_MOST)
def load_finished(request: Request, id: Id) -> Response:
    """Take a designer's letter in the place of a variant's blocks, and save that as the next version."""
    page = found_mailing(request, id)
    draft = drawn(page.document, said(request, "variant", 1), page.version)
    source = _source(request)
    if isinstance(source, Reason):
        return _asking_for_file(request, page, draft, source)
    draft.here.update(source, blocks=[])
    if found := objections(draft.document):
        return _asking_for_file(request, page, draft, found[0].reason)
    document = json.dumps(draft.document, ensure_ascii=False)
    form = SaveMailingForm(mailing=id, document=document, seen=page.version, person="")
    told = desk(request).save_mailing(visitor_of(request), once_of(request), form)
    if not any(one.code == "done" for one in told):
        return _asking_for_file(request, page, draft, next(iter(told), NO_REASON))
    return after(request, f"{PATH}/{id}/letter?variant={draft.variant}", *told)


def _source(request: Request) -> dict[str, Any] | Reason:
    file = next(iter(received(request, "file")), None)
    if file is None:
        return because(NO_FILE, code="no_file")
    kind = SUFFIXES.get(file.name.rpartition(".")[2].lower())
    if kind is None:
        return because(NOT_MADE, code="kind", name=file.name)
    if file.size > FINISHED_BYTES_MAX:
        limit = FINISHED_BYTES_MAX // 1000
        return because(TOO_LARGE, code="too_large", name=file.name, size=-(-file.size // 1000), limit=limit)
    try:
        text = file.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return because(NO_TEXT, code="no_text", name=file.name)
    return {"finished": {"kind": kind, "source": text}}


def _asking_for_file(request: Request, page: MailingPage, draft: Draft, wrong: Reason, status: int = 422) -> Response:
    return show(
        request, "mailing_finished.html", status, page=page, draft=draft, wrong=wrong,
        limit=FINISHED_BYTES_MAX // 1000, **TITLES,
    )  # fmt: skip
