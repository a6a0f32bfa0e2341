"""The town of the tests of approval."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from tasks.approval import steps
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.approval.town import Town


@pytest.fixture
def town(tmp_path: Path, database: Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Town:
    clock, policy = SetClock(NOW), getattr(request, "param", "four_eyes: false")
    company = COMPANY.replace("approval: {approver: marina}", f"approval: {{approver: marina, {policy}}}")
    made = Town(furnished(tmp_path, database, {"fake": FakeChannel()}, clock, company=company), clock)

    def start(tag: str, parameters: dict[str, Any], *, key: str) -> str:
        made.runs.append({"tag": tag, "key": key, **parameters["form"]})
        return "started"

    def end(id: str, name: str, message: str) -> bool:
        made.ended.append((id, message))
        return id != "still-running"

    monkeypatch.setattr(steps, "start_run", SimpleNamespace(fn=start))
    monkeypatch.setattr(steps, "end_waiting_run", SimpleNamespace(fn=end))
    return made
