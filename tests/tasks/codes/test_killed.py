"""An issue whose process is killed in the middle goes on behind what is there: nothing is lost, nothing doubled."""

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from models.database import SetClock
from models.redemptions import Arm
from tasks.codes import rows
from tasks.codes.engine import Codes
from tests.fakes import NOW
from tests.tasks.codes.coupons import arms, batches, coupons, customers, group, offer, order

NUMBER = 15_000


@contextmanager
def issuing(database_url, number, groups=()):
    told = json.dumps({"database": database_url, "number": number, "groups": list(groups)})
    command = [sys.executable, "-m", "tests.tasks.codes.issuer", told]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def killed(database_url, number, groups=()):
    """Kill it as soon as a portion is in, wherever it is by then; returns how many codes it had told of."""
    with issuing(database_url, number, groups) as process:
        said = process.stdout.readline()
        process.kill()
        return int(said.split()[0])


def finished(database_url, number, groups=()):
    with issuing(database_url, number, groups) as process:
        process.communicate()
        assert process.returncode == 0


@pytest.mark.storm
def test_an_issue_that_is_killed_goes_on_and_makes_as_many_as_were_ordered(sessions, database_url):
    offer(sessions)
    told = killed(database_url, NUMBER)
    between = coupons(sessions)
    assert 0 < told <= len(between) < NUMBER and [one.made for one in batches(sessions)] == [len(between)]
    assert killed(database_url, NUMBER) > told
    finished(database_url, NUMBER)
    all_ = coupons(sessions)
    assert [one.code for one in all_[: len(between)]] == [one.code for one in between]
    assert len({one.code for one in all_}) == len(all_) == NUMBER == batches(sessions)[0].made


def test_an_issue_to_a_group_that_is_killed_gives_everybody_exactly_one(sessions, database_url):
    offer(sessions)
    customers(sessions, 9000)
    group(sessions, "tea", range(1, 9001))
    killed(database_url, 0, ["tea"])
    drawn, between = arms(sessions), coupons(sessions)
    assert len(drawn) == 9000 and 0 < len(between) < sum(arm == Arm.TREATED for arm in drawn.values())
    finished(database_url, 0, ["tea"])
    assert arms(sessions) == drawn
    whose = [one.customer_id for one in coupons(sessions)]
    assert sorted(whose) == [one for one, arm in sorted(drawn.items()) if arm == Arm.TREATED]


def test_two_processes_with_one_order_make_one_batch(sessions, database_url):
    offer(sessions)
    with issuing(database_url, NUMBER) as one, issuing(database_url, NUMBER) as other:
        for process in (one, other):
            process.communicate()
            assert process.returncode == 0
    assert len(coupons(sessions)) == NUMBER and [one.made for one in batches(sessions)] == [NUMBER]


@pytest.mark.parametrize("at", ["write", "_frame"])
def test_an_error_in_the_middle_of_a_portion_leaves_nothing_of_it(sessions, monkeypatch, at):
    """Whatever breaks, a batch counts what is there."""
    offer(sessions)

    def broken(*args, **more):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(rows, at, broken)
        with pytest.raises(RuntimeError):
            Codes(sessions, SetClock(NOW)).issue(order(100))
    assert coupons(sessions) == [] and batches(sessions)[0].made == 0
    assert Codes(sessions, SetClock(NOW)).issue(order(100)).made == 100
