"""Codes are issued once, whole, to whom they are for; what is somebody's already is never given twice."""

import os
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread
from traceback import format_exception

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from integrations.errors import Refused
from models.customers import Customer
from models.database import SetClock
from models.offers import CodeKind, CodeRules
from models.redemptions import Arm, BatchKind, CouponState, OfferStage
from tasks.codes import rows
from tasks.codes.engine import Codes
from tasks.codes.folding import fold
from tasks.codes.reading import read
from tasks.codes.shapes import shape_of
from tasks.groups.control import is_control
from tests.fakes import NOW
from tests.tasks.codes.coupons import arms, batches, coupons, customers, group, offer, order

CLOCK = SetClock(NOW)
SHAPE = shape_of(CodeRules())


def codes_of(sessions, chance=os.urandom, **more):
    return Codes(sessions, CLOCK, chance, **more)


class Repeating:
    """Chance that says the same few bytes first: codes that are there already."""

    def __init__(self, *former):
        self.former = list(former)

    def __call__(self, number):
        return self.former.pop(0) if self.former else os.urandom(number)


def lots(*codes):
    """The bytes that make these codes, without their check signs."""
    return b"".join(bytes(SHAPE.signs.index(sign) for sign in code[: SHAPE.drawn]) for code in codes)


def test_as_many_codes_are_issued_as_were_ordered_and_each_is_right(sessions):
    offer(sessions)
    batch = codes_of(sessions).issue(order(3000, title="Leaflets"))
    made = coupons(sessions)
    assert (batch.made, batch.wanted, batch.kind, batch.title) == (3000, 3000, BatchKind.UNIQUE, "Leaflets")
    assert len({one.code for one in made}) == 3000 and all(SHAPE.is_right(one.code) for one in made)
    assert {(one.offer_id, one.batch_id, one.state, one.most, one.used, one.held) for one in made} == {
        (1, batch.id, CouponState.LIVE, 1, 0, 0)
    }
    assert {one.made_at for one in made} == {NOW}


def test_the_same_order_again_is_the_same_batch(sessions):
    offer(sessions)
    first = codes_of(sessions).issue(order(50, most=3))
    again = codes_of(sessions).issue(order(50, most=3))
    assert again.id == first.id and len(coupons(sessions)) == 50 and {one.most for one in coupons(sessions)} == {3}


def test_another_order_under_the_same_key_is_refused(sessions):
    offer(sessions)
    offer(sessions, 2)
    codes_of(sessions).issue(order(50))
    for other in (order(51), order(50, offer=2)):
        with pytest.raises(Refused) as refused:
            codes_of(sessions).issue(other)
        assert refused.value.reason.code == "other_order"
    assert len(coupons(sessions)) == 50


def test_an_order_for_no_offer_or_no_codes_is_refused(sessions):
    with pytest.raises(Refused) as refused:
        codes_of(sessions).issue(order(5))
    assert refused.value.reason.code == "no_offer"
    with pytest.raises(Refused) as refused:
        codes_of(sessions).issue(order(0))
    assert refused.value.reason.code == "how_many" and batches(sessions) == []


@pytest.mark.parametrize("stage", [stage for stage in OfferStage if stage is not OfferStage.OPEN])
def test_codes_are_issued_of_an_open_offer_only(sessions, stage):
    offer(sessions, stage=stage)
    ways = [
        lambda codes: codes.issue(order(5)),
        lambda codes: codes.issue_to(order(), ["all"]),
        lambda codes: codes.generic(order(rules=CodeRules(kind=CodeKind.GENERIC, word="TEA"))),
        lambda codes: codes.take_in(order(), "код\nAB12CD\n".encode(), "codes.csv"),
    ]
    customers(sessions, 1)
    group(sessions, "all", [1])
    for way in ways:
        with pytest.raises(Refused) as no:
            way(codes_of(sessions))
        assert no.value.reason.code == stage
    assert not coupons(sessions) and not batches(sessions)


def test_what_codes_look_like_is_read_again_where_more_were_added(sessions):
    offer(sessions)
    known = rows.KnownForms()
    with sessions() as session:
        assert known.of(session) == rows.forms(session) and not known.of(session).shapes
    codes = codes_of(sessions)
    codes.issue(order(3))
    with sessions() as session:
        first = known.of(session)
        assert first.shapes and known.of(session) is first
    codes.take_in(order(once="file"), "код\nAB12CD\n".encode(), "codes.csv")
    with sessions() as session:
        assert known.of(session) == rows.forms(session) != first


def test_codes_that_are_there_already_are_drawn_again(sessions):
    offer(sessions)
    codes_of(sessions).issue(order(3, "o1"))
    there = [one.code for one in coupons(sessions)]
    codes_of(sessions, Repeating(lots(*there[:2]) + lots("23456789A"))).issue(order(3, "o2"))
    all_ = [one.code for one in coupons(sessions)]
    assert len(all_) == len(set(all_)) == 6 and all_[5][:9] == "23456789A"


def test_a_code_drawn_twice_is_issued_once(sessions):
    offer(sessions)
    codes_of(sessions, Repeating(lots("AAAAAAAAA") * 3)).issue(order(3))
    assert len({one.code for one in coupons(sessions)}) == 3
    assert Counter(one.code[:9] for one in coupons(sessions))["AAAAAAAAA"] == 1


def test_two_at_once_fill_one_batch_and_not_more(sessions):
    offer(sessions)
    start, failed = Barrier(4), []

    def work():
        start.wait()
        try:
            codes_of(sessions).issue(order(9000))
        except Exception as error:
            failed.append(error)

    workers = [Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not failed and len(coupons(sessions)) == 9000 and [one.made for one in batches(sessions)] == [9000]


def test_batches_that_draw_the_same_codes_at_once_share_none(sessions):
    """What another has written and not yet committed is waited for, and then drawn again."""
    offer(sessions)
    lot = b"".join(bytes([sign]) * SHAPE.drawn for sign in range(20))
    start, failed = Barrier(6), []

    def work(n):
        start.wait()
        try:
            codes_of(sessions, Repeating(lot)).issue(order(20, f"o{n}"))
        except Exception as error:
            failed.append(error)

    workers = [Thread(target=work, args=(n,)) for n in range(6)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    made = coupons(sessions)
    assert not failed and len({one.code for one in made}) == len(made) == 120
    assert Counter(one.batch_id for one in made) == {one.id: 20 for one in batches(sessions)}


def test_too_few_possible_codes_are_refused_with_the_length_that_would_do(sessions):
    offer(sessions, rules=(short := CodeRules(length=5)))
    codes_of(sessions).issue(order(28, rules=short))
    with pytest.raises(Refused) as refused:
        codes_of(sessions).issue(order(1, "o2", rules=short))
    reason = refused.value.reason
    assert reason.code == "too_guessable" and (reason.words["live"], reason.words["length"]) == (29, 6)
    codes_of(sessions).issue(order(1, "o2", rules=CodeRules(length=6)))


def test_codes_of_other_offers_that_look_the_same_count_until_those_are_over(sessions):
    short = CodeRules(length=5)
    offer(sessions, rules=short)
    offer(sessions, 2, rules=short)
    offer(sessions, 3, rules=CodeRules(length=5, prefix="X"))
    codes_of(sessions).issue(order(20, rules=short))
    with pytest.raises(Refused):
        codes_of(sessions).issue(order(20, "o2", offer=2, rules=short))
    codes_of(sessions).issue(order(20, "o3", offer=3, rules=CodeRules(length=5, prefix="X")))
    with sessions.begin() as session:
        session.get(rows.OfferRow, 1).stage = OfferStage.ENDED
    codes_of(sessions).issue(order(20, "o2", offer=2, rules=short))


def test_a_generic_code_is_one_and_read_as_people_write_it(sessions):
    rules = CodeRules(kind=CodeKind.GENERIC, word="Чай-10")
    offer(sessions, rules=rules)
    assert codes_of(sessions).generic(order(rules=rules, most=0)).made == 1
    assert codes_of(sessions).generic(order(rules=rules, most=0)).made == 1
    (one,) = coupons(sessions)
    assert (one.code, one.most) == (fold("ЧАЙ10"), 0)
    with sessions() as session:
        assert read("чаЙ 10", rows.forms(session)).code == one.code


def test_a_word_that_is_another_offers_is_refused_by_its_name(sessions):
    rules = CodeRules(kind=CodeKind.GENERIC, word="TEA2026")
    offer(sessions, rules=rules)
    offer(sessions, 2, rules=rules)
    codes_of(sessions).generic(order(rules=rules))
    with pytest.raises(Refused) as refused:
        codes_of(sessions).generic(order(once="o2", offer=2, rules=rules))
    assert (refused.value.reason.code, refused.value.reason.words["offer"]) == ("taken", "Offer 1")
    assert len(batches(sessions)) == 1


def test_each_of_a_group_gets_one_but_those_drawn_by_lot(sessions):
    offer(sessions)
    customers(sessions, 400)
    group(sessions, "tea", range(1, 301), control=[7])
    group(sessions, "staff", [9])
    codes_of(sessions).issue_to(order(), ["tea"], ["staff"], control_percent=20)
    drawn = arms(sessions)
    assert set(drawn) == set(range(1, 301)) - {7, 9}
    treated = {one for one, arm in drawn.items() if arm == Arm.TREATED}
    assert {one for one in drawn if not is_control("offer 1", 200, one)} == treated
    assert 30 <= len(drawn) - len(treated) <= 90
    assert [one.customer_id for one in coupons(sessions)] == sorted(treated)


def test_who_came_into_a_group_later_gets_one_and_nobody_a_second(sessions):
    offer(sessions)
    customers(sessions, 60)
    group(sessions, "tea", range(1, 31))
    group(sessions, "coffee", range(20, 61))
    codes_of(sessions).issue_to(order(), ["tea"])
    before = arms(sessions)
    second = codes_of(sessions).issue_to(order(once="o2"), ["tea", "coffee"])
    after = arms(sessions)
    assert before.items() <= after.items() and set(after) == set(range(1, 61))
    whose = [one.customer_id for one in coupons(sessions)]
    assert len(whose) == len(set(whose)) == sum(arm == Arm.TREATED for arm in after.values())
    assert second.made == second.wanted < len(whose)


def test_groups_without_anybody_and_groups_that_are_not_are_refused(sessions):
    offer(sessions)
    group(sessions, "tea", [])
    for keys, code in ((["tea"], "nobody"), (["tee"], "no_group")):
        with pytest.raises(Refused) as refused:
            codes_of(sessions).issue_to(order(), keys)
        assert refused.value.reason.code == code
    assert batches(sessions) == [] and arms(sessions) == {}


def test_whoever_is_erased_before_their_portion_gets_none(sessions):
    offer(sessions)
    customers(sessions, 5000)
    group(sessions, "tea", range(1, 5001))

    def erase(made, wanted):
        if made < wanted:
            with sessions.begin() as session:
                session.execute(delete(Customer).where(Customer.id.in_([1, 4999, 5000])))

    batch = codes_of(sessions, tick=erase).issue_to(order(), ["tea"], control_percent=0)
    whose = [one.customer_id for one in coupons(sessions)]
    assert whose == [None, *range(2, 4999)] and batch.made == batch.wanted == 4998
    assert codes_of(sessions).issue_to(order(), ["tea"], control_percent=0).made == 4998


def test_what_codes_look_like_is_known_of_every_version_and_of_those_without_check_signs(sessions):
    offer(sessions, 1)
    offer(sessions, 2, rules=(digits := CodeRules(charset="digits", length=12)))
    offer(sessions, 3, rules=CodeRules(kind=CodeKind.IMPORTED))
    codes_of(sessions).issue(order(1))
    codes_of(sessions).issue(order(1, "o2", offer=2, rules=digits))
    codes_of(sessions).take_in(order(0, "o3", offer=3), b"code\nPARTNER-1\n", "their.csv")
    with sessions() as session:
        forms = rows.forms(session)
    assert set(forms.shapes) == {SHAPE, shape_of(digits)} and forms.free == {8}


def test_no_repr_and_no_error_shows_a_whole_code(sessions, monkeypatch):
    """A write refused for another reason than a code that is taken says which table, and nothing that stood in it."""
    offer(sessions)
    codes_of(sessions).issue(order(1))
    (one,) = coupons(sessions)
    assert one.code not in repr(one) + str(one)
    drawn, frame = [], rows._frame

    def broken(batch, codes, *args):
        drawn.extend(codes)
        return frame(batch, codes, *args).with_columns(offer_id=-1)

    monkeypatch.setattr(rows, "_frame", broken)
    with pytest.raises(DBAPIError) as refused:
        codes_of(sessions).issue(order(2, "o2"))
    said = "".join(format_exception(refused.value))
    assert "coupon" in said and len(drawn) == 2 and not any(code in said for code in drawn)


def test_a_batch_is_dated_by_the_clock_of_the_door(sessions):
    offer(sessions)
    Codes(sessions, SetClock(NOW + timedelta(days=1))).issue(order(1))
    assert coupons(sessions)[0].made_at == NOW + timedelta(days=1)
