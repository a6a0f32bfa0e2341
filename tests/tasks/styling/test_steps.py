"""Brand styling in a furnished house: pieces are corrected, objections and the brand's own faults are named."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.manuscript import Manuscript
from tasks.content import rows
from tasks.house import House
from tasks.styling import steps
from tasks.styling.steps import apply_brand
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

BRAND = """\
palette: {paper: "#ffffff", ivory: "#fffff0"}
glossary:
  - {write: oolong, instead_of: [wulong]}
  - {write: wulong, instead_of: [oo-long]}
forbidden: [{word: best}]
"""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}
    monkeypatch.setattr(steps, "show", lambda key, markdown, description: found.update({key: markdown}))
    return found


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    return furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))


def test_the_brands_own_faults_are_told_until_they_are_mended(house: House, shown: dict[str, str]) -> None:
    (house.root / "brand").mkdir()
    (house.root / "brand" / "brand.yaml").write_text(BRAND)
    for _ in range(2):
        with spoken("en"):
            [remark] = apply_brand.fn().remarks
        assert remark.startswith("brand.yaml is to be mended in places: 3.")
        assert "no colour is readable as text on “paper”" in shown["brand-corrections"]
        assert "brand.yaml, glossary: “wulong” is wanted by one entry" in shown["brand-corrections"]


def test_an_objection_says_in_which_text_it_stands(house: House, shown: dict[str, str]) -> None:
    (house.root / "brand").mkdir()
    (house.root / "brand" / "brand.yaml").write_text("forbidden: [{word: best}]\n")
    written = Manuscript(title="The best tea", body="Tea - and more", text_for={"fake": "Best of all"})
    with house.sessions.begin() as session:
        rows.add_piece(session, house.clock, "plan", "1", written, "x")
    with spoken("en"):
        ending = apply_brand.fn()
    assert (ending.done, ending.remarks[0].partition(".")[0]) == (1, "Objections of the brand's rules: 2")
    assert "⚠ Title: The brand does not say “best” (character 5)." in shown["brand-corrections"]
    assert "⚠ Text for “fake”: The brand does not say “Best” (character 1)." in shown["brand-corrections"]
    shown.clear()
    assert apply_brand.fn().total == 0 and not shown  # an empty page is no answer
