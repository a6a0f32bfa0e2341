"""The porter: orders of the desk are shown in Prefect, once each, whenever Prefect is there."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from jsonschema import validate
from pydantic import SecretStr
from sqlalchemy import Engine

from deployments.porter import Porter, as_offered, last_words
from deployments.secrets import Secrets
from deployments.settings import Settings
from models.editing import HandText
from models.locale import speak, spoken
from models.order_book import GivenOrder, RunState
from tasks.orderbook import rows as book
from tasks.orderbook.tags import order_of, tag_of
from tests.deployments.fake_prefect import SCHEMA, FakePrefect, fake_prefect
from tests.deployments.served import Web, served

SECRETS = Secrets.model_construct(prefect_auth=SecretStr("otdel:secret"))


@pytest.fixture
def prefect() -> Iterator[FakePrefect]:
    with fake_prefect() as server:
        yield server


@pytest.fixture
def web(tmp_path: Path, database: Engine) -> Iterator[Web]:
    with served(tmp_path, database) as web:
        yield web


def porter(web: Web, settings: Settings, prefect: FakePrefect) -> Porter:
    return Porter(web.house, settings.model_copy(update={"ui_port": prefect.port}), SECRETS)


def give(web: Web, once: str = "a", code: str = "move", by_run: bool = False, settled: bool = True) -> int:
    with web.house.sessions.begin() as session:
        form = {"publication": 7, "person": "olga"}
        order, _ = book.give(session, web.clock, once, code, form, "olga", ("piece", "1"), by_run)
        if settled and not by_run:
            book.settle(session, web.clock, order.id or 0, {"title": "Move"})
        return order.id or 0


def order(web: Web, id: int) -> GivenOrder:
    with web.house.reads() as session:
        return session.get_one(GivenOrder, id)


def test_an_order_gets_its_run_with_the_same_form_and_its_number(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    id = give(web)
    porter(web, settings, prefect).carry()
    [run] = prefect.runs.values()
    assert run["tag"] == "move" and run["parameters"] == {"form": {"publication": 7, "person": "olga"}}
    assert order_of(run["tags"]) == id
    assert (order(web, id).run_state, order(web, id).run_id) == (RunState.STARTED, "run-1")


def test_an_order_is_shown_once_however_many_carry_it(web: Web, settings: Settings, prefect: FakePrefect) -> None:
    for number in range(20):
        give(web, f"form {number}")
    porters = [porter(web, settings, prefect) for _ in range(4)]
    while len(prefect.runs) < 20:
        before = len(prefect.runs)
        threads = [threading.Thread(target=one.carry) for one in porters]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(prefect.runs) > before
        prefect.end("Готово", "Готово")
    assert len(prefect.runs) == 20


def test_many_orders_at_once_leave_room_in_the_runner(web: Web, settings: Settings, prefect: FakePrefect) -> None:
    """With two hundred rows ticked and cancelled: what must go out meanwhile does not queue behind their runs."""
    for number in range(10):
        give(web, f"form {number}")
    carrier = porter(web, settings, prefect)
    carrier.carry()
    carrier.carry()
    assert len(prefect.runs) == 3
    prefect.end("Suspended", "", "PAUSED")  # they wait for an answer, without a process
    carrier.carry()
    assert len(prefect.runs) == 6


def test_while_prefect_is_silent_orders_wait_and_none_is_lost(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    id, carrier = give(web), porter(web, settings, prefect)
    prefect.silent = True
    carrier.carry()
    assert order(web, id).run_state == RunState.WANTED and order(web, id).attempts == 1
    prefect.silent = False
    carrier.carry()  # not yet: it rests between two tries
    assert not prefect.runs
    web.clock.at += timedelta(seconds=3)
    carrier.carry()
    assert order(web, id).run_state == RunState.STARTED and len(prefect.runs) == 1


def test_nobody_at_all_is_an_error_that_the_porter_survives(web: Web, settings: Settings) -> None:
    with fake_prefect() as gone:
        pass
    give(web)
    with pytest.raises(httpx.HTTPError):
        porter(web, settings, gone).carry()


def test_a_form_that_prefect_refuses_is_given_up_after_a_day(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    prefect.wrong = True
    done, waits = give(web, "done"), give(web, "by run", code="A3", by_run=True)
    web.clock.at += timedelta(days=2)
    porter(web, settings, prefect).carry()
    assert order(web, done).run_state == RunState.LOST
    assert order(web, waits).run_state == RunState.WANTED  # only a run does it, so it is still wanted


def test_an_order_left_open_by_a_kill_is_carried_out_by_its_run(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    id = give(web, settled=False)
    porter(web, settings, prefect).carry()
    assert not prefect.runs  # the desk is carrying it out at this moment
    web.clock.at += timedelta(seconds=31)
    porter(web, settings, prefect).carry()
    assert order(web, id).run_state == RunState.STARTED


def test_how_a_run_ended_is_kept(web: Web, settings: Settings, prefect: FakePrefect) -> None:
    id, carrier = give(web, code="A3", by_run=True), porter(web, settings, prefect)
    carrier.carry()
    prefect.end("Готово с замечаниями: 37 из 40", "Строка 12: нет такой картинки")
    carrier.carry()
    found = order(web, id)
    assert (found.run_state, found.ended_as) == (RunState.OVER, "Готово с замечаниями: 37 из 40")
    assert found.remarks == "Строка 12: нет такой картинки"


def test_a_run_that_was_deleted_is_over(web: Web, settings: Settings, prefect: FakePrefect) -> None:
    id, carrier = give(web), porter(web, settings, prefect)
    carrier.carry()
    prefect.runs.clear()
    carrier.carry()
    assert order(web, id).run_state == RunState.OVER


def test_a_run_that_was_cut_off_is_run_again_but_not_for_ever(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    """With a house that is stopped while it runs: its next start takes the order up, each time as a run of its own."""
    id, carrier = give(web, code="A3", by_run=True), porter(web, settings, prefect)
    for tries in (1, 2, 3):
        carrier.carry()
        assert order(web, id).run_state == RunState.STARTED and len(prefect.runs) == tries
        prefect.end("Crashed", "Process exited with status code: -15.", "CRASHED")
        carrier.carry()
        carrier.carry()  # not yet: it rests between two tries
        assert len(prefect.runs) == tries
        web.clock.at += timedelta(minutes=1)
    carrier.carry()
    found = order(web, id)
    assert (found.run_state, len(prefect.runs)) == (RunState.OVER, 3)
    assert "Process" not in found.remarks


@pytest.mark.parametrize(
    ("name", "type", "said"),
    [
        pytest.param("Failed", "FAILED", ("запуск не удался", "Скажите специалисту"), id="an exception"),
        pytest.param("Не выполнено: 0 из 2", "FAILED", ("Не выполнено: 0 из 2", "Flow run"), id="our own words"),
        pytest.param("Cancelled", "CANCELLED", ("отменён в Prefect", ""), id="by a person"),
        pytest.param("Crashed", "CRASHED", ("запуск прервался", "Отдайте распоряжение"), id="cut off too often"),
    ],
)
def test_what_prefect_says_itself_is_said_in_the_readers_words(name: str, type: str, said: tuple[str, str]) -> None:
    speak("ru")
    ended_as, remarks = last_words({"name": name, "type": type, "message": "Flow run encountered an exception"})
    assert said[0] in ended_as and remarks.startswith(said[1])


def test_a_woken_porter_carries_at_once_and_leaves_when_told(
    web: Web, settings: Settings, prefect: FakePrefect
) -> None:
    carrier = porter(web, settings, prefect)
    with carrier.at_work():
        id = give(web)
        carrier.wake()
        for _ in range(500):
            if order(web, id).run_state == RunState.STARTED:
                break
            threading.Event().wait(0.01)
    assert order(web, id).run_state == RunState.STARTED


def test_choices_are_said_as_the_deployment_offers_them() -> None:
    speak("ru")
    offered = {"definitions": {"F": {"properties": {"verdict": {"enum": ["опубликовано"]}, "link": {}}}}}
    assert as_offered({"verdict": "out", "link": "out"}, offered)["link"] == "out"
    assert as_offered({"verdict": "вышло"}, SCHEMA) == {"verdict": "вышло"}


@pytest.mark.parametrize(("colleague", "company"), [("ru", "en"), ("en", "ru"), ("ru", "ru")])
def test_an_order_given_in_another_language_is_taken_by_prefect(colleague: str, company: str) -> None:
    speak(company)
    schema = {"definitions": {"HandText": HandText.model_json_schema()}}
    with spoken(colleague):
        form = HandText(piece="1", channel="tg", what="keep", person="olga").model_dump(mode="json")
    validate(as_offered(form, schema), HandText.model_json_schema())


@pytest.mark.parametrize("tags", [[], ["move"], ["order-"], ["order-x"], ["order-٣"]])
def test_a_run_without_an_order_has_none(tags: list[str]) -> None:
    assert order_of(tags) == 0 and order_of(["move", tag_of(12)]) == 12
