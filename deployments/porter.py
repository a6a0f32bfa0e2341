"""The porter: shows the orders of the desk in Prefect. It starts their runs, and keeps how those ended.

The desk never waits for it: an order is carried out before its run is started, or is one that only a run does. Where
Prefect does not answer the orders stay wanted and are tried again.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx

from deployments.prefect_api import PrefectApi
from deployments.secrets import Secrets
from deployments.settings import Settings
from models.form import names_of
from models.locale import mark, translate
from models.order_book import GivenOrder
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orderbook.tags import tag_of

log = logging.getLogger("otdel.porter")

LOOKS_EVERY = 1.0
RESTS_AFTER_SILENCE = 15.0
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
BUSY = ("SCHEDULED", "PENDING", "RUNNING")  # one that waits for a person's answer has no process
# The runner runs five at a time. However many orders are given at once, what must go out on time finds a place.
ROOM = 3
GONE = {"type": "CANCELLED", "name": ""}
TRIES = 3
WORDS_MOST = 4000
BROKE_OFF, FAILED, CANCELLED = mark("the run broke off"), mark("the run failed"), mark("cancelled in Prefect")
GIVE_AGAIN = mark("Give the order again; if it breaks off again, tell the technician.")
TELL_TECHNICIAN = mark("Tell the technician: what went wrong stands in the run's log in Prefect.")


class Porter:
    """One of a web process; where there are several, Prefect's own idempotency key lets a run start once."""

    def __init__(self, house: House, settings: Settings, secrets: Secrets) -> None:
        self.house, self.settings, self.secrets = house, settings, secrets
        self._called, self._leaving = threading.Event(), threading.Event()

    def wake(self) -> None:
        """There is something to carry."""
        self._called.set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._work, name="porter", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._leaving.set()
            self._called.set()
            thread.join(timeout=timedelta(seconds=10).total_seconds())

    def _work(self) -> None:
        while not self._leaving.is_set():
            waits = LOOKS_EVERY
            try:
                self.carry()
            except httpx.HTTPError as error:
                log.info("Prefect does not answer (%s); orders wait", type(error).__name__)
                waits = RESTS_AFTER_SILENCE
            except Exception:
                log.exception("the porter stumbled; it goes on")
                waits = RESTS_AFTER_SILENCE
            self._called.wait(waits)
            self._called.clear()

    def carry(self) -> None:
        """Start the runs that are wanted and ask after those under way; raises httpx.HTTPError."""
        with self.house.reads() as session:
            wanted, under_way = book.runs_wanted(session, self.house.clock), book.runs_under_way(session)
        if not wanted and not under_way:
            return
        with PrefectApi(self.settings, self.secrets, patience=0) as prefect:  # it comes again by itself
            busy = self._ask_after(prefect, under_way) if under_way else 0
            for order in wanted[: max(ROOM - busy, 0)]:
                self._start(prefect, order)

    def _start(self, prefect: PrefectApi, order: GivenOrder) -> None:
        try:
            run = start_run(prefect, order)
        except httpx.HTTPStatusError as error:
            run = ""
            log.warning("order %s (%s) has no run: Prefect said %s", order.id, order.code, error.response.status_code)
        with self.house.sessions.begin() as session:
            if run:
                book.started(session, order.id or 0, run)
            else:
                book.not_started(session, self.house.clock, order)

    def _ask_after(self, prefect: PrefectApi, orders: list[GivenOrder]) -> int:
        """Keep what has ended; returns how many runs take up room in the runner, or soon will."""
        runs = prefect.every("/flow_runs/filter", flow_runs={"id": {"any_": [order.run_id for order in orders]}})
        states = {run["id"]: run.get("state") or {} for run in runs}
        for order in orders:
            state = states.get(order.run_id, GONE)
            if state.get("type") in ENDED:
                self._end(prefect, order, state)
        return sum(state.get("type") in BUSY for state in states.values())

    def _end(self, prefect: PrefectApi, order: GivenOrder, state: dict[str, Any]) -> None:
        """Keep how the run ended. One that was cut off, by a stop of the house or a kill, is run again."""
        id, tries = order.id or 0, TRIES
        if state["type"] == "CRASHED":
            tries = len(prefect.every("/flow_runs/filter", flow_runs={"tags": {"all_": [tag_of(id)]}}))
        with self.house.sessions.begin() as session:
            if tries < TRIES:
                book.again(session, self.house.clock, id, tries)
            else:
                book.over(session, id, *last_words(state))


def last_words(state: dict[str, Any]) -> tuple[str, str]:
    """How a run ended, and its remarks; what Prefect itself says of it is English, of signals and exceptions."""
    name, type = str(state.get("name") or ""), state["type"]
    if type == "CRASHED":
        return translate(BROKE_OFF), translate(GIVE_AGAIN)
    if (type, name) == ("FAILED", "Failed"):
        return translate(FAILED), translate(TELL_TECHNICIAN)
    if (type, name) == ("CANCELLED", "Cancelled"):
        return translate(CANCELLED), ""
    return name, str(state.get("message") or "")[:WORDS_MOST]


def start_run(prefect: PrefectApi, order: GivenOrder) -> str:
    """Start the run of an order; a second start of the same order returns the first run, unless that was cut off."""
    wanted = {"tags": {"all_": [order.code]}}
    [deployment] = prefect.ask("/deployments/filter", deployments=wanted, limit=1) or [None]
    if deployment is None:
        return ""
    form = as_offered(order.form, deployment.get("parameter_openapi_schema") or {})
    tag = tag_of(order.id or 0)
    run = prefect.ask(
        f"/deployments/{deployment['id']}/create_flow_run", parameters={"form": form},
        idempotency_key=f"{tag}-after-{order.run_id}" if order.run_id else tag, tags=[*deployment["tags"], tag],
    )  # fmt: skip
    return str(run["id"])


def as_offered(form: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The form with its choices said as the deployment's schema offers them: in the company's language.

    It was written down in the language of whoever filled it in, which may be another.
    """
    choices = {
        name: field["enum"]
        for part in schema.get("definitions", schema.get("$defs", {})).values()
        for name, field in part.get("properties", {}).items() if "enum" in field
    }  # fmt: skip

    def offered(name: str, value: Any) -> Any:
        known = choices.get(name, [value])
        if value in known or not isinstance(value, str):
            return value
        return next((said for said in known if said in names_of(value) or value in names_of(said)), value)

    return {name: offered(name, value) for name, value in form.items()}
