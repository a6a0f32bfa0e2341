"""The page about handing in says what is so: its examples are taken in, its table is the code's."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from integrations.web.intake_api import STATUSES
from integrations.web.routes.intake import CALLS_A_MINUTE
from models.consent_texts import ConsentTexts, SubscriptionPolicy
from models.intake import BODY_MOST, ROWS_MOST, Outcome, What
from tests.laws.source import ROOT
from tests.tasks.intake.handing import Handing

DOCS = ROOT / "docs"


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_examples_are_taken_in(tmp_path: Path, database: Engine, language: str) -> None:
    page = (DOCS / language / "intake.md").read_text(encoding="utf-8")
    customers, purchases, answer = map(json.loads, blocks(page, "json"))
    handing = Handing(tmp_path, database)
    first = handing.customers(*customers["rows"])
    assert [row.what for row in first.rows] == [Outcome.NEW] and first.rows[0].troubles == ()
    sold = handing.take(What.PURCHASES, *({**row, "outlet": ""} for row in purchases["rows"]))
    assert [(row.what, row.customer, row.troubles) for row in sold.rows] == [(Outcome.NEW, 1, ())]
    said = first.model_dump(mode="json")
    assert answer["rows"][0].keys() == said["rows"][0].keys() and set(answer) == {"rows", "counts", "again"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_tables_are_the_codes(language: str) -> None:
    page = (DOCS / language / "intake.md").read_text(encoding="utf-8")
    told = {int(number) for line in page.splitlines() if line.startswith("| 4") or line.startswith("| 5")
            for number in re.findall(r"\d{3}", line.split("|")[1])}  # fmt: skip
    assert told == set(STATUSES)
    assert all(f"`{one.value}`" in page for one in Outcome)
    for number in (ROWS_MOST, BODY_MOST // 1_000_000, CALLS_A_MINUTE):
        assert str(number) in page


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_about_subscribing_shows_what_is_read(language: str) -> None:
    import yaml

    page = (DOCS / language / "subscribe.md").read_text(encoding="utf-8")
    texts, settings = map(yaml.safe_load, blocks(page, "yaml"))
    assert len(ConsentTexts.model_validate(texts).consents) == 1
    policy = SubscriptionPolicy.model_validate(settings["subscription"])
    usual = SubscriptionPolicy(origins=policy.origins, mailer=policy.mailer)
    assert policy == usual, "the page shows what holds where nothing is said"
