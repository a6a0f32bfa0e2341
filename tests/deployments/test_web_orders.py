"""Orders on the desk: written down, carried out once, answered in words; and what was typed is never lost."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import Engine, select

from deployments.catalogue import CATALOGUE
from models.delivery import Delivery, State
from models.order_book import GivenOrder
from models.post import Post
from tasks.orders.engine import Orders
from tasks.people import rows as people
from tests.deployments.served import PASSWORD, Browser, Web, served, web_of_its_own
from tests.fakes import NOW

# Which deployment offers the same verb in Prefect; what is nobody's work there is named with its reason.
PARENT = {
    "/staff/placement/{id}/publish": "publish-now",
    "/staff/placement/{id}/cancel": "cancel",
    "/staff/placement/{id}/hold": "hold",
    "/staff/placement/{id}/restore": "restore",
    "/staff/placement/{id}/move": "move",
    "/staff/placement/{id}/decide": "unknown",
    "/staff/stop": "stop",
    "/staff/stop/{id}/release": "release",
    "/staff/unknown/decide": "unknown",
    "/staff/unknown/order": "publish-now",  # or "cancel", by the button
    "/staff/unknown/difference/{id}": "live-difference",
    "/staff/unknown/question/{id}/answered": "answered",
    "/staff/unknown/question/{id}/pass-on": "pass-on",
    "/approval/{id}": "approval",
    "/staff/proof/{rendition_id}": "approval",
    "/staff/drop": "load-plan",  # Prefect takes no file; what the file does is this flow's or a neighbour's
    "/staff/drop/{id}/apply": "load-plan",
    "/staff/drop/{id}/leave": "load-plan",  # only removes what nobody has applied
    "/staff/drop/expense": "costs",
    "/staff/coupon-history": "C10",  # Prefect takes no file, and nothing is ordered: a stranger's tables are read
    "/staff/review/{id}/revoke": "revoke-reviewer",
    "/staff/review": "ask-reviewer",
    "/staff/proof/{rendition_id}/urgent": "urgent",
    "/approval": "approval",
    "/staff/trade/{key}/{id}/confirmed": "confirm-instruction",
    "/trade/{token}": "confirm-instruction",  # by whoever has the outlet's link: no order of ours
    "/staff/people": "person",
    "/staff/people/{key}": "person",
    "/staff/people/{key}/leave": "person",
    "/staff/people/{key}/sign-out": "person",
    "/staff/people/{key}/invite": "invite",
    "/staff/people/{key}/absence": "absence",
    "/staff/people/{key}/absence/remove": "absence",
    "/me/absence": "absence",
    "/me/absence/remove": "absence",
    "/staff/outlets": "outlet",
    "/staff/outlets/{key}": "outlet",
    "/staff/outlets/{key}/close": "outlet",
    "/staff/outlets/{key}/till": "till-key",
    "/staff/outlets/{key}/till/{id}/revoke": "till-key",
    "/staff/outlets/{key}/cashiers/pair": "cashiers",  # Prefect only lists: what it makes is read by many
    "/staff/outlets/{key}/cashiers/pin": "cashiers",
    "/staff/outlets/{key}/cashiers/{id}/pin": "cashiers",
    "/staff/outlets/{key}/cashiers/{id}/off": "cashiers",
    "/staff/outlets/{key}/cashiers/device/{id}/off": "cashiers",
    "/staff/outlets/{key}/cashiers/conflict/{id}": "cashiers",  # a note; what happened is changed by nobody
    "/staff/customers": "load-customers",  # saves nothing: it looks for one of those who were loaded
    "/staff/customers/{id}/consent": "consent",
    "/staff/customers/{id}/stop": "stop-list",
    "/staff/customers/{id}/stop/{row}/lift": "stop-list",
    "/staff/customers/{id}/erase": "erase-customer",
    "/staff/customers/{id}/card": "issue-cards",
    "/staff/customers/{id}/card/{row}": "card",
    "/staff/customers/{id}/points": "correct-points",
    "/staff/customers/{id}/link": "close-page",  # saves nothing: it shows the link that this order would close
    "/staff/customers/{id}/link/close": "close-page",
    "/staff/points": "points-program",
    "/staff/points/cards": "issue-cards",
    "/staff/groups": "make-group",
    "/staff/groups/build": "build-groups",
    "/staff/new-group": "make-group",  # saves nothing, until “save” is pressed
    "/staff/groups/{key}/form": "change-group",  # the same
    "/staff/groups/{key}/build": "build-groups",
    "/staff/groups/{key}/correct": "correct-group",
    "/staff/groups/{key}/undo/{id}": "correct-group",
    "/staff/groups/{key}/list": "correct-group",  # Prefect takes no file: a list is an order by numbers
    "/staff/groups/{key}/put-away": "put-away-group",
    "/staff/new-offer": "make-offer",  # with another button it only shows what it comes to
    "/staff/offers/{key}/form": "make-offer",
    "/staff/offers/{key}/ask": "ask-offer",
    "/staff/offers/{key}/decide": "decide-offer",
    "/staff/offers/{key}/stop": "stop-offer",
    "/staff/offers/{key}/open": "open-offer",
    "/staff/offers/{key}/extend": "extend-offer",
    "/staff/offers/{key}/issue": "issue-codes",
    "/staff/offers/{key}/import": "import-codes",
    "/staff/offers/{key}/codes": "take-codes",
    "/staff/offers/coupon/{id}/replace": "replace-code",
    "/staff/coupons": "replace-code",  # looks only: a typed code stands in no address
    "/staff/mailings/new": "make-mailing",
    "/staff/mailings/{id}/letter": "save-mailing",
    "/staff/mailings/{id}/letter/look": "save-mailing",  # saves nothing: what it shows is what the order would save
    "/staff/mailings/{id}/letter/frame": "save-mailing",
    "/staff/mailings/{id}/letter/finished": "save-mailing",
    "/staff/mailings/{id}/recipients": "set-up-mailing",
    "/staff/mailings/{id}/check": "test-mailing",
    "/staff/mailings/{id}/ask": "ask-mailing",
    "/staff/mailings/{id}/decide": "decide-mailing",
    "/staff/mailings/{id}/run": "run-mailing",
    "/staff/mailings/{id}/unknown": "unknown-letters",
    "/staff/mailings/{id}/winner": "choose-winner",
    "/staff/campaigns": "campaign",
    "/staff/campaigns/{key}": "campaign",
    "/staff/goals": "goal",
    "/staff/goals/{key}": "goal",
    "/staff/funds": "fund",
    "/staff/funds/{key}": "fund",
    "/staff/occasions": "occasion",
    "/staff/occasions/{key}/aside": "occasion",
    "/staff/occasions/{key}/back": "occasion",
    "/staff/piece/{id}/edit": "correct",
    "/staff/piece/{id}/preview": "correct",  # saves nothing: what it shows is what the order would save
    "/staff/piece/{id}/picture": "correct",
    "/staff/piece/{id}/restore": "correct",
    "/staff/piece/{id}/hand/{key}": "by-hand",
    "/staff/piece/{id}/comment": "comment",
    "/staff/draft": "A5",
    "/staff/month": "conclusion",
    "/reports": "A12",
    "/staff/mailings/{id}/report": "non-openers",
    "/mailbox/mailings": "mail-returns",  # saves nothing: it looks for letters
    "/mailbox/mailings/read": "mail-returns",
    "/mailbox/mailings/{id}/unsubscribe": "consent",  # by the recipient's own one click, which is no order
    "/mailbox/mailings/{id}/back": "mail-returns",  # reads what this puts into the folder of returns
}
# What strangers, recipients of letters and programs send is no order of anybody's.
OF_THE_DOOR = re.compile(
    r"/(hooks/|sign-in|sign-out|invite/|language|welcome|me/passkey|review/|u/|c/|s/|subscribe|intake/|till/"
    r"|my/|q/)"
)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def anywhere(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def row(web: Web, id: int) -> Delivery:
    with web.house.reads() as session:
        return session.get_one(Delivery, id)


def book(web: Web) -> list[GivenOrder]:
    with web.house.reads() as session:
        return list(session.execute(select(GivenOrder).order_by(GivenOrder.id)).scalars())  # type: ignore[arg-type]


def given(browser: Browser, id: int, verb: str, **fields: str) -> str:
    return browser.said(browser.post(f"/staff/placement/{id}/{verb}", fields))


def test_every_button_has_its_flow_in_prefect(web: Web) -> None:
    posts = {r.path for r in web.app.routes if "POST" in r.methods and not OF_THE_DOOR.match(r.path)}  # type: ignore[attr-defined]
    tags = {entry.tags[0] for entry in CATALOGUE}
    assert posts - PARENT.keys() == set()
    assert {path: code for path, code in PARENT.items() if code not in tags} == {}


@pytest.mark.parametrize(
    ("verb", "fields", "state", "said"),
    [
        pytest.param("hold", {"why": "ждём цену"}, State.HELD, "придержано", id="hold"),
        pytest.param("cancel", {"why": "передумали"}, State.CANCELLED, "отменено", id="cancel"),
        pytest.param("move", {"date": "2026-11-25", "time": "18:30"}, State.PLANNED, "25.11.2026 18:30", id="move"),
        pytest.param("publish", {}, State.PLANNED, "выходит сейчас", id="publish now"),
    ],
)
def test_an_order_is_carried_out_at_once_and_written_down(
    web: Web, verb: str, fields: dict[str, str], state: State, said: str
) -> None:
    id = web.placement(Post(title="Чай"))
    page = given(web.browser("olga"), id, verb, **fields)
    [order] = book(web)
    assert said in page, page
    assert row(web, id).state == state
    assert (order.person, order.subject_kind, order.carried_out_at) == ("olga", "piece", NOW)
    assert order.form["publication"] == id and order.form["person"] == "olga"


def test_a_form_sent_twice_is_one_order_with_one_answer(web: Web) -> None:
    id, olga = web.placement(Post(title="Чай")), web.browser("olga")
    first = given(olga, id, "move", date="2026-11-25", time="18:30", once="form-1")
    web.browser("vera").post(f"/staff/placement/{id}/move", {"date": "2026-11-26", "time": "10:00"})
    assert "25.11.2026 18:30" in first
    assert "25.11.2026 18:30" in given(olga, id, "move", date="2026-11-25", time="18:30", once="form-1")
    assert row(web, id).wall_time.startswith("2026-11-26") and len(book(web)) == 2


def test_a_form_filled_in_anew_after_its_answer_was_lost_is_an_order_of_its_own(web: Web) -> None:
    """The page stayed open, so its token is the same: what is sent now is what the person wants now."""
    id, olga = web.placement(Post(title="Чай")), web.browser("olga")
    given(olga, id, "move", date="2026-11-25", time="18:30", once="form-1")
    assert "26.11.2026 10:00" in given(olga, id, "move", date="2026-11-26", time="10:00", once="form-1")
    assert "отменено" in given(olga, id, "cancel", once="form-1")
    assert row(web, id).state == State.CANCELLED and len(book(web)) == 3


def test_a_form_whose_order_broke_is_told_so_when_it_is_sent_again(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    id = web.placement(Post(title="Чай"))

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Orders, "hold", broken)
    assert web.browser("olga").post(f"/staff/placement/{id}/hold", {"once": "form-1"}).status_code == 500
    monkeypatch.undo()
    olga = web.browser("olga")
    assert "прервалось" in given(olga, id, "hold", once="form-1")
    assert "придержано" in given(olga, id, "hold", once="form-2")


def test_a_form_sent_many_times_at_once_is_carried_out_once(anywhere: Web) -> None:
    """With a browser that doubts its connection: eight tries of the same form, all at the same moment."""
    id = anywhere.placement(Post(title="Чай"), state=State.HELD)
    browsers = [anywhere.browser("olga") for _ in range(8)]
    start = threading.Barrier(8)

    def send(browser: Browser) -> None:
        start.wait()
        browser.post(f"/staff/placement/{id}/restore", {"date": "2026-11-25", "time": "18:30", "once": "the same"})

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(book(anywhere)) == 1 and row(anywhere, id).token == 1


def test_in_quiet_hours_it_waits_for_their_end(web: Web) -> None:
    id = web.placement(Post(title="Чай"), "wall", State.MISSED, -3)  # quiet from 9 to 15 in Moscow, where it is 12
    assert "тихие часы до 15:00" in given(web.browser("olga"), id, "publish")


@pytest.mark.parametrize("state", [State.SENT, State.INTENT, State.UNKNOWN])
def test_what_is_out_or_going_out_is_not_ordered_about(web: Web, state: State) -> None:
    id, olga = web.placement(Post(title="Чай"), state=state), web.browser("olga")
    for verb in ("publish", "cancel", "hold", "move"):
        given(olga, id, verb, time="18:30")
        assert row(web, id).state == state
    assert "Публикации с номером 999 нет" in given(olga, 999, "publish")


def test_what_nobody_approved_is_not_published(web: Web) -> None:
    id = web.placement(Post(title="Чай"), state=State.HELD, approved_hash="")
    assert "не согласован" in given(web.browser("olga"), id, "publish") and row(web, id).state == State.HELD


def test_a_reason_stands_beside_what_was_cancelled(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    given(web.browser("olga"), id, "cancel", why="передумали")
    assert row(web, id).reason["words"] == {"person": "Ольга", "why": "передумали"}


@pytest.mark.parametrize(
    ("fields", "state", "url"),
    [
        pytest.param({"verdict": "out", "url": "https://t.me/x/1"}, State.SENT, "https://t.me/x/1", id="out"),
        pytest.param({"verdict": "again"}, State.PLANNED, "", id="again"),
        pytest.param({"verdict": "leave"}, State.CANCELLED, "", id="leave"),
        pytest.param({"verdict": ""}, State.UNKNOWN, "", id="nothing"),
        pytest.param({"verdict": "out", "url": "javascript:alert(1)"}, State.UNKNOWN, "", id="no link"),
    ],
)
def test_an_unknown_outcome_is_settled_by_what_a_person_saw(
    web: Web, fields: dict[str, str], state: State, url: str
) -> None:
    id = web.placement(Post(title="Чай"), state=State.UNKNOWN, hours=-1)
    given(web.browser("marina"), id, "decide", **fields)
    assert (row(web, id).state, row(web, id).url) == (state, url)


def test_published_again_is_planned_for_now_and_not_too_late_at_once(web: Web) -> None:
    id = web.placement(Post(title="Чай"), state=State.UNKNOWN, hours=-9, late_at=NOW - timedelta(hours=7))
    given(web.browser("marina"), id, "decide", verdict="again")
    assert (row(web, id).due_at, row(web, id).late_at) == (NOW, NOW + timedelta(hours=2))


def test_under_a_stop_an_order_says_that_it_waits(web: Web) -> None:
    id, head = web.placement(Post(title="Чай"), "tg", State.MISSED, -3), web.browser("vera")
    head.post("/staff/stop", {"scope": "all", "why": "x"})
    assert "Стоп" in given(head, id, "publish") and "держит" in given(head, id, "publish")


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""])
def test_an_order_leads_back_to_the_desk_and_nowhere_else(web: Web, next: str) -> None:
    answer = web.browser("olga").post("/staff/placement/1/publish", {"next": next})
    assert answer.headers["location"] == "/staff"


def test_an_answer_is_said_in_the_readers_language(web: Web) -> None:
    id, olga = web.placement(Post(title="Чай")), web.browser("olga")
    olga.post("/language", {"language": "en"})
    assert "moved to 25.11.2026 18:30" in given(olga, id, "move", date="2026-11-25", time="18:30")


# What was typed when the session was over.


LONG = "Новый текст, который писали полчаса.\nСо второй строкой & <b>знаками</b>."


def signed_out(web: Web, person: str) -> Browser:
    browser = web.browser(person)
    with web.house.sessions.begin() as session:
        people.close_session(session, _hash(browser))
    return browser


def _hash(browser: Browser) -> str:
    from tasks.people.tokens import fingerprint

    return fingerprint(browser.http.cookies["otdel_session"])


def fields_of(page: str) -> dict[str, str]:
    return {
        i.get("name"): i.get("value") for i in html.fromstring(page).xpath("//main//form[1]//input[@type='hidden']")
    }


def test_a_text_typed_before_the_session_was_over_is_there_after_signing_in(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    with web.house.sessions.begin() as session:
        people.invite(session, web.clock, "olga", "x")
    olga = signed_out(web, "olga")
    web.invitation("olga", "t1")
    web.browser().at_the_door("/invite/t1").post("/invite/t1", {"password": PASSWORD})
    answer = olga.post(f"/staff/placement/{id}/cancel", {"why": LONG, "next": "/staff"})
    assert answer.status_code == 401 and "Набранное не потеряно" in answer.text
    carried = fields_of(answer.text) | {"name": "olga@example.org", "password": PASSWORD}
    page = olga.http.post("/sign-in", data=carried)
    assert page.status_code == 200 and "Набранное сохранилось" in page.text and "&lt;b&gt;знаками" in page.text
    again = fields_of(page.text)
    assert again["why"] == LONG
    assert olga.http.post(f"/staff/placement/{id}/cancel", data=again).status_code == 303
    assert row(web, id).reason["words"]["why"].startswith("Новый текст")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        pytest.param("placement/1/publish", {"next": "/staff/week?channel=tg"}, id="publish now"),
        pytest.param("placement/1/move", {"date": "2026-12-01", "time": "10:00"}, id="move"),
        pytest.param("drop/1/apply", {"seen": "0123456789abcdef" * 4, "shown": ["1", "2"]}, id="a drop"),
    ],
)
def test_a_button_pressed_when_the_session_was_over_is_to_be_pressed_again(
    web: Web, path: str, fields: dict[str, Any]
) -> None:
    """Nothing was written, so no page carries a button that would publish: the door says that nothing has been done."""
    web.placement(Post(title="Чай"))
    olga = signed_out(web, "olga")
    answer = olga.post(f"/staff/{path}", fields)
    page = olga.said(answer)
    assert "ничего не сделано. Войдите" in page and "kept-to" not in page
    assert answer.headers["location"].partition("next=")[2] == (
        "%2Fstaff%2Fweek%3Fchannel%3Dtg" if "next" in fields else ""
    )
    stale = web.browser("olga").post(f"/staff/{path}", fields | {"csrf": "of the session before"})
    assert stale.status_code == 403 and "Форма устарела" in stale.text and "kept" not in stale.text


def test_what_is_answered_goes_along_but_no_answer_of_a_passkey(web: Web) -> None:
    for path, kept in (("/staff/unknown/difference/1", ["accept"]), ("/me/passkey", [])):
        page = html.fromstring(signed_out(web, "vera").post(path, {"answer": "accept", "title": "мой ноутбук"}).text)
        assert page.xpath("//form[@action='/sign-in']/input[@name='kept:answer']/@value") == kept, path


def test_a_part_of_a_page_is_not_the_door(web: Web) -> None:
    """A page that looks for itself goes to the door; on any other somebody may be writing."""
    gone, here = signed_out(web, "olga"), web.url
    itself = gone.get("/reports?all=1", **{"hx-request": "true", "hx-current-url": f"{here}/reports?all=1"})
    assert (itself.status_code, itself.headers["hx-redirect"]) == (204, "/sign-in?next=%2Freports%3Fall%3D1")
    for path in ("/staff/suggest/piece?field=piece", "/approval/1/row/1", "/staff/stop/look"):
        part = gone.get(path, **{"hx-request": "true", "hx-current-url": f"{here}/staff/stop"})
        assert (part.status_code, part.text) == (204, "") and "hx-redirect" not in part.headers, path
    assert gone.post("/staff/piece/1/preview", {"text": LONG}, **{"hx-request": "true"}).text == ""


def test_a_form_of_an_earlier_session_is_shown_again(web: Web) -> None:
    id, olga = web.placement(Post(title="Чай")), web.browser("olga")
    answer = olga.post(f"/staff/placement/{id}/cancel", {"why": LONG, "csrf": "of the session before"})
    assert answer.status_code == 403 and fields_of(answer.text)["why"] == LONG
    assert row(web, id).state == State.PLANNED
    assert olga.http.post(f"/staff/placement/{id}/cancel", data=fields_of(answer.text)).status_code == 303


def test_words_from_another_site_are_shown_to_nobody(web: Web) -> None:
    id = web.placement(Post(title="Чай"))
    for browser in (web.browser("olga"), signed_out(web, "gleb")):
        answer = browser.post(f"/staff/placement/{id}/cancel", {"why": LONG, "csrf": ""}, origin="https://evil.example")
        assert "полчаса" not in answer.text and row(web, id).state == State.PLANNED


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_what_was_kept_goes_nowhere_else(web: Web, to: str) -> None:
    web.invitation("olga", "t1")
    web.browser().at_the_door("/invite/t1").post("/invite/t1", {"password": PASSWORD})
    olga = web.browser().at_the_door()
    answer = olga.post("/sign-in", {"name": "olga", "password": PASSWORD, "kept-to": to, "kept:why": LONG})
    assert answer.status_code == 303
