"""What recording stated rows comes to, in words: new, corrected and which fact by, withdrawn, to be mended. Pure."""

from collections.abc import Mapping, Sequence

from babel.numbers import format_currency, format_decimal

from models.content import Effect, Problem
from models.ending import Ending
from models.locale import language, mark, translate, translate_plural
from models.post import Value
from models.reason import because
from models.registry import METRICS, Fact, Observation, Unit
from tasks.orders.answers import Line, Report
from tasks.registry.difference import Difference
from tasks.registry.export import digits_of
from tasks.schedule.wall import local

EXPENSES, RESULTS = mark("Expenses: {file}"), mark("Results: {file}")
FORM = {"expense": mark("An expense by form"), "result": mark("A result by form")}
RECORDED = (mark("{number} row is recorded."), mark("{number} rows are recorded."))
TO_RECORD = (
    mark("{number} row would be recorded; nothing has been yet."),
    mark("{number} rows would be recorded; nothing has been yet."),
)
NOTHING_NEW = mark("Nothing is new.")
SAME = (mark("{number} row stands in the registry already."), mark("{number} rows stand in the registry already."))
NEW = mark("new: {what}")
CORRECTED = mark("corrected: {what}, instead of {before} (fact № {fact})")
GONE = mark("no longer in the table, withdrawn: {before} (fact № {fact})")
GONE_KEPT = mark("no longer in the table, but it stays in the registry: {before} (fact № {fact})")
TO_MEND = mark("To be mended")
MEND_REMARK = (
    mark("{number} row is left out until it is mended: {first}"),
    mark("{number} rows are left out until they are mended; the first: {first}"),
)
UNUSABLE = mark("The table cannot be used: {first}")
NOT_RECORDED = mark("{problem} Nothing has been recorded.")
MOST = 200


class Told(Value):
    """One table, or one row of a form, against the registry: what is new in it, and what was done about it."""

    title: str
    zone: str = "UTC"
    difference: Difference = Difference()
    before: Mapping[int, str] = {}
    problems: tuple[Problem, ...] = ()
    recorded: bool = False
    withdrawn: bool = False

    @property
    def rows(self) -> tuple[Observation, ...]:
        """What is recorded, or would be."""
        gone = self.difference.gone if self.withdrawn else ()
        return self.difference.fresh + self.difference.changed + gone

    @property
    def wrong(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.effect is not Effect.NOTE]

    @property
    def ending(self) -> Ending:
        left_out = len({problem.place.row for problem in self.wrong})
        remarks = [_complaint(self.wrong, left_out)] if self.wrong else []
        if not self.recorded and self.rows:
            remarks.append(translate_plural(*TO_RECORD, len(self.rows)))
        done = len(self.rows) + (self.difference.same if left_out else 0)
        return Ending(done=done, total=done + left_out, remarks=tuple(remarks))

    @property
    def report(self) -> Report:
        """What came of it as an answer to whoever ordered it."""
        if self.wrong and not self.rows:
            return Report(title=self.title, refusal=because(NOT_RECORDED, code="not_recorded", problem=self.wrong[0]))
        line = Line(id=0, label=self.title, said=self.summary.rstrip("."), done=True)
        return Report(title=self.title, lines=(line,), notes=self.ending.remarks)

    def markdown(self) -> str:
        """Every row that is not as it was, then what is to be mended."""
        rows, wrong = self._lines()[:MOST], self.problems[:MOST]
        parts = [f"## {self.title}", self.summary, "\n".join(f"- {line}" for line in rows)]
        if wrong:
            parts += [f"### {translate(TO_MEND)}", "\n".join(f"- {problem}" for problem in wrong)]
        return "\n\n".join(part for part in parts if part)

    @property
    def summary(self) -> str:
        counted = translate_plural(*(RECORDED if self.recorded else TO_RECORD), len(self.rows))
        said = [counted if self.rows else translate(NOTHING_NEW)]
        same = self.difference.same
        return " ".join(said + ([translate_plural(*SAME, same)] if same else []))

    def _lines(self) -> list[str]:
        d, gone = self.difference, GONE if self.withdrawn else GONE_KEPT
        return [
            *(translate(NEW, what=said(row, self.zone)) for row in d.fresh),
            *(
                translate(CORRECTED, what=said(row, self.zone), before=self._before(row), fact=row.corrects)
                for row in d.changed
            ),
            *(translate(gone, before=self._before(row), fact=row.corrects) for row in d.gone),
        ]

    def _before(self, row: Observation) -> str:
        return self.before.get(row.corrects or 0, "—")


def _complaint(wrong: Sequence[Problem], left_out: int) -> str:
    if any(problem.effect is Effect.STOPS for problem in wrong):
        return translate(UNUSABLE, first=wrong[0])
    return translate_plural(*MEND_REMARK, left_out, first=wrong[0])


def said(row: Observation | Fact, zone: str) -> str:
    """A stated fact in a few words: day, metric, amount, document."""
    value = f"{local(row.observed_at, zone):%d.%m.%Y} · {translate(METRICS[row.metric].title)} · {_amount(row)}"
    return f"{value} · {row.document}" if row.document else value


def _amount(row: Observation | Fact) -> str:
    if row.value is None:
        return "—"
    if METRICS[row.metric].unit != Unit.MONEY:
        return str(format_decimal(row.value, locale=language()))
    return str(format_currency(row.value / 10 ** digits_of(row.currency), row.currency, locale=language()))
