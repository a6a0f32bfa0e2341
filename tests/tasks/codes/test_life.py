"""A code is stopped, opened, put off and replaced by a person with a reason, and its whole story can be told."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from integrations.errors import Refused
from models.database import SetClock
from models.offers import CodeRules
from models.redemptions import Coupon, CouponState, Happened
from tasks.codes import rows as issue
from tasks.codes.engine import Codes
from tasks.codes.life import rows as life
from tasks.codes.reading import read
from tasks.codes.shapes import shape_of
from tests.fakes import NOW
from tests.plans import walked
from tests.tasks.codes.coupons import batches, coupons, customers, group, offer, order

WHY = "the client complained"


@pytest.fixture
def codes(sessions):
    offer(sessions)
    customers(sessions, 3)
    group(sessions, "tea", [1, 2, 3])
    made = Codes(sessions, SetClock(NOW))
    made.issue_to(order(), ["tea"], control_percent=0)
    return made


def events(codes, coupon):
    with codes.sessions() as session:
        return [(one.what, one.by, one.said) for one in life.story(session, coupon).events]


def changed(codes, work, *ids, **more):
    with codes.sessions.begin() as session:
        return work(session, codes.clock, ids, **({"by": "vera", "why": WHY} | more))


def test_a_leaked_code_is_stopped_and_opened_again_with_its_history(codes):
    assert changed(codes, life.stop, 1) == 1 and changed(codes, life.stop, 1) == 0
    assert [one.state for one in coupons(codes)] == [CouponState.STOPPED, CouponState.LIVE, CouponState.LIVE]
    assert changed(codes, life.reopen, 1, 2, why="a false alarm") == 1
    assert events(codes, 1) == [(Happened.STOPPED, "vera", WHY), (Happened.OPENED, "vera", "a false alarm")]
    assert events(codes, 2) == []


def test_nothing_is_changed_without_a_reason(codes):
    for work in (life.stop, life.reopen):
        with pytest.raises(Refused) as refused:
            changed(codes, work, 1, why="  ")
        assert refused.value.reason.code == "no_why"
    with pytest.raises(Refused):
        codes.replace(1, CodeRules(), "vera", "")
    assert {one.state for one in coupons(codes)} == {CouponState.LIVE}


def test_an_end_is_put_off_and_never_brought_nearer(codes):
    later = NOW + timedelta(days=10)
    assert changed(codes, life.extend, 1, 2, until=later) == 2
    assert changed(codes, life.extend, 1, 2, 3, until=NOW + timedelta(days=5)) == 1
    assert [one.ends_at for one in coupons(codes)] == [later, later, NOW + timedelta(days=5)]
    with pytest.raises(Refused) as refused:
        changed(codes, life.extend, 1, until=NOW)
    assert refused.value.reason.code == "past" and [one[0] for one in events(codes, 1)] == [Happened.EXTENDED]


def test_a_whole_batch_is_stopped_portion_by_portion(sessions):
    offer(sessions)
    codes = Codes(sessions, SetClock(NOW))
    batch = codes.issue(order(12_000))
    changed(codes, life.stop, 5)
    other = codes.issue(order(10, "o2"))
    assert codes.stop_batch(batch.id, "vera", "a leaked file") == 11_999
    assert codes.extend_batch(other.id, NOW + timedelta(days=3), "vera", WHY) == 10
    live = [one for one in coupons(codes) if one.state == CouponState.LIVE]
    assert {one.batch_id for one in live} == {other.id} and len(live) == 10
    assert codes.reopen_batch(batch.id, "vera", "they were not") == 12_000
    said = [(Happened.STOPPED, "vera", "a leaked file"), (Happened.OPENED, "vera", "they were not")]
    assert events(codes, 12_000) == said


def test_a_batch_is_stopped_whole_though_a_till_was_quicker(codes):
    """Two transactions that wait for each other: the database lets one of them go, which begins its portion anew."""
    failures = [OperationalError("deadlock detected", None, RuntimeError())]

    def stop(session, ids):
        stopped = life.stop(session, codes.clock, ids, "vera", WHY)
        if failures:
            raise failures.pop()
        return stopped

    assert codes._through(1, stop) == 3 and {one.state for one in coupons(codes)} == {CouponState.STOPPED}
    assert events(codes, 1) == [(Happened.STOPPED, "vera", WHY)]


def test_a_client_gets_another_code_for_one_that_does_not_work(codes):
    changed(codes, life.extend, 2, until=NOW + timedelta(days=9))
    new = codes.replace(2, CodeRules(), "vera", WHY)
    old = coupons(codes)[1]
    assert old.state == CouponState.REPLACED and new.state == CouponState.LIVE
    assert (new.replaces, new.customer_id, new.ends_at, new.most) == (2, 2, old.ends_at, 1)
    assert new.code != old.code and shape_of(CodeRules()).is_right(new.code)
    with codes.sessions() as session:
        told, former = life.story(session, new.id), life.story(session, 2)
    assert told.before == (2,) and former.after == (new.id,)
    assert [one.what for one in told.events] == [Happened.EXTENDED, Happened.REPLACED, Happened.ISSUED]


def test_a_replacement_is_given_no_more_uses_than_were_left_and_leaves_its_batch_alone(codes):
    with codes.sessions.begin() as session:
        one = session.get(Coupon, 1)
        one.most, one.used = 5, 3
        session.get(Coupon, 3).most = 0
    assert codes.replace(1, CodeRules(), "vera", WHY).most == 2
    assert codes.replace(3, CodeRules(), "vera", WHY).most == 0
    assert [(one.made, one.wanted) for one in batches(codes.sessions)] == [(3, 3), (2, 2)]
    assert codes.issue_to(order(), ["tea"], control_percent=0).made == 3


def test_a_replacement_of_a_replacement_keeps_the_whole_story(codes):
    second = codes.replace(1, CodeRules(), "vera", WHY)
    third = codes.replace(second.id, CodeRules(), "vera", "lost again")
    with codes.sessions() as session:
        assert life.story(session, third.id).before == (second.id, 1)
        assert life.story(session, 1).after == (second.id, third.id)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"used": 1}, "used_up"), ({"held": 1}, "in_use"), ({"state": "stopped"}, "not_live"),
     ({"state": "replaced"}, "not_live")],
)  # fmt: skip
def test_what_must_not_be_replaced_is_refused(codes, fields, code):
    with codes.sessions.begin() as session:
        for name, value in fields.items():
            setattr(session.get(Coupon, 1), name, value)
    with pytest.raises(Refused) as refused:
        codes.replace(1, CodeRules(), "vera", WHY)
    assert refused.value.reason.code == code and len(coupons(codes)) == 3


def test_everybodys_code_is_not_replaced_for_one(codes):
    codes.generic(order(once="word", rules=CodeRules(kind="generic", word="TEA2026"), most=0))
    with pytest.raises(Refused) as refused:
        codes.replace(4, CodeRules(), "vera", WHY)
    assert refused.value.reason.code == "everybodys" and coupons(codes)[3].state == CouponState.LIVE


def test_a_replacement_of_somebody_elses_code_is_read_like_ours(sessions):
    rules = CodeRules(kind="imported", prefix="NEW")
    offer(sessions, rules=rules)
    codes = Codes(sessions, SetClock(NOW))
    codes.take_in(order(rules=rules), b"code\nPARTNER-1\n", "their.csv")
    new = codes.replace(1, rules, "vera", WHY)
    with sessions() as session:
        forms = issue.forms(session)
    assert new.code.startswith("NEW") and read(new.code.lower(), forms).code == new.code
    assert not read(new.code[:-2] + new.code[-1] + new.code[-2], forms) or new.code[-1] == new.code[-2]


def test_a_coupon_that_is_not_there_is_refused(codes):
    with pytest.raises(Refused) as refused:
        codes.replace(99, CodeRules(), "vera", WHY)
    assert refused.value.reason.code == "no_coupon"
    with codes.sessions() as session, pytest.raises(Refused):
        life.story(session, 99)


def test_a_code_is_found_by_an_index_and_so_is_its_story(codes):
    code = coupons(codes)[0].code
    with codes.sessions() as session:
        assert life.find(session, code).id == 1 and life.find(session, "X") is None
        assert not walked(session, lambda: (life.find(session, code), life.story(session, 1)))
