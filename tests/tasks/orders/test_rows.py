"""The rows of orders, on both databases."""

import pytest

from models.delivery import State
from models.orders import Answer, When
from models.reason import because
from models.stop import Scope
from tasks.orders import rows
from tasks.stop import rows as stops
from tests.fakes import NOW
from tests.tasks.orders.company import HOUR, Company

WHEN = When(NOW + HOUR, NOW + 3 * HOUR, "2026-11-23T13:00", "Europe/Moscow")


def test_an_order_about_nothing_says_so(company: Company) -> None:
    with company.house.sessions.begin() as session:
        assert rows.cancel(session, [99], "Anna") == {99: Answer.ABSENT}
        assert rows.publish_now(session, 99, WHEN, False) is Answer.ABSENT


@pytest.mark.parametrize("state", State)
def test_an_order_touches_only_what_it_can_be_about(company: Company, state: State) -> None:
    able = {
        rows.cancel: rows.CANCELLABLE, rows.hold: rows.HOLDABLE, rows.restore: rows.RESTORABLE,
        rows.reschedule: rows.MOVABLE,
    }  # fmt: skip
    for n, (order, states) in enumerate(able.items()):
        [id] = company.plan(str(n))
        company.set(id, state)
        arguments = {rows.restore: (None,), rows.reschedule: (WHEN,)}.get(order, ("Anna",))
        with company.house.sessions.begin() as session:
            answer = order(session, [id], *arguments)[id]  # type: ignore[operator]
        assert (answer is Answer.DONE) is (state in states), order


def test_an_order_raises_the_token_so_that_a_claim_is_void(company: Company) -> None:
    [id] = company.plan("7")
    for order in (lambda s: rows.hold(s, [id], "Anna"), lambda s: rows.restore(s, [id]),
                  lambda s: rows.reschedule(s, [id], WHEN), lambda s: rows.publish_now(s, id, WHEN, True),
                  lambda s: rows.cancel(s, [id], "Anna")):  # fmt: skip
        before = company.row(id).token
        with company.house.sessions.begin() as session:
            order(session)
        assert company.row(id).token > before


def test_an_urgent_order_does_not_heed_quiet_hours(company: Company) -> None:
    [id] = company.plan("7")
    for urgent in (False, True):
        with company.house.sessions.begin() as session:
            rows.publish_now(session, id, WHEN, urgent)
        assert company.row(id).heeds_quiet_hours is not urgent


def test_a_restored_row_is_announced_anew_and_forgets_why_it_was_held(company: Company) -> None:
    [id] = company.plan("7")
    held = because("why", code="late").model_dump()
    company.set(id, State.HELD, run_id="run", run_key="key", reason=held, attempts=4, next_try_at=NOW + HOUR)
    with company.house.sessions.begin() as session:
        rows.restore(session, [id])
    row = company.row(id)
    assert (row.run_id, row.run_key, row.reason, row.attempts, row.next_try_at) == ("", "", {}, 0, None)


def test_publications_are_found_with_what_an_order_must_know(company: Company) -> None:
    company.plan("7", "fake", "vk")
    company.plan("8", approved=False)
    with company.house.sessions.begin() as session:
        stops.pull_stop(session, company.clock, Scope.CHANNEL, "vk", "vera", "")
    with company.house.reads() as session:
        fake, vk = rows.of_piece(session, "7")
        [other] = rows.by_ids(session, [3])
        assert rows.of_piece(session, "7", "vk") == [vk]
    assert (fake.approved, fake.stopped, vk.stopped) == (True, False, True)
    assert (other.number, other.title, other.approved) == ("8", "Tea 8", False)


def test_a_stop_may_name_what_the_files_have_forgotten(company: Company) -> None:
    company.plan("7", account="gone", campaign="old")
    workspace = company.house.workspace
    with company.house.reads() as session:
        assert rows.known(session, workspace, Scope.CHANNEL) == {"gone": "gone", "fake": "Fake", "vk": "VK wall"}
        assert set(rows.known(session, workspace, Scope.CAMPAIGN)) == {"old", "winter-tea"}
        assert rows.known(session, workspace, Scope.PIECE) == {"7": "Tea 7"}
        assert rows.known(session, workspace, Scope.ALL) == {}


def test_everybody_is_known_by_the_file_and_by_the_tables(company: Company) -> None:
    with company.house.reads() as session:
        people = rows.people(session, company.house.workspace)
    assert {who.name for who in people.values()} >= {"Olga Author", "Vera Head", "Nina Cashier"}
