"""Codes for the recipients of a mailing, given by processes that are killed: each has one in the end, nobody two."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tasks.mailing.coupons.engine import Carrying
from tasks.mailing.running.engine import Running
from tests.tasks.mailing.office import Office, open_office
from tests.tasks.mailing.test_coupons import approved, issued, known, offer

__all__ = ["known"]
pytestmark = pytest.mark.storm


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    return open_office(tmp_path / "company", database)


def test_two_processes_and_a_kill_leave_each_with_one_code(office: Office, database_url: str) -> None:
    """Both give codes out at once; one is killed as soon as it has told of a portion, the other ends the work."""
    offer(office)
    office.customers(range(101, 401))
    office.group("many", range(101, 401))
    id = approved(office, include="many")
    office.at(hours=1)
    Running(office.house)._begin(id)
    command = [sys.executable, "-m", "tests.storm.code_giver", database_url, str(id)]
    with ExitStack() as stack:
        one, other = (stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in "ab")
        assert one.stdout and int(one.stdout.readline()) > 0
        one.kill()
        other.communicate()
        assert other.returncode == 0
    Carrying(office.house).give_out()
    assert sorted(coupon.customer_id or 0 for coupon in issued(office)) == list(range(101, 401))
    letters = {letter.id: letter.state for letter in office.letters(id)}
    assert {coupon.message_id for coupon in issued(office)} == set(letters) and set(letters.values()) == {"planned"}
