"""Publications that name an offer: its words in the text, and none that goes out when no till would take its code."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlmodel import col

from models.brand import Brand
from models.content import PlanRow
from models.database import SetClock
from models.delivery import Delivery, State
from models.locale import spoken
from models.manuscript import Manuscript
from models.offers import AmountOff, CodeKind, CodeRules
from models.piece import Rendition
from models.post import NamedCoupon, Post
from models.redemptions import BatchKind, Coupon, CouponBatch, OfferRow
from tasks.adaptation.couponing.rows import objections
from tasks.adaptation.steps import adapt_to_channels
from tasks.content.rows import add_piece
from tasks.house import House
from tasks.posting import steps
from tasks.styling.engine import styled_manuscript
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.redeeming.shop import offer, terms

CODE = "Say {{ coupon.tea.code }}"
HOURS = timedelta(hours=3)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(database: Engine, tmp_path: Path, clock: SetClock) -> Iterator[House]:
    company = COMPANY.replace("{approver: marina}", "{approver: marina, default: policy, four_eyes: false}")
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, clock, company=company)


def tea(house: House, word: str = "TEA10", kind: CodeKind = CodeKind.GENERIC, **more: Any) -> None:
    of = terms(AmountOff(amount=45), title="Tea", codes=CodeRules(kind=kind, word=word), last_day=date(2026, 12, 31))
    with house.sessions.begin() as session:
        row = offer(session, [word], of, most=0, **more)
        mine = update(CouponBatch).where(col(CouponBatch.offer_id) == row.id)
        session.execute(mine.values(kind=BatchKind.GENERIC if kind is CodeKind.GENERIC else BatchKind.UNIQUE))


def change(house: House, key: str, **values: Any) -> None:
    with house.sessions.begin() as session:
        session.execute(update(OfferRow).where(col(OfferRow.key) == key).values(**values))


def write(house: House, body: str, title: str = "Tea week", number: str = "1") -> None:
    row = PlanRow(number=number, on=date(2026, 11, 23), at=time(14, 0), channels=("fake",), title=title, author="olga")
    with house.sessions.begin() as session:
        written = Manuscript(title=title, body=body, channels=("fake",))
        add_piece(session, house.clock, "plan", number, written, "x", row)


def made(house: House) -> tuple[Post, list[str]]:
    """The newest version for the channel, and the codes of what speaks against it."""
    adapt_to_channels.fn()
    with house.reads() as session:
        row = session.execute(select(Rendition).order_by(col(Rendition.id).desc()).limit(1)).scalar_one()
        return Post.model_validate(row.post), [one["reason"]["code"] for one in row.notes if one["is_problem"]]


def test_a_publication_says_what_the_offer_says(house: House) -> None:
    tea(house)
    write(house, f"{CODE}: {{{{coupon.tea.gives}}}} until {{{{ coupon.tea.until }}}}.", "{{ coupon.tea.code }}")
    post, against = made(house)
    assert not against
    assert "Say TEA10: A discount of ₽45 on the goods together until 31 December." in post.text
    assert post.title == "TEA10"
    assert post.coupons == (NamedCoupon(offer="tea"), NamedCoupon(offer="tea", code="TEA10"))


def test_a_code_is_said_as_it_is_written(house: House) -> None:
    tea(house, "ЧАЙ_*10*")
    write(house, CODE)
    assert made(house)[0].text.endswith("Say ЧАЙ_*10*")


def test_what_no_till_would_take_does_not_fit_until_it_would(house: House) -> None:
    tea(house)
    for key, more in {
        "draft": {"stage": "draft", "approved_hash": ""}, "stopped": {"stage": "stopped"}, "ended": {"stage": "ended"},
        "over": {"ends_at": NOW}, "own": {"kind": CodeKind.UNIQUE}, "spent": {},
    }.items():  # fmt: skip
        tea(house, key.upper(), key=key, **more)
    with house.sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.code) == "SPENT").values(state="stopped"))
    expected = {
        "coupon.code": "no_offer_named", "coupon.tea.price": "no_field", "coupon.tee.code": "no_offer",
        "coupon.draft.code": "offer_not_approved", "coupon.stopped.gives": "offer_stopped",
        "coupon.ended.code": "offer_ended", "coupon.over.until": "offer_ended", "coupon.own.code": "own_codes",
        "coupon.spent.code": "no_generic_code",
    }  # fmt: skip
    for number, said in enumerate(expected):
        write(house, f"{{{{ {said} }}}}", number=str(number))
    adapt_to_channels.fn()
    with house.reads() as session:
        rows = session.execute(select(Rendition).order_by(col(Rendition.piece_id))).scalars().all()
    told = [[one["reason"] for one in row.notes if one["is_problem"]] for row in rows]
    assert [[one["code"] for one in each] for each in told] == [[code] for code in expected.values()]
    assert told[2][0]["words"]["nearest"].startswith("tea") and not any(row.post for row in rows)
    change(house, "stopped", stage="open")
    assert adapt_to_channels.fn().done == 1


def test_what_was_planned_goes_out_only_while_tills_take_its_code(house: House, clock: SetClock) -> None:
    for key in ("open", "stopped", "over", "spent", "longer"):
        tea(house, key.upper(), key=key)
        write(house, f"{{{{ coupon.{key}.code }}}}", number=key)
    assert adapt_to_channels.fn().done == 5
    steps.lay_out_schedule.fn()
    change(house, "stopped", stage="stopped")
    change(house, "over", ends_at=NOW + HOURS)
    change(house, "longer", ends_at=NOW + HOURS)
    with house.sessions.begin() as session:
        session.execute(update(Coupon).where(col(Coupon.code) == "SPENT").values(state="stopped"))
        session.execute(update(Coupon).where(col(Coupon.code) == "LONGER").values(ends_at=NOW + 2 * HOURS))
    clock.at += HOURS
    steps.publish_due.fn()
    with house.reads() as session:
        rows = session.execute(select(Delivery).where(col(Delivery.kind) == "placement").order_by(col(Delivery.id)))
        found = [(row.state, row.reason.get("code", "")) for row in rows.scalars()]
    assert found == [(State.SENT, ""), (State.HELD, "offer_stopped"), (State.HELD, "offer_ended"),
                     (State.HELD, "no_generic_code"), (State.SENT, "")]  # fmt: skip


def test_many_posts_are_asked_about_at_once(house: House) -> None:
    tea(house)
    asked: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    posts = {n: Post(text=f"{n}", coupons=(NamedCoupon(offer="tea", code="TEA10"),)) for n in range(50)}
    with house.reads() as session:
        assert objections(house, session, posts) == {}
        assert len([one for one in asked if one.startswith("SELECT")]) == 3


def test_style_leaves_it_as_it_is() -> None:
    said = '{{ coupon.tea-10.code }} - "{{coupon.tea-10.until}}"'
    styled, _, _ = styled_manuscript(Manuscript(title="T", body=said), Brand(), "ru")
    assert "{{ coupon.tea-10.code }}" in styled.body and "{{coupon.tea-10.until}}" in styled.body


def test_posts_without_a_coupon_keep_the_hash_that_was_approved() -> None:
    assert Post(text="tea").content_hash() == "f87b7861f74a6c81d6219e6f3b856a083caa2011ea349ade264a5c02ca97ebee"
    assert Post(text="tea", coupons=(NamedCoupon(offer="tea"),)).content_hash() != Post(text="tea").content_hash()
