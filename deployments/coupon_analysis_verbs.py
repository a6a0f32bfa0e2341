"""The verbs of an offer's analysis, done in the house: its findings as a page, a workbook and on paper."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path, PurePath
from threading import Lock

from integrations.errors import Refused
from integrations.web.uploads import Arrived
from models.desk import Visitor
from models.desk.coupon_analysis import BeforeCard, CouponReport, HistoryLine, Whole
from models.locale import language
from models.reason import Reason
from tasks.coupon_analysis.before.engine import Launching
from tasks.coupon_analysis.before.shown import card
from tasks.coupon_analysis.files import printed_alone
from tasks.coupon_analysis.histories.shelf.engine import Shelf
from tasks.coupon_analysis.settling.engine import Looked, Settling
from tasks.coupon_analysis.sheet import workbook
from tasks.coupon_analysis.shown import named, page
from tasks.coupon_analysis.stated import Stated, read_rates
from tasks.house import House

GOOD_FOR, KEPT_MOST = timedelta(minutes=2), 8


class CouponAnalysisVerbs:
    """Analyses of offers. Findings are kept a while: of a large offer they take longer than a page may."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self._coupon_looks: dict[tuple[str, Stated], tuple[datetime, Looked]] = {}
        self._looking_at_coupons = Lock()

    def coupon_analysis(self, key: str, costs: Mapping[str, str]) -> CouponReport | Reason | None:
        stated = read_rates(costs, self.house.workspace.company.currency)
        if isinstance(stated, Reason):
            return stated
        looked = self._coupons_looked_at(key, stated)
        if looked is None:
            return None
        return page(looked.found, looked.about.key, looked.about.title, language(), names=self._names_of_signals())

    def _names_of_signals(self) -> dict[str, str]:
        company = self.house.workspace.company
        names = {outlet.key: outlet.name for outlet in company.outlets}
        return names | {person.key: person.name for person in company.people}

    def coupon_analysis_file(self, key: str, costs: Mapping[str, str], suffix: str) -> bytes | None:
        stated = read_rates(costs, self.house.workspace.company.currency)
        looked = None if isinstance(stated, Reason) else self._coupons_looked_at(key, stated)
        if looked is None:
            return None
        found = named(looked.found, self._names_of_signals())
        if suffix == "xlsx":
            return workbook([(looked.about.title, found)], language(), self.house.now())
        return printed_alone(looked.about, found, self.house.workspace.company, self.house.now(), language())

    def _coupons_looked_at(self, key: str, stated: Stated) -> Looked | None:
        """The findings, at most two minutes old; of two who ask at once one counts."""
        with self._looking_at_coupons:
            kept = self._coupon_looks.get((key, stated))
            if kept is None or self.house.now() >= kept[0] + GOOD_FOR:
                looked = Settling(self.house).of_key(key, stated)
                self._coupon_looks.pop((key, stated), None)
                if looked is None:
                    return None
                while len(self._coupon_looks) >= KEPT_MOST:
                    self._coupon_looks.pop(next(iter(self._coupon_looks)))
                kept = self._coupon_looks[key, stated] = self.house.now(), looked
            return kept[1]

    def coupon_before(self, key: str) -> BeforeCard | None:
        """What is known before the launch, by the offer's last words; None where there is no such offer."""
        launch = Launching(self.house).of_key(key)
        return card(launch, language()) if launch else None

    def take_history(
        self, files: Sequence[Arrived], groups: str, costs: Mapping[str, str], visitor: Visitor, once: str
    ) -> str | Reason:
        stated = read_rates(costs, self.house.workspace.company.currency)
        if isinstance(stated, Reason):
            return stated
        called: dict[str, Path] = {}
        for file in files:
            called[_of_its_own(file.name, called)] = file.path
        on = [group.strip() for group in groups.replace(";", ",").split(",") if group.strip()]
        try:
            return Shelf(self.house).take(called, on, stated, language(), visitor.key, once)
        except Refused as refused:
            return refused.reason

    def histories(self) -> Sequence[HistoryLine]:
        return Shelf(self.house).listed()

    def history(self, id: str) -> Whole | None:
        return Shelf(self.house).page(id, language())

    def history_file(self, id: str, suffix: str) -> bytes | None:
        return Shelf(self.house).file(id, suffix)


def _of_its_own(name: str, taken: Collection[str]) -> str:
    """Two files of one name, out of two folders, are two files."""
    path = PurePath(name)
    others = (f"{path.stem} ({n}){path.suffix}" for n in count(2))
    return next(one for one in (name, *islice(others, len(taken) + 1)) if one not in taken)
