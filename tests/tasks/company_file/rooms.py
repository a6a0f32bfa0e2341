"""The little of a house that writing into its files needs."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

COMPANY = """\
name: Чашки   # так на вывеске
zone: Europe/Moscow
people:
  - {key: olga, name: Ольга, email: olga@example.org, roles: [author]}
  - {key: anton, name: Антон, email: anton@example.org, roles: [admin]}   # ключи у него
# кто согласует
approval: {approver: olga}
"""
CHANNELS = "channels: []\n"


def room(root: Path, start: date) -> Any:
    return SimpleNamespace(root=root, var=root / "var", first_start=start, now=lambda: datetime.now(UTC))


def furnished_room(root: Path, company: str = COMPANY) -> Any:
    (root / "company.yaml").write_text(company, encoding="utf-8")
    (root / "channels.yaml").write_text(CHANNELS)
    return room(root, date(2026, 11, 22))
