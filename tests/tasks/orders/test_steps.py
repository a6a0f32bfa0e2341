"""What a run says of an order that was answered on the desk, in whatever language that was."""

import pytest

from models.locale import spoken
from models.orders import Order
from models.stop import Scope
from tasks.orders.engine import Orders
from tasks.orders.steps import Urgent, tell_whether_out
from tasks.stop import rows
from tests.tasks.orders.company import Company


def made_due(company: Company, language: str, number: str = "7") -> Urgent:
    at = company.house
    with spoken(language):
        report = Orders(at.sessions, at.clock, at.workspace).publish_now(Order(person="olga", piece=number), False)
    return Urgent(report=report, ids=tuple(line.id for line in report.lines if line.done))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_to_go_out_now_and_did_not_is_not_done(company: Company, language: str) -> None:
    company.plan("7")
    order = made_due(company, language)
    with spoken("ru"):
        ending = tell_whether_out.fn(order)
    assert (ending.done, ending.total) == (0, 1) and "ещё не вышло" in ending.remarks[0]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_waits_for_the_end_of_quiet_hours_or_of_a_stop_is_done(company: Company, language: str) -> None:
    company.plan("7")
    path = company.house.root / "company.yaml"
    plain = path.read_text()
    path.write_text(plain + 'quiet_hours: "10:00-18:00"\n')  # it is noon in Moscow
    orders = [made_due(company, language)]
    path.write_text(plain)
    with company.house.sessions.begin() as session:
        rows.pull_stop(session, company.clock, Scope.ALL, "", "olga", "wrong price")
    orders.append(made_due(company, language))
    with spoken("ru"):
        assert [tell_whether_out.fn(order).done for order in orders] == [1, 1]
