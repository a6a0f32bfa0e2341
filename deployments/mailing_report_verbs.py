"""The verbs of a mailing's report, done in the house: its figures as a page and as a file; once more to non-openers."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock

from deployments.order_verbs import sentences
from models.desk import Visitor
from models.desk.mailing_report import MailingReport
from models.locale import language
from models.mailing_reaction_orders import NonOpenersForm
from models.reason import Reason
from tasks.house import House
from tasks.orders.answers import Report
from tasks.reactions_to_mailings.again.engine import Again
from tasks.reactions_to_mailings.engine import Analysis
from tasks.reactions_to_mailings.sheet import workbook
from tasks.reactions_to_mailings.shown import page
from tasks.reactions_to_mailings.values import Figures

GOOD_FOR, OLD_GOOD_FOR, KEPT_MOST = timedelta(minutes=1), timedelta(minutes=10), 8
YOUNG = timedelta(days=2)


class MailingReportVerbs:
    """Reports of mailings. Figures are kept a while: of a large mailing they take longer than a page may."""

    house: House
    ordered: Callable[..., Report]

    def __init__(self) -> None:
        super().__init__()
        self._figures: dict[int, tuple[datetime, Figures]] = {}
        self._counting = Lock()

    def mailing_report(self, id: int) -> MailingReport | None:
        found = self._of(id)
        if found is None:
            return None
        objection = Again(self.house).objection(id)
        waits = bool(found.trial and found.trial.waiting and found.trial.decided_at and not found.trial.chosen)
        shown = page(found, language(), waits, str(objection) if objection else "")
        return shown

    def mailing_report_file(self, id: int) -> bytes | None:
        """The report as a workbook."""
        found = self._of(id)
        return workbook(found, language()) if found else None

    def _of(self, id: int) -> Figures | None:
        """The figures, at most a minute old in the first two days, ten later; of two who ask at once one counts."""
        with self._counting:
            kept = self._figures.get(id)
            if kept is None or self.house.now() >= kept[0] + _good_for(kept[1]):
                found = Analysis(self.house).figures(id)
                self._figures.pop(id, None)
                if found is None:
                    return None
                while len(self._figures) >= KEPT_MOST:
                    self._figures.pop(next(iter(self._figures)))
                kept = self._figures[id] = self.house.now(), found
            return kept[1]

    def order_non_openers(self, id: int, visitor: Visitor, once: str) -> Sequence[Reason]:
        form = NonOpenersForm(mailing=id, person=visitor.key)
        report = self.ordered(
            visitor, once, "non-openers", form.model_dump(), lambda: Again(self.house).to_non_openers(form),
            ("mailing", str(id)),
        )  # fmt: skip
        return sentences(report)


def _good_for(figures: Figures) -> timedelta:
    return OLD_GOOD_FOR if figures.age is not None and figures.age > YOUNG else GOOD_FOR
