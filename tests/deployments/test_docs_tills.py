"""The page for programmers of tills says what is so: its examples are run as they stand, its tables are the code's."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integrations.web.routes.tills import CALLS_A_MINUTE, LISTS_A_MINUTE
from integrations.web.till_api import OPERATIONS, STATUSES
from models.till_calls import BODY_MOST, CODES_MOST, ENTRIES_MOST
from tasks.cashier_page.engine import LIST_MOST
from tasks.guessing.bounds import BOUNDS
from tests.deployments.served import COMPANY, SECRET, web_of_its_own
from tests.laws.source import ROOT
from tests.tasks.tills.shop import OUTLETS, clients_card, made, opened

DOCS = ROOT / "docs"


def page(language: str) -> str:
    return (DOCS / language / "tills.md").read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def run(example: str, **environment: str) -> list[Any]:
    """What the calls of an example are answered."""
    usual = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"LC_ALL": "C.UTF-8"}
    command = example.replace('-H "Authorization', '-H "Accept-Language: $LANGUAGE" -H "Authorization')
    done = subprocess.run(("sh", "-ec", command), capture_output=True, text=True, env=usual | environment, timeout=60)
    assert done.returncode == 0, done.stderr
    reader, found, rest = json.JSONDecoder(), [], done.stdout
    while rest:
        one, end = reader.raw_decode(rest)
        found.append(one)
        rest = rest[end:]
    return found


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl: install the distribution's package")
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_examples_run_as_they_stand(tmp_path: Path, language: str) -> None:
    said, returned, paid = map(json.loads, blocks(page(language), "json"))
    with web_of_its_own(tmp_path) as web:
        (web.house.root / "company.yaml").write_text(COMPANY + OUTLETS)
        with web.house.sessions.begin() as session:
            opened(session, "TEA24", key="autumn-tea")
            clients_card(session)
            key = made(session, web.clock, SECRET, "north", title="t", ends_in="", by="anton", coupons=True)
        around = {"TILL_URL": web.url, "TILL_KEY": key, "LANGUAGE": language}
        found = [run(example, **around) for example in blocks(page(language), "sh")]
    [validated], [redeemed], [reserved, released], [back], [quoted, spent, given_back], [held], [journal] = found
    assert json.loads(json.dumps(validated).replace("\\u00a0", " ")) == said
    assert redeemed["ok"] and reserved["until"] and released["ok"] and back == returned
    assert json.loads(json.dumps(spent).replace("\\u00a0", " ")) == paid
    assert (quoted["points"], quoted["amount"], given_back["balance"]) == (243, 24_300, 150)
    assert set(held) == {"body", "signature", "public_key"}
    assert [(one["entered"], one["conflicts"], one["waits"]) for one in journal["entries"]] == [(True, [], False)] * 2


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_tables_are_the_codes(language: str) -> None:
    text = page(language)
    told = {int(number) for line in text.splitlines() if re.match(r"\| [45]\d\d", line)
            for number in re.findall(r"\d{3}", line.split("|")[1])}  # fmt: skip
    assert told == set(STATUSES)
    assert sorted(re.findall(r"^\| `\w+ /till/v1/([\w/]+)`", text, re.MULTILINE)) == sorted(OPERATIONS)
    bounds = [CODES_MOST, ENTRIES_MOST, BODY_MOST // 1_000_000, CALLS_A_MINUTE, LISTS_A_MINUTE]
    for number in (*bounds, *(one.most for one in BOUNDS)):
        assert re.search(rf"\b{number}\b", text), number
    for name in ("tills.md", "cashier.md"):
        said = re.sub(r"(?<=\d)[\s,](?=\d{3}\b)", "", (DOCS / language / name).read_text(encoding="utf-8"))
        assert re.search(rf"\b{LIST_MOST}\b", said), f"{name}: how many codes a list may hold"
