"""The verbs of orders about publications, done in the house: written down, carried out at once, shown in Prefect."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from models.desk import Visitor
from models.locale import mark
from models.order_book import GivenOrder, RunState
from models.orders import Order, RepeatedOrder, TimedOrder, Verdict
from models.reason import Reason, because
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orderbook.broken import broken_off
from tasks.orders import rows as publications
from tasks.orders.answers import Report
from tasks.orders.engine import Orders

NOT_ANSWERED = mark("This form was sent before, and its order is still being carried out. Look again in a moment.")
LINE = mark("{line}")


class OrderVerbs:
    """Orders: each is a row of the order book before it is anything else."""

    house: House
    wake_porter: Callable[[], None]

    def ordered(
        self,
        visitor: Visitor,
        once: str,
        code: str,
        form: Mapping[str, Any],
        act: Callable[[], Report],
        subject: tuple[str, str] = ("", ""),
        private: Collection[str] = (),
    ) -> Report:
        """Write the order down, carry it out with `act`, keep the answer; the same form again gets the first answer."""
        with self.house.sessions.begin() as session:
            given, is_new = book.give(
                session, self.house.clock, once, code, form, visitor.key, subject, private=private
            )
        if not is_new:
            return _answered_before(given)
        report = broken_off()
        try:
            report = act()
        finally:  # whatever breaks, the same form again is told so at once
            with self.house.sessions.begin() as session:
                book.settle(session, self.house.clock, given.id or 0, report.model_dump(mode="json"))
            self.wake_porter()
        return report

    def handed_on(
        self, visitor: Visitor, once: str, code: str, form: Mapping[str, Any], subject: tuple[str, str] = ("", "")
    ) -> int:
        """Write down an order that only a run carries out; returns its number, the same for the same form."""
        with self.house.sessions.begin() as session:
            given, _ = book.give(session, self.house.clock, once, code, form, visitor.key, subject, by_run=True)
        self.wake_porter()
        return given.id or 0

    def given(self, id: int) -> GivenOrder | None:
        """An order with what has come of it so far."""
        with self.house.reads() as session:
            return book.order(session, id)

    def cancel(self, id: int, visitor: Visitor, once: str, why: str = "") -> Sequence[Reason]:
        form = RepeatedOrder(publication=id, person=visitor.key, reason=why)
        return self._about(id, visitor, once, "cancel", form, lambda orders: orders.cancel(form))

    def hold(self, id: int, visitor: Visitor, once: str, why: str = "") -> Sequence[Reason]:
        form = RepeatedOrder(publication=id, person=visitor.key, reason=why)
        return self._about(id, visitor, once, "hold", form, lambda orders: orders.hold(form))

    def restore(
        self, id: int, visitor: Visitor, once: str, date: str = "", time: str = "", why: str = ""
    ) -> Sequence[Reason]:
        form = TimedOrder(publication=id, person=visitor.key, date=date, time=time, reason=why)
        return self._about(id, visitor, once, "restore", form, lambda orders: orders.restore(form))

    def move(
        self, id: int, visitor: Visitor, once: str, date: str = "", time: str = "", why: str = ""
    ) -> Sequence[Reason]:
        form = TimedOrder(publication=id, person=visitor.key, date=date, time=time, reason=why)
        return self._about(id, visitor, once, "move", form, lambda orders: orders.move(form))

    def publish_now(self, id: int, visitor: Visitor, once: str, urgent: bool = False) -> Sequence[Reason]:
        form = Order(publication=id, person=visitor.key)
        more = {"urgent": urgent}
        return self._about(
            id, visitor, once, "publish-now", form, lambda orders: orders.publish_now(form, urgent), more
        )

    def decide_unknown(self, id: int, verdict: Verdict, visitor: Visitor, once: str, url: str = "") -> Sequence[Reason]:
        form = Order(publication=id, person=visitor.key)
        more = {"verdict": verdict.value, "link": url}
        return self._about(
            id, visitor, once, "unknown", form, lambda orders: orders.decide_unknown(form, verdict, url), more
        )  # fmt: skip

    def _about(
        self,
        id: int,
        visitor: Visitor,
        once: str,
        code: str,
        form: Order | RepeatedOrder | TimedOrder,
        carry_out: Callable[[Orders], Report],
        more: Mapping[str, Any] = {},
    ) -> Sequence[Reason]:
        with self.house.reads() as session:
            piece = publications.subject_of(session, id)
        filled_in = form.model_dump(mode="json") | dict(more)
        orders = Orders(self.house.sessions, self.house.clock, self.house.workspace)
        return sentences(self.ordered(visitor, once, code, filled_in, lambda: carry_out(orders), ("piece", piece)))


def _answered_before(given: GivenOrder) -> Report:
    if given.carried_out_at is None:
        is_over = given.run_state in (RunState.OVER, RunState.LOST)
        return broken_off() if is_over else Report(title="", refusal=because(NOT_ANSWERED, code="not_answered"))
    return Report.model_validate(given.said)


def sentences(report: Report) -> Sequence[Reason]:
    """An answer as the next page says it: green where everything was done."""
    notes = [because(LINE, code="note", line=note) for note in report.notes]
    if report.refusal:
        return [report.refusal, *notes]
    said = [because(LINE, code="done" if line.done else "not_done", line=line) for line in report.lines]
    return [*said, *notes]
