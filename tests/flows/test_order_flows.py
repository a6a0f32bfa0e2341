"""Orders as flows, with their forms: they run, end under a name that says how, and show the answers."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prefect import tags
from prefect.client.orchestration import get_client
from sqlalchemy import Engine, select

from flows.orders.answered import AnsweredForm, question_answered
from flows.orders.cancel import CancelForm, cancel
from flows.orders.hold import HoldForm, hold
from flows.orders.move import MoveForm, move
from flows.orders.pass_on import PassOnForm, pass_on
from flows.orders.plan_back import plan_back
from flows.orders.publish_now import PublishNowForm, publish_now
from flows.orders.record_costs import CostsForm, record_costs
from flows.orders.release import ReleaseForm, release
from flows.orders.restore import RestoreForm, restore
from flows.orders.stop import StopForm, stop
from flows.orders.unknown import UnknownForm, unknown_outcome
from flows.placement.a08_scheduled_posting import scheduled_posting
from models.delivery import State
from models.locale import spoken
from models.orders import Signed
from models.reaction import Comment, Notice
from models.registry import Fact
from models.stop import Scope
from tasks.orderbook.tags import tag_of
from tasks.orders.engine import Orders
from tasks.stop.engine import Switch
from tests.fakes import NOW
from tests.flows.test_control_flows import artifact, run
from tests.tasks.costs.test_engine import FIRST, SECOND, book
from tests.tasks.orders.company import HOUR, Company

# Prefect leaves its clients' sockets to the garbage collector when a loop ends; a later test would be blamed for them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def company(database: Engine, tmp_path: Path) -> Iterator[Company]:
    with spoken("en"):
        yield Company(tmp_path / "company", database)


@pytest.fixture
def posting(prefect_server: None) -> None:
    """The deployment that announced runs are made for."""

    async def register() -> None:
        deployment = await scheduled_posting.ato_deployment(name="A8", tags=["A8"])
        await deployment.aapply()

    asyncio.run(register())


def announced(id: str) -> str:
    async def read() -> str:
        async with get_client() as client:
            return str((await client.read_flow_run(id)).parameters)  # type: ignore[arg-type]

    return asyncio.run(read())


def test_a_form_reads_its_choices_in_any_language() -> None:
    for said in ("channel", "канал"):
        assert StopForm(scope=said, key="vk", person="olga").scope == "channel"
        assert ReleaseForm(scope=said, key="vk", person="olga").scope == "channel"
    assert UnknownForm(verdict="опубликовать снова", piece="7", person="g").verdict == "again"
    assert CostsForm(what="расход", person="v").what == "expense"
    with spoken("ru"):
        offered = StopForm.model_json_schema()["properties"]["scope"]["enum"]
    assert offered == ["всё", "канал", "акция", "материал"]
    with pytest.raises(ValueError, match="scope"):
        StopForm(scope="shop", person="olga")  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "number"), [("3", 3), ("№ 12", 12), ("three", 0), ("", 0)])
def test_a_stop_is_named_by_its_number(key: str, number: int) -> None:
    assert ReleaseForm(scope="number", key=key, person="vera").number == number
    assert ReleaseForm(scope="all", key=key, person="vera").number == 0


def test_every_order_has_its_fields_in_the_order_people_fill_them_in() -> None:
    for form in (StopForm, ReleaseForm, CancelForm, HoldForm, RestoreForm, MoveForm, PublishNowForm, UnknownForm):
        fields = form.model_json_schema()["properties"]
        last = sorted(fields, key=lambda name: fields[name]["position"])[-2:]
        assert last == ["person", "reason"], form
        assert form.model_json_schema()["title"] != form.__name__


@pytest.mark.prefect
def test_a_stop_is_pulled_and_released(posting: None, company: Company) -> None:
    [id] = company.plan("7")
    company.set(id, State.SENT, url="https://fake/7", sent_at=NOW)
    assert run(stop, StopForm(scope="channel", key="Fake", person="Olga")).name == "Done"
    assert "[https://fake/7](https://fake/7)" in artifact("stop")
    assert run(stop, StopForm(scope="channel", key="Fake", person="Gleb")).name == "Done with remarks: 1 of 1"
    refused = run(release, ReleaseForm(scope="number", key="1", person="Olga"))
    assert (refused.name, refused.is_failed()) == ("Not done: 0 of 1", True)
    assert run(release, ReleaseForm(scope="channel", key="fake", person="Vera")).name == "Done"
    assert "is released" in artifact("stop-released")


@pytest.mark.prefect
def test_a_publication_is_held_restored_moved_and_cancelled(posting: None, company: Company) -> None:
    [id] = company.plan("7", at=NOW + 5 * HOUR)
    assert run(hold, HoldForm(piece="7", person="olga")).name == "Done"
    assert run(restore, RestoreForm(piece="7", person="olga")).name == "Done"
    assert run(move, MoveForm(piece="7", date="+1", person="olga")).name == "Done"
    row = company.row(id)
    assert (row.wall_time, row.plan_wall) == ("2026-11-24T17:00", "2026-11-23T17:00")
    assert "form" in announced(row.run_id)
    assert "moved to 24.11.2026 17:00" in artifact("order")
    assert run(cancel, CancelForm(publication=id, person="olga")).name == "Done"
    late = run(move, MoveForm(piece="7", date="+2", person="olga"))
    assert (late.name, "it is cancelled" in late.message) == ("Not done: 0 of 1", True)


@pytest.mark.prefect
def test_a_run_of_an_order_of_the_desk_shows_its_answer_and_does_not_repeat_it(posting: None, company: Company) -> None:
    [id] = company.plan("7", at=NOW + 5 * HOUR)
    form = MoveForm(publication=id, date="+1", person="olga")
    done = Orders(company.house.sessions, company.clock, company.house.workspace).move(form)
    number = company.given("move", form, done)
    company.set(id, State.PLANNED, due_at=NOW + 9 * HOUR)  # moved once more, by a colleague, before the run began
    with tags(tag_of(number)):
        assert run(move, form).name == "Done"
    assert company.row(id).due_at == NOW + 9 * HOUR and "moved to 24.11.2026 17:00" in artifact("order")


@pytest.mark.prefect
def test_a_run_carries_out_an_order_that_a_kill_left_open(posting: None, company: Company) -> None:
    [id] = company.plan("7", at=NOW + 5 * HOUR)
    form = HoldForm(publication=id, person="olga")
    number = company.given("hold", form)
    for _ in range(2):
        with tags(tag_of(number)):
            assert run(hold, form).name == "Done"
    assert (company.row(id).state, company.row(id).token) == (State.HELD, 1)


@pytest.mark.parametrize("late", [0 * HOUR, 3 * HOUR], ids=["at once", "after hours"])
@pytest.mark.prefect
def test_a_run_never_moves_what_a_kill_left_open(posting: None, company: Company, late: timedelta) -> None:
    """Whoever gave the order saw it fail, and may have done something else since."""
    [id] = company.plan("7", at=NOW + 5 * HOUR)
    form = MoveForm(publication=id, date="+1", person="olga")
    number = company.given("move", form)
    company.clock.at += late
    with tags(tag_of(number)):
        assert "was broken off" in run(move, form).message
    assert company.row(id).due_at == NOW + 5 * HOUR


@pytest.mark.prefect
def test_a_hold_that_a_kill_left_open_is_not_made_up_for_hours_later(posting: None, company: Company) -> None:
    [id] = company.plan("7", at=NOW + 9 * HOUR)
    form = HoldForm(publication=id, person="olga")
    number = company.given("hold", form)
    company.clock.at += 3 * HOUR
    with tags(tag_of(number)):
        assert "was broken off" in run(hold, form).message
    assert company.row(id).state == State.PLANNED


@pytest.mark.prefect
def test_what_is_published_now_is_out_when_the_run_ends(posting: None, company: Company) -> None:
    [first] = company.plan("7", at=NOW + 5 * HOUR)
    company.plan("8", approved=False)
    state = run(publish_now, PublishNowForm(publication=first, person="Olga"))
    assert (state.name, company.fake.texts()) == ("Done", ["Tea 7"])
    assert "published: http://fake/1" in artifact("order")
    assert "it is not approved" in run(publish_now, PublishNowForm(piece="8", person="Olga")).message


@pytest.mark.prefect
def test_an_unknown_outcome_is_settled_by_a_person(posting: None, company: Company) -> None:
    [id] = company.plan("7")
    company.set(id, State.UNKNOWN)
    state = run(unknown_outcome, UnknownForm(piece="7", verdict="out", link="https://seen", person="Gleb"))
    assert (state.name, company.row(id).url) == ("Done", "https://seen")


@pytest.mark.prefect
def test_costs_and_the_plan_come_by_form_and_by_table(posting: None, company: Company) -> None:
    row = CostsForm(what="expense", amount="1 200,50", fund="operating", document="Receipt 5", person="Vera")
    assert [run(record_costs, row).name for _ in range(2)] == ["Done", "Nothing to do"]
    nothing = run(record_costs, CostsForm(what="tables", person="Vera"))
    assert nothing.is_failed()
    (company.house.root / "expenses.xlsx").write_bytes(book(FIRST, SECOND))
    assert [run(record_costs, CostsForm(what="tables", person="Vera")).name for _ in range(2)] == [
        "Done",
        "Nothing to do",
    ]
    assert "2 rows stand in the registry already." in artifact("stated")
    with company.house.reads() as session:
        assert len(session.execute(select(Fact)).scalars().all()) == 3
    assert run(plan_back).is_failed()


def test_a_stop_that_the_desk_pulled_is_shown_with_what_it_came_too_late_for(posting: None, company: Company) -> None:
    [out] = company.plan("7", at=NOW)
    company.set(out, State.SENT, sent_at=NOW, url="https://fake/7")
    form = StopForm(scope="all", person="olga", reason="wrong price")
    switch = Switch(company.house.sessions, company.clock, company.house.workspace)
    order = company.given("stop", form, switch.pull(Scope.ALL, "", Signed(person="olga")).report)
    with tags(tag_of(order)):
        assert run(stop, form).name == "Done"
    assert "[https://fake/7](https://fake/7)" in artifact("stop")


def test_a_release_may_keep_back_what_is_late_and_says_so(posting: None, company: Company) -> None:
    company.plan("7", at=NOW + HOUR)
    run(stop, StopForm(scope="all", person="Olga"))
    company.clock.at += 2 * HOUR
    kept = run(release, ReleaseForm(scope="all", keep_late=True, person="Vera"))
    assert kept.name == "Done with remarks: 1 of 1" and "It waits under “To decide”" in artifact("stop-released")
    assert company.states() == [State.HELD]


def test_a_question_is_passed_on_and_then_answered(posting: None, company: Company) -> None:
    [out] = company.plan("7", at=NOW)
    company.set(out, State.SENT, sent_at=NOW, remote_id="7")
    with company.house.sessions.begin() as session:
        session.add(Comment(account="fake", remote_id="1", delivery_id=out, text="Is it open?", question=True,
                            written_at=NOW, answer_by=NOW + HOUR))  # fmt: skip
    assert run(pass_on, PassOnForm(question=1, to="Vera Head", person="Olga", reason="You know")).name == "Done"
    assert run(question_answered, AnsweredForm(question=1, person="Olga")).name == "Done"
    assert run(question_answered, AnsweredForm(question=1, answer="needs no answer", person="Olga")).name.startswith(
        "Not done"
    )
    with company.house.reads() as session:
        assert [notice.person for notice in session.query(Notice)] == ["vera"]
