"""A file of the company changed as a careful person would: one place is written, every other byte stays."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.documents import compose
from integrations.errors import Refused
from tasks.company_file.edits import Add, Change, Edit, Remove, SetField, after, print_of, said
from tasks.company_file.splice import edited, value_of

FILE = "company.yaml"
SAMPLES = sorted((Path(__file__).parents[3] / "deployments").glob("s[ak]*/*/company.yaml"))
OLGA = {"key": "olga"}
FLOW = """\
# The company
name: 'Cups'   # its name

people:
  # who writes
  - {key: olga, name: Olga, roles: [author]}  # since 2020
  - {key: ilya, name: "Ilya: the second", roles: [author]}

# who approves
approval: {default: person}
"""
BLOCK = """\
name: Чашки
people:
    # пишет про чай
    -   key: olga
        name: "Ольга"
        roles:
          - author   # пока
          - approver
        deputy: ilya
    # второй
    -
        key: ilya
        name: Илья

absences:
- person: olga
  from: "+6"   # через неделю
  to: "+9"

approval:
  # кто решает
  approver: olga
  channels: {site: policy}
"""


def change(text: str, *edits: Edit) -> str:
    return edited(text, edits, FILE)


@pytest.mark.parametrize(
    ("text", "edit", "former", "new"),
    [
        pytest.param(FLOW, Change("people", OLGA, {"name": "Ольга"}), "name: Olga,", "name: Ольга,", id="a text"),
        pytest.param(
            FLOW, Change("people", OLGA, {"roles": ["head", "admin"]}), "[author]}  #", "[head, admin]}  #", id="a list"
        ),
        pytest.param(
            FLOW,
            Change("people", OLGA, {"deputy": "ilya"}),
            "[author]}  #",
            "[author], deputy: ilya}  #",
            id="a field more",
        ),
        pytest.param(FLOW, Change("people", OLGA, {"name": ""}), "name: Olga, ", "", id="a field less"),
        pytest.param(
            FLOW, Change("people", OLGA, {"roles": None}), ", roles: [author]}  #", "}  #", id="the last less"
        ),
        pytest.param(FLOW, Change("people", OLGA, {"key": ""}), "key: olga, ", "", id="the first less"),
        pytest.param(
            FLOW, Change("people", {"key": "ilya"}, {"name": "I"}), '"Ilya: the second"', '"I"', id="the quotes stay"
        ),
        pytest.param(
            FLOW,
            Change("people", OLGA, {"name": "a, b: c"}),
            "name: Olga,",
            'name: "a, b: c",',
            id="quotes where they must be",
        ),
        pytest.param(
            FLOW,
            Remove("people", OLGA),
            "  - {key: olga, name: Olga, roles: [author]}  # since 2020\n",
            "",
            id="an item less",
        ),
        pytest.param(
            FLOW,
            Add("people", {"key": "vera", "name": "Vera", "roles": ["head"], "deputy": ""}),
            "roles: [author]}\n\n",
            "roles: [author]}\n  - {key: vera, name: Vera, roles: [head]}\n\n",
            id="an item more",
        ),
        pytest.param(
            FLOW, SetField(("approval", "approver"), "olga"), "person}", "person, approver: olga}", id="a path"
        ),
        pytest.param(FLOW, SetField(("name",), "It's"), "'Cups'", "'It''s'", id="a quote within quotes"),
        pytest.param(FLOW, SetField(("zone",), "UTC"), "person}\n", "person}\nzone: UTC\n", id="a field of the file"),
        pytest.param(BLOCK, Change("people", OLGA, {"name": "Оля"}), '"Ольга"', '"Оля"', id="block text"),
        pytest.param(
            BLOCK,
            Change("people", OLGA, {"roles": ["head"]}),
            "- author   # пока\n          - approver",
            "- head",
            id="block list",
        ),
        pytest.param(
            BLOCK,
            Change("people", OLGA, {"email": "o@example.org"}),
            "deputy: ilya\n",
            "deputy: ilya\n        email: o@example.org\n",
            id="block field more",
        ),
        pytest.param(
            BLOCK, Change("people", OLGA, {"deputy": None}), "        deputy: ilya\n", "", id="block field less"
        ),
        pytest.param(
            BLOCK,
            Change("people", OLGA, {"key": None}),
            "-   key: olga\n        name",
            "-   name",
            id="block first less",
        ),
        pytest.param(
            BLOCK,
            Remove("people", {"key": "ilya"}),
            "    -\n        key: ilya\n        name: Илья\n",
            "",
            id="block item less",
        ),
        pytest.param(
            BLOCK,
            Add("people", {"key": "vera", "roles": ["head"]}),
            "name: Илья\n",
            "name: Илья\n    - key: vera\n      roles: [head]\n",
            id="block item more",
        ),
        pytest.param(
            BLOCK,
            Remove("absences", {"person": "olga", "from": "+6"}),
            'absences:\n- person: olga\n  from: "+6"   # через неделю\n  to: "+9"\n',
            "absences: []\n",
            id="the only item less",
        ),
        pytest.param(
            BLOCK,
            Add("absences", {"person": "ilya", "from": date(2026, 12, 1), "to": date(2026, 12, 9)}),
            'to: "+9"\n',
            'to: "+9"\n- person: ilya\n  from: 2026-12-01\n  to: 2026-12-09\n',
            id="without indent",
        ),
        pytest.param(BLOCK, SetField(("approval", "approver"), None), "  approver: olga\n", "", id="block path less"),
        pytest.param(
            BLOCK,
            SetField(("approval", "channels", "tg"), "policy"),
            "site: policy}",
            "site: policy, tg: policy}",
            id="a group within",
        ),
        pytest.param(
            BLOCK,
            SetField(("approval", "proven_above", "money"), Decimal("5000")),
            "{site: policy}\n",
            "{site: policy}\n  proven_above: {money: 5000}\n",
            id="a group that was not there",
        ),
        pytest.param(
            "name: x",
            Add("goals", {"key": "a"}),
            "name: x",
            "name: x\n\ngoals:\n  - key: a\n",
            id="no such list, no last line end",
        ),
        pytest.param(
            "goals: []  # none\nname: x\n",
            Add("goals", {"key": "a"}),
            "goals: []  # none\n",
            "goals:  # none\n  - key: a\n",
            id="an empty list",
        ),
        pytest.param("goals:\nname: x\n", Add("goals", {"key": "a"}), "goals:\n", "goals:\n  - key: a\n", id="nothing"),
        pytest.param(
            "goals: [{key: b}]\n", Add("goals", {"key": "a"}), "{key: b}]", "{key: b}, {key: a}]", id="one line"
        ),
        pytest.param(
            "goals: [{key: b}, {key: a}]\n", Remove("goals", {"key": "b"}), "{key: b}, ", "", id="one line less"
        ),
        pytest.param("{name: x}\n", Add("goals", {"key": "a"}), "x}", "x, goals: [{key: a}]}", id="all on one line"),
        pytest.param("{name: x, goals: []}\n", Add("goals", {"key": "a"}), "[]", "[{key: a}]", id="all, empty list"),
        pytest.param("", Add("goals", {"key": "a"}), "", "goals:\n  - key: a\n", id="an empty file"),
        pytest.param(
            "# only this\n", Add("goals", {"key": "a"}), "this\n", "this\ngoals:\n  - key: a\n", id="a comment"
        ),
        pytest.param(
            "people:\n  - key: olga\n    name: >\n      long\n      name\n    deputy: x\n",
            Change("people", OLGA, {"name": "O"}),
            ">\n      long\n      name\n",
            "O\n",
            id="a folded text",
        ),
        pytest.param(
            "people:\n  - key: olga\n    name:\n",
            Change("people", OLGA, {"name": "O"}),
            "name:\n",
            "name: O\n",
            id="a field without a value",
        ),
        pytest.param(
            "people:\n  - key: olga",
            Change("people", OLGA, {"name": "O"}),
            "olga",
            "olga\n    name: O\n",
            id="no last line end",
        ),
        pytest.param(
            "name: Cups # x\n",
            SetField(("name",), "Cups # y"),
            "Cups # x",
            '"Cups # y" # x',
            id="what looks like a comment",
        ),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("lead", ["", "\ufeff"], ids=["plain", "bom"])
def test_only_the_place_that_is_meant_changes(
    text: str, edit: Edit, former: str, new: str, ends: str, lead: str
) -> None:
    text, former, new = (part.replace("\n", ends) for part in (text, former, new))
    if ends == "\r\n" and ends not in text:
        return
    assert text.count(former) == 1 or not former
    assert change(lead + text, edit) == lead + (text.replace(former, new) if former else new)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_the_shipped_companies_take_every_edit(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    value = value_of(text, FILE)
    sections = [name for name, items in value.items() if isinstance(items, list) and items]
    assert len(sections) >= 1
    for section in sections:
        if not isinstance(value[section][0], dict):
            continue
        for item in (value[section][0], value[section][-1]):
            where = {name: inner for name, inner in item.items() if isinstance(inner, str)}
            name = next(name for name in ("name", "title", "person") if name in item)
            for edit in (Remove(section, where), Change(section, where, {name: "Ёлка №1", "note": "x"}),
                         Add(section, item)):  # fmt: skip
                written = change(text, edit)
                assert said(value_of(written, FILE)) == said(after(value, edit))
                gone = set(text.splitlines()) - set(written.splitlines())
                assert not [line for line in gone if line.strip().startswith("#")]


def test_several_edits_hold_together_or_not_at_all() -> None:
    written = change(
        FLOW, Add("people", {"key": "a"}), Change("people", {"key": "a"}, {"name": "A"}), Remove("people", OLGA)
    )
    assert "- {key: a, name: A}" in written and "olga" not in written
    with pytest.raises(Refused):
        change(FLOW, Remove("people", OLGA), Remove("people", OLGA))


def test_an_item_that_is_gone_is_said_to_be_gone() -> None:
    with pytest.raises(Refused) as refused:
        change(FLOW, Change("people", {"key": "nobody"}, {"name": "x"}))
    assert refused.value.reason.code == "no_item" and "nobody" in str(refused.value)


def test_who_changes_what_somebody_else_changed_is_told() -> None:
    seen = print_of(value_of(FLOW, FILE)["people"][0])
    other = change(FLOW, Change("people", OLGA, {"name": "O"}, seen))
    with pytest.raises(Refused) as refused:
        change(other, Change("people", OLGA, {"name": "Olga!"}, seen))
    assert refused.value.reason.code == "otherwise"
    assert "ilya" in change(other, Change("people", {"key": "ilya"}, {"name": "I"}))


@pytest.mark.parametrize(
    ("text", "said_there"),
    [
        pytest.param("people:\n\t- {key: olga}\n", "tab", id="a tab"),
        pytest.param("people: [\n", "cannot be read", id="what never ends"),
        pytest.param("people: &a []\nx: *a\n", "Anchors", id="an anchor"),
        pytest.param("- a\n- b\n", "no fields", id="a list"),
        pytest.param("just words\n", "no fields", id="a text"),
        pytest.param("a: 1\n---\nb: 1\n", "cannot be read", id="two documents"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_written_into(text: str, said_there: str) -> None:
    with pytest.raises(Refused) as refused:
        change(text, Add("people", {"key": "a"}))
    assert refused.value.reason.code == "unreadable" and said_there in str(refused.value)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        pytest.param("people: text\n", Add("people", {"key": "a"}), id="no list"),
        pytest.param("name: x\n...\n", Add("people", {"key": "a"}), id="an end of the document"),
        pytest.param("people:\n  - ? key\n    : olga\n", Change("people", OLGA, {"name": ""} | {"key": "a"}), id="odd"),
    ],
)
def test_what_is_written_in_another_way_is_left_to_its_writer_or_done_rightly(text: str, edit: Edit) -> None:
    try:
        written = change(text, edit)
    except Refused as refused:
        assert refused.reason.code in ("by_hand", "no_item")
    else:
        assert said(value_of(written, FILE)) == said(after(value_of(text, FILE), edit))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30) | st.sampled_from(
    [
        "no",
        "~",
        "null",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "{a",
        "[a]",
        "'",
        '"',
        '""',
        "\\",
        "!t",
        "&a",
        "*a",
        "%a",
        "@a",
        "`a",
        "?",
        "? a",
        ":",
        ": a",
        "a:",
        "|",
        ">",
        "0x1F",
        "1_000",
        "22:00",
        "2026-11-22",
        "+6",
        "<<",
        "=",
        " a",
        "a ",
        "a\nb",
        "\ufeff",
        "\u2028",
        "\x85",
        "«ёлочки» — тире",
        "007",
        "1e3",
        ".inf",
        "true",
        "---",
        "...",
        "--- a",
    ]
)
VALUES = TEXTS | st.booleans() | st.integers() | st.dates() | st.lists(TEXTS, max_size=3)
EDITS = st.one_of(
    st.builds(Add, st.just("people"),
              st.dictionaries(st.sampled_from(["name", "email"]), VALUES).map(lambda item: {"key": "vera", **item})),
    st.builds(Change, st.just("people"), st.just(OLGA),
              st.dictionaries(st.sampled_from(["name", "roles", "email", "deputy"]), VALUES, min_size=1)),
    st.builds(SetField, st.sampled_from([("name",), ("approval", "approver"), ("working_hours",), ("new",)]), VALUES),
)  # fmt: skip


@given(st.sampled_from([FLOW, BLOCK, BLOCK.replace("\n", "\r\n")]), EDITS)
def test_whatever_is_written_is_read_back_and_no_comment_is_lost(text: str, edit: Any) -> None:
    before = value_of(text, FILE)
    written = change(text, edit)
    assert said(compose(written, FILE).value) == said(after(before, edit))
    lost = [line for line in text.splitlines() if line.strip().startswith("#") and line not in written]
    assert not lost
