"""A letter while it is typed: what a form says, what its buttons do, what is objected to, what is said of it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from integrations.web.composing.acts import ACTS, act, made
from integrations.web.composing.comparing import different
from integrations.web.composing.draft import OF_TEXT, Draft, drawn, typed, usual, written
from integrations.web.composing.fields import HAS, KINDS, PLACES, Sort, fields_of, place
from integrations.web.composing.frames import by
from integrations.web.composing.inbox import counted, readable
from integrations.web.composing.objections import at, objections, showable
from integrations.web.composing.summing_up import shares_of, shares_said, waits
from models.locale import spoken
from models.mail_document import Heading, MailDocument, MailVariant, Products, Prose
from tasks.composing import starters
from tasks.composing.expressions import expression

SITE = "https://7cups.example"
LETTER = MailDocument(
    key="week", title="Неделя", sender="news@7cups.example",
    variants=(MailVariant(subject="Привет", blocks=(Heading(id="h", text="Чай"), Prose(id="p", text="Да"))),),
)  # fmt: skip


def draft(document: MailDocument = LETTER) -> Draft:
    return drawn(document.model_dump(mode="json"), "A", 1)


def form(one: Draft, fields: Mapping[str, str] = {}, order: tuple[str, ...] = (), **more: str) -> FormData:
    """A form as the page fills it in, with these fields typed over."""
    items = [("base", one.written()), *((f"there:{id}", "1") for id in order), *(("order", id) for id in order)]
    return FormData([*items, *fields.items(), *more.items()])


def ids(one: Draft) -> list[str]:
    return [block["id"] for block in one.blocks]


def read(one: Draft, *given: Any, **more: Any) -> Draft:
    found = typed(form(one, *given, **more), one.variant, one.seen)
    assert found is not None
    return found


# The kinds and their fields are those of the document.


def test_every_kind_of_block_can_be_added_and_filled_in() -> None:
    for kind, one in KINDS.items():
        known = set(usual(kind)) | set(_model(kind).model_fields)
        assert {field.name for field in one.fields} <= known, kind
        left_out = known - {field.name for field in one.fields} - {"id", "kind", "band", "shown_to", "columns"}
        assert left_out == set(), f"{kind}: {left_out} cannot be filled in"
        assert one.title and one.about


def _model(kind: str) -> Any:
    from typing import get_args

    from models.mail_document import Block

    return next(model for model in get_args(get_args(Block)[0]) if model.model_fields["kind"].default == kind)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "picture"])
def test_a_new_block_can_be_shown_at_once(kind: str) -> None:
    """All but a picture, which has to be chosen first."""
    one = act(draft(), f"add:{kind}", {}, SITE)
    assert objections(one.document) == () and one.opened == f"{kind}-1" and one.changed
    assert kind in KINDS and ids(one) == ["h", "p", f"{kind}-1"]


def test_a_new_picture_asks_for_its_file_and_the_rest_is_shown() -> None:
    one = act(draft(), "add:picture", {}, SITE)
    assert list(at(objections(one.document), "A")) == ["picture-1:source"]
    assert [block["id"] for block in json.loads(showable(one))["variants"][0]["blocks"]] == ["h", "p"]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("starter", starters.TITLES)
def test_a_ready_letter_goes_through_the_form_unchanged(starter: starters.Starter, language: starters.Language) -> None:
    whole = starters.document(starter, language, SITE, "week", "Неделя", "news@7cups.example")
    before = draft(whole)
    fields = {
        f"{one.prefix}{block['id']}:{one.name}": written(block, one)
        for block in before.blocks for one in fields_of(block["kind"])
        if one.sort is not Sort.TICK or written(block, one) == "True"
    }  # fmt: skip
    shown = [
        (f"c:{block['id']}:{name}", key) for block in before.blocks for name, keys in block["shown_to"].items()
        for key in keys
    ]  # fmt: skip
    sent = FormData([*form(before, fields, tuple(ids(before))).multi_items(), *shown])
    found = typed(sent, "A", 1)
    assert found is not None and MailDocument.model_validate(found.document) == whole


# What is typed.


def test_what_is_typed_stands_in_the_draft_and_only_that() -> None:
    one = read(draft(), {"t:h:text": "  Кофе ", "t:@variant:subject": "Новое"}, order=("h", "p"))
    assert one.blocks[0]["text"] == "Кофе" and one.here["subject"] == "Новое" and one.changed
    assert one.blocks[1]["text"] == "Да"
    assert not read(draft(), {"t:h:text": "Чай"}).changed


def test_blocks_stand_in_the_order_of_the_page_and_none_is_lost() -> None:
    assert ids(read(draft(), order=("p", "h"))) == ["p", "h"]
    assert ids(read(draft(), order=("p",))) == ["p", "h"] and ids(read(draft(), order=("x", "p"))) == ["p", "h"]


@pytest.mark.parametrize(
    ("kind", "name", "said", "kept"),
    [
        pytest.param("heading", "c:x:level", "3", 3, id="a choice of numbers"),
        pytest.param("products", "t:x:ids", "T1, T2\nT3", ["T1", "T2", "T3"], id="a list"),
        pytest.param("products", "c:x:top", "", 0, id="no number is the usual one"),
        pytest.param("picture", "c:x:width", "300", 300, id="a number"),
        pytest.param("picture", "c:x:width", "wide", "wide", id="what is no number stays"),
        pytest.param("social", "t:x:links", "Telegram — https://t.me/x\nhttps://a.ru",
                     [{"title": "Telegram", "link": "https://t.me/x"}, {"title": "", "link": "https://a.ru"}],
                     id="links"),
        pytest.param("coupon", "c:x:valid_until", "", None, id="no day"),
        pytest.param("button", "c:x:outlined", "1", True, id="ticked"),
    ],
)  # fmt: skip
def test_a_field_is_kept_as_the_document_keeps_it(kind: str, name: str, said: str, kept: Any) -> None:
    one = draft()
    one.blocks.append(made(kind, "ru", SITE) | {"id": "x"})
    found = read(one, {name: said}, order=("h", "p", "x")).blocks[2]
    assert found.get(name.rpartition(":")[2], usual(kind).get(name.rpartition(":")[2])) == kept


def test_what_is_not_ticked_is_off_only_where_it_was_shown() -> None:
    one = draft(LETTER.model_copy(update={"variants": (MailVariant(subject="x", blocks=(Products(id="g", top=2),)),)}))
    assert read(one, order=()).blocks[0]["prices"] is True
    assert read(one, order=("g",)).blocks[0]["prices"] is False


def test_a_block_is_shown_to_whom_it_is_ticked_for() -> None:
    sent = [("c:h:groups", "tea"), ("c:h:groups", "coffee"), ("c:h:has", "points")]
    one = typed(FormData([*form(draft(), {}, ("h", "p")).multi_items(), *sent]), "A", 1)
    assert one and one.blocks[0]["shown_to"] == {
        "groups": ["tea", "coffee"], "except_groups": [], "has": ["points"],
    }  # fmt: skip
    assert not any(one.blocks[1]["shown_to"].values()) and objections(one.document) == ()
    assert not any(read(one, order=("h", "p")).blocks[0]["shown_to"].values())


@pytest.mark.parametrize(
    "base",
    ["", "[]", "{", '{"variants": []}', '{"variants": [{"name": "A", "blocks": [1]}]}', '{"variants": [1]}',
     '{"variants": [{"name": "B", "blocks": []}]}', '{"variants": [{"name": "A", "blocks": [{"id": 1, "kind": "x"}]}]}',
     '{"variants": [{"name": "A", "blocks": [{"id": "a", "kind": "columns", "columns": [{}]}]}]}',
     '{"variants": [{"name": "A", "blocks": [{"id": "a", "kind": "text", "shown_to": 1}]}]}', "[" * 100_000],
)  # fmt: skip
def test_a_form_that_is_not_ours_is_none(base: str) -> None:
    assert typed(FormData({"base": base}), "A", 1) is None


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["variants", "name", "blocks", "kind", "id", "columns", "shown_to", "links", "ad", "finished"]),
        inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
VERB, ORDER = st.sampled_from(sorted(ACTS)), st.lists(st.text("hpx", max_size=2))


@settings(max_examples=300, deadline=None)
@given(base=JUNK, removed=JUNK, verb=VERB, rest=st.text("hp.0129:-x", max_size=6), order=ORDER)
def test_no_form_breaks_anything(base: Any, removed: Any, verb: str, rest: str, order: list[str]) -> None:
    block = {"id": "h", "kind": "heading", "text": "x"}
    variants = ({"name": "A", "blocks": [block, base]}, {"name": "A", "finished": base})
    for document in (base, *({"variants": [variant]} for variant in variants)):
        said = [("base", json.dumps(document)), ("removed", json.dumps(removed))]
        sent = FormData([*said, *(("order", one) for one in order)])
        one = typed(sent, "A", 1)
        if one is not None:
            after = act(one, f"{verb}:{rest}", {"place": "name"}, SITE)
            objections(after.document), showable(after), different(LETTER.model_dump(mode="json"), after.document)


# What its buttons do.


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("up:p", ["p", "h"]), ("down:h", ["p", "h"]), ("up:h", ["h", "p"]), ("down:p", ["h", "p"]),
        ("copy:h", ["h", "heading-1", "p"]), ("remove:h", ["p"]), ("add:divider", ["h", "p", "divider-1"]),
        ("up:x", ["h", "p"]), ("nonsense", ["h", "p"]), ("add:nonsense", ["h", "p"]), ("undo", ["h", "p"]),
        ("remove:h.0.0", ["h", "p"]), ("inner:h.0:text", ["h", "p"]), ("", ["h", "p"]),
    ],
)  # fmt: skip
def test_a_button_does_what_it_says(do: str, left: list[str]) -> None:
    one = act(draft(), do, {}, SITE)
    assert ids(one) == left and one.changed is (left != ["h", "p"])


def test_a_block_is_added_where_it_is_asked_for() -> None:
    assert ids(act(draft(), "add:button", {"after": "h"}, SITE)) == ["h", "button-1", "p"]
    assert ids(act(draft(), "add:button", {"after": "@first"}, SITE)) == ["button-1", "h", "p"]
    with_footer = act(draft(), "add:footer", {}, SITE)
    assert ids(act(with_footer, "add:button", {}, SITE)) == ["h", "p", "button-1", "footer-1"]


@pytest.mark.parametrize("id", ["h", "p"])
def test_what_was_deleted_comes_back_where_it_stood(id: str) -> None:
    without = act(draft(), f"remove:{id}", {}, SITE)
    sent = form(without, order=tuple(ids(without)), removed=json.dumps(without.removed))
    again = typed(sent, "A", 1)
    assert again is not None
    back = act(again, "undo", {}, SITE)
    assert ids(back) == ["h", "p"] and back.removed == {} and back.opened == id


def test_columns_grow_and_shrink_and_never_stand_empty() -> None:
    one = act(act(draft(), "add:columns", {}, SITE), "column:columns-1", {}, SITE)
    assert len(one.blocks[2]["columns"]) == 3
    one = act(one, "inner:columns-1.2:button", {}, SITE)
    assert [block["kind"] for block in one.blocks[2]["columns"][2]["blocks"]] == ["text", "button"]
    one = act(act(one, "up:columns-1.2.1", {}, SITE), "copy:columns-1.2.0", {}, SITE)
    assert [block["kind"] for block in one.blocks[2]["columns"][2]["blocks"]] == ["button", "button", "text"]
    one = act(one, "remove:columns-1.2.2", {}, SITE)
    back = act(one, "undo", {}, SITE).blocks[2]["columns"][2]["blocks"]
    assert [block["kind"] for block in back] == ["button", "button", "text"]
    for _ in range(3):
        one = act(one, "remove:columns-1.0.0", {}, SITE)
        one = act(one, "uncolumn:columns-1.1", {}, SITE)
    assert len(one.blocks[2]["columns"]) == 2 and one.blocks[2]["columns"][0]["blocks"]
    assert objections(one.document) == ()


def test_a_variant_begins_as_the_one_it_is_tried_against() -> None:
    one = act(draft(), "variant:", {}, SITE)
    assert one.variant == "B" and one.here["blocks"] == one.variants[0]["blocks"]
    one = act(act(one, "variant:", {}, SITE), "variant:", {}, SITE)
    assert [variant["name"] for variant in one.variants] == ["A", "B", "C"] and objections(one.document) == ()
    one = act(one, "unvariant:A", {}, SITE)
    assert [variant["name"] for variant in one.variants] == ["B", "C"] and one.variant == "B"
    assert len(act(act(one, "unvariant:B", {}, SITE), "unvariant:C", {}, SITE).variants) == 1


def test_a_designers_letter_gives_way_to_blocks_again() -> None:
    one = draft()
    one.here.update(finished={"kind": "html", "source": "<p>x</p>"}, blocks=[])
    assert objections(one.document) == ()
    one = act(one, "blocks", {}, SITE)
    assert ids(one) == ["heading-1", "text-1"] and objections(one.document) == ()


# Personal places.


@pytest.mark.parametrize("field", [*PLACES, *HAS])
@pytest.mark.parametrize("otherwise", ["друзья", 'так "называемый"', "a\\b", ""])
def test_a_personal_place_is_one_that_letters_take(field: str, otherwise: str) -> None:
    said = place(field, otherwise)
    read_ = expression(said.removeprefix("{{").removesuffix("}}"))
    assert read_.falls_back is bool(otherwise)
    if otherwise:
        assert next(one.arguments[0] for one in read_.filters if one.name == "default") == otherwise


def test_a_personal_place_is_put_behind_what_is_said() -> None:
    given = {"place": "name | first", "else": "друзья", "where": "text"}
    assert act(draft(), "place:h", given, SITE).blocks[0]["text"] == 'Чай {{ name | first | default("друзья") }}'
    one = act(draft(), f"place:{OF_TEXT}", given | {"where": "preheader"}, SITE)
    assert one.here["preheader"] == '{{ name | first | default("друзья") }}'
    assert not act(draft(), "place:x", given, SITE).changed


# What speaks against it.


@pytest.mark.parametrize(
    ("path", "value", "place_of", "said"),
    [
        pytest.param(("blocks", 0, "text"), "", "h:text", "Заполните это поле.", id="empty"),
        pytest.param(("blocks", 0, "text"), "x" * 501, "h:text", "Не больше 500 знаков: сократите.", id="long"),
        pytest.param(("subject",), "", "@variant:subject", "Заполните это поле.", id="no subject"),
        pytest.param(("blocks", 1), {"id": "b", "kind": "button", "label": "x", "link": "7cups"}, "b:link", "https://",
                     id="no link"),
        pytest.param(("blocks", 1), {"id": "s", "kind": "spacer", "height": "much"}, "s:height", "целое число",
                     id="no number"),
        pytest.param(("blocks", 1), {"id": "s", "kind": "spacer", "height": 900}, "s:height", "не больше 200",
                     id="high"),
        pytest.param(("blocks", 1), {"id": "c", "kind": "columns", "columns": [
            {"blocks": [{"kind": "heading", "text": ""}]}, {"blocks": [{"kind": "text", "text": "x"}]}]},
            "c.0.0:text", "Заполните", id="in a column"),
        pytest.param(("blocks", 1), {"id": "p", "kind": "text", "text": "x", "shown_to": {
            "groups": ["tea"], "except_groups": ["tea"]}}, "p:shown_to", "tea", id="shown to nobody"),
        pytest.param(("blocks", 1), {"id": "l", "kind": "social", "links": [{"title": "", "link": "https://a.ru"}]},
                     "l:links", "Заполните", id="a nameless link"),
    ],
)  # fmt: skip
def test_an_objection_stands_at_its_field(path: tuple[Any, ...], value: Any, place_of: str, said: str) -> None:
    one = draft()
    target: Any = one.here
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with spoken("ru"):
        found = {where: str(reason) for where, reason in at(objections(one.document), "A").items()}
    assert list(found) == [place_of] and said in found[place_of]
    assert at(objections(one.document), "B") == {}
    assert showable(one)


def test_an_objection_to_the_whole_mailing_is_shown_with_every_variant() -> None:
    one = draft()
    one.document.update(sender="nobody", ad={"erid": "два слова"})
    found = at(objections(one.document), "C")
    assert list(found) == ["@letter:sender", "@letter:ad.erid"] and showable(one) == ""


def test_only_the_variant_that_is_looked_at_has_to_be_whole() -> None:
    one = act(draft(), "variant:", {}, SITE)
    one.variants[0]["blocks"] = []
    assert [variant["name"] for variant in json.loads(showable(one))["variants"]] == ["B"]


# Two letters beside each other.


def test_whoever_was_overtaken_sees_what_is_different() -> None:
    theirs, mine = draft(), act(draft(), "remove:p", {}, SITE)
    theirs.here["subject"] = "Иначе"
    theirs.blocks[0]["text"] = "Кофе"
    theirs.blocks[0]["level"] = 3
    with spoken("ru"):
        found = {(one.title, one.id): (one.theirs, one.mine) for one in different(theirs.document, mine.document)}
    assert found == {
        ("Subject line", ""): ("Иначе", "Привет"), ("Paragraphs", "p"): ("Да", ""),
        ("Heading", "h"): ("Кофе\nРазмер: мелкий", "Чай\nРазмер: крупный"),
    }  # fmt: skip
    swapped = act(draft(), "up:p", {}, SITE)
    assert [one.title for one in different(draft().document, swapped.document)] == ["The order of the blocks"]
    assert different(draft().document, draft().document) == []


# What is said of it.


@pytest.mark.parametrize(
    ("text", "number"),
    [("Привет", 6), ("👩‍👩‍👧 да", 4), ('{{ name | default("друг") }}!', 5), ("{{ name }}!", 7), ("", 0)],
)
def test_a_subject_is_counted_as_it_is_read(text: str, number: int) -> None:
    assert counted(text) == number


def test_a_subject_is_shown_with_what_stands_in_for_a_name() -> None:
    assert readable('{{ name | first | default("Друзья") }}, чай за {{ price }}') == "Друзья, чай за …"


@pytest.mark.parametrize("said", ["A 10, B 10", "A 10,B 10", "A: 10; B=10 %", "A 10.0, B 10"])
def test_shares_are_read_however_they_are_written(said: str) -> None:
    found = shares_of(said)
    assert {name: float(share) for name, share in found.items()} == {"A": 10, "B": 10} and waits(found)
    assert shares_of(shares_said(found)) == found


def test_nobody_waits_where_all_is_given_out() -> None:
    assert not waits(shares_of("A 50, B 50")) and shares_of("половина") == {}


def test_a_letter_is_seen_by_day_and_by_night_whatever_the_screen_is_set_to() -> None:
    html = '<meta name="color-scheme" content="light dark" /><style>@media (prefers-color-scheme:dark){p{}}</style>'
    assert "@media all{p{}}" in by("dark", html) and 'content="dark"' in by("dark", html)
    assert "@media not all{p{}}" in by("light", html) and 'content="light"' in by("light", html)
