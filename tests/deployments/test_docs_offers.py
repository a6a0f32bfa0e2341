"""The guide about offers says what the code does."""

import re

import pytest

from tasks.offers.reading import KINDS, read
from tests.laws.source import ROOT

GUIDES = [ROOT / "docs" / language / "offers.md" for language in ("en", "ru")]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.parent.name)
def test_the_example_is_an_offer(guide):
    [text] = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    found = read(text)
    assert found.terms is not None and not found.problems
    assert found.terms.conditions.weekdays == (1, 2, 3, 4, 5) and found.terms.limits.per_customer == 1


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.parent.name)
def test_the_table_names_everything_that_can_be_given(guide):
    _, *rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert [kind for kind, _ in rows] == list(KINDS)
    for kind, fields in rows:
        assert set(re.findall(r"`(\w+)`", fields)) <= set(KINDS[kind].model_fields), kind
