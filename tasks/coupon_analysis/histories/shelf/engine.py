"""Keeps what came of a stranger's history: reports only, for its tables name people. The oldest make room."""

import json
import re
from collections.abc import Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import rmtree

from models.desk.coupon_analysis import HistoryLine, Whole
from models.locale import LANGUAGES
from tasks.coupon_analysis.costs import NO_RATES
from tasks.coupon_analysis.histories.engine import analyse, as_files, as_page
from tasks.coupon_analysis.stated import Stated
from tasks.house import House
from tasks.reports.engine import put

FOLDER, KEPT_MOST = "coupon-histories", 20
ID = re.compile(r"[0-9a-f]{16}")
FILES = ("html", "xlsx", "pdf")


class Shelf:
    """The histories of one house's desk."""

    def __init__(self, house: House) -> None:
        self.house, self.root = house, house.var / FOLDER

    def take(
        self, files: Mapping[str, Path], groups: list[str], stated: Stated, reader: str, by: str, once: str
    ) -> str:
        """Analyse the tables, keep the report; the same form sent twice is one, but only with all that it brought:
        whoever goes back to it and takes other tables wants another report. Raises Refused.
        """
        brought = sorted((name, _digest(path)) for name, path in files.items())
        id = sha256(repr((by, once, brought, groups, stated)).encode()).hexdigest()[:16]
        folder, company, now = self.root / id, self.house.workspace.company, self.house.now()
        if (folder / "about.json").is_file():
            return id
        history = analyse(files, company, now, stated.over(NO_RATES), groups)
        for suffix, data in as_files(history, company, now, reader).items():
            put(folder / f"coupons.{suffix}", data)
        for tongue in LANGUAGES:
            put(folder / f"{tongue}.json", as_page(history, company, now, tongue).model_dump_json().encode())
        about = HistoryLine(id=id, title=", ".join(sorted(files)), at=now, by=by)
        put(folder / "about.json", about.model_dump_json().encode())
        for old in self.listed()[KEPT_MOST:]:
            rmtree(self.root / old.id, ignore_errors=True)
        return id

    def listed(self) -> list[HistoryLine]:
        """Those kept, the newest first."""
        found = [HistoryLine.model_validate_json(one.read_text()) for one in self.root.glob("*/about.json")]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def page(self, id: str, reader: str) -> Whole | None:
        path = self._place(id, f"{reader}.json")
        return Whole.model_validate(json.loads(path.read_text())) if path else None

    def file(self, id: str, suffix: str) -> bytes | None:
        path = self._place(id, f"coupons.{suffix}") if suffix in FILES else None
        return path.read_bytes() if path else None

    def _place(self, id: str, name: str) -> Path | None:
        path = self.root / id / name
        return path if ID.fullmatch(id) and path.is_file() else None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
