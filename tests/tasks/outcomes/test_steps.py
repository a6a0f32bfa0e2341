"""The plan as it comes back: the person's own table with what became of every row, on both databases."""

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from models.delivery import State
from models.piece import Piece
from models.reaction import Snapshot
from models.reason import because
from tasks.outcomes import rows, steps
from tasks.outcomes.steps import give_plan_back
from tests.fakes import NOW
from tests.tasks.orders.company import Company

HEADER = ("№", "Date", "Text", "Channels", "my notes")


def write_plan(company: Company, *lines: Any) -> bytes:
    book = Workbook()
    for line in (HEADER, *lines):
        book.active.append(list(line))  # type: ignore[union-attr]
    kept = io.BytesIO()
    book.save(kept)
    folder = company.house.root / "content"
    folder.mkdir()
    (folder / "plan.xlsx").write_bytes(kept.getvalue())
    return kept.getvalue()


def back(company: Company) -> list[dict[str, Any]]:
    sheet = load_workbook(company.house.var / "reports" / "plan.xlsx").active
    assert sheet is not None
    header, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def look(company: Company, delivery: int, at: int, **seen: int) -> None:
    with company.house.sessions.begin() as session:
        session.add_all(
            Snapshot(delivery_id=delivery, metric=metric, value=value, taken_at=NOW + timedelta(hours=at))
            for metric, value in seen.items()
        )


def test_every_row_says_what_became_of_it(company: Company) -> None:
    [out] = company.plan("7")
    [held] = company.plan("8", "vk")
    company.set(out, State.SENT, url="https://fake/1")
    company.set(held, State.HELD, reason=because("Too late.", code="late").model_dump())
    look(company, out, 1, views=10, likes=1)
    look(company, out, 2, views=25, likes=3)
    before = write_plan(company, (7, "25.11", "Tea", "fake", "mine"), (8, "25.11", "Tea", "vk", None),
                        (9, "25.11", "Tea", "fake", None))  # fmt: skip
    assert give_plan_back.fn("").title == "Done"
    first, second, third = back(company)
    assert (first["status"], first["link"], first["reach"], first["reactions"], first["my notes"]) == (
        "published", "https://fake/1", 25, 3, "mine",
    )  # fmt: skip
    assert (second["status"], second["reason"], second["reach"]) == ("held", "VK wall: Too late.", None)
    assert third["status"] is None
    assert (company.house.root / "content" / "plan.xlsx").read_bytes() == before


def test_a_broken_row_says_why_it_is_left_out(company: Company) -> None:
    write_plan(company, (7, "25.11", "Tea", "wk", None))
    ending = give_plan_back.fn("content/plan.xlsx")
    assert "There is no channel “wk”" in ending.remarks[0]
    assert back(company)[0]["status"] == "not loaded"


def test_without_a_plan_there_is_nothing_to_give_back(company: Company) -> None:
    assert "There is no content plan" in give_plan_back.fn("").remarks[0]
    assert give_plan_back.fn("../secret.xlsx").failed


def test_only_the_last_look_counts_and_absent_is_absent(company: Company) -> None:
    [first, second] = company.plan("7", "fake", "vk")
    look(company, first, 1, views=10)
    look(company, first, 2, views=8, clicks=1)
    with company.house.reads() as session:
        fates = rows.fates(session)["7"]
    assert [fate.seen for fate in fates] == [{"views": 8}, {}]
    assert second


def test_a_row_that_was_only_edited_has_no_outcome(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    company.plan("7")
    edited = {"body": {"by": "olga", "at": NOW.isoformat()}}
    with company.house.sessions.begin() as session:
        session.add(Piece(number="8", source="plan", source_ref="8", edited=edited, created_at=NOW, changed_at=NOW))
    write_plan(company, (7, "25.11", "Tea", "fake", None), (8, "25.11", "Tea", "fake", None))
    shown: list[str] = []
    monkeypatch.setattr(steps, "show", lambda key, markdown, description: shown.append(markdown))
    give_plan_back.fn("")
    assert "an outcome: 1 of 2." in shown[0]
    assert back(company)[1]["reason"].startswith("Edited on the desk")
