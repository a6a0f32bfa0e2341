"""Orders about groups: carried out whole or refused in a sentence, by people who may, with nobody's name in answers."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import Engine, select
from sqlmodel import col

from integrations.errors import Refused
from models.customer_groups import CustomerGroup, GroupBuild, GroupMember, GroupVersion
from models.customers import Address, Customer
from models.database import SetClock
from models.group_forms import (
    BuildGroupsForm,
    ChangeGroupForm,
    CorrectGroupForm,
    MakeGroupForm,
    PutAwayGroupForm,
)
from models.group_orders import GroupsForm
from models.locale import spoken
from models.written import Key
from tasks.groups import rows
from tasks.groups.filling.engine import GroupForms
from tasks.groups.listing.engine import look_at, unknown_of
from tasks.groups.orders.engine import GroupOrders
from tasks.groups.orders.wanted import dependents, key_of, numbers_of, share_of
from tasks.groups.pages.engine import GroupPages
from tasks.groups.ready import READY
from tasks.house import House
from tasks.orders.answers import Report
from tests.browser.groups_desk import people
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

TEA = 'bought "Чай"'


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        with made.sessions.begin() as session:
            people(session, 60)
        yield made


@pytest.fixture
def orders(house: House) -> GroupOrders:
    return GroupOrders(house)


def make(orders: GroupOrders, **said: Any) -> Report:
    usual = {"what": "by a rule", "title": "Tea", "rule": TEA, "person": "olga"}
    return orders.make(MakeGroupForm.model_validate(usual | said))


def change(orders: GroupOrders, **said: Any) -> Report:
    return orders.change(ChangeGroupForm.model_validate({"group": "tea", "person": "olga"} | said))


def correct(orders: GroupOrders, what: str, customers: str, **said: Any) -> Report:
    given = {"group": "tea", "what": what, "customers": customers, "person": "olga", "reason": "asked"}
    return orders.correct(CorrectGroupForm.model_validate(given | said))


def group(house: House, key: str = "tea") -> CustomerGroup:
    with house.reads() as session:
        return rows.group(session, key)


def members(house: House, key: str = "tea") -> set[int]:
    of = group(house, key).id
    with house.reads() as session:
        query = select(col(GroupMember.customer_id)).where(col(GroupMember.group_id) == of)
        return set(session.execute(query).scalars())


def said(report: Report) -> str:
    return report.markdown()


# Made.


def test_a_group_is_made_and_has_its_customers_at_once(house: House, orders: GroupOrders) -> None:
    report = make(orders, reason="for spring")
    found = group(house)
    assert len(members(house)) > 5 and f"built: {len(members(house))} customers" in said(report)
    assert (found.title, found.text, found.made_by, found.control_share) == ("Tea", TEA, "olga", 100)
    with house.reads() as session:
        [version] = rows.versions(session, "tea")
    assert (version.why, version.by, version.version) == ("for spring", "olga", 1)


@pytest.mark.parametrize("ready", [one for one in READY if not one.name], ids=lambda one: one.key)
def test_every_ready_group_is_made_by_one_order(house: House, orders: GroupOrders, ready: Any) -> None:
    report = make(orders, what="a ready group", ready=ready.title, title="", rule="")
    assert report.lines[0].done and group(house, ready.key).title == ready.title


def test_a_ready_group_that_needs_a_name_may_be_made_of_each(house: House, orders: GroupOrders) -> None:
    for name in ("Чай", "Кофе", "Чай"):
        make(orders, what="a ready group", ready="Buyers of a product group", name=name, title="", rule="")
    with house.reads() as session:
        keys = [one.key for one in rows.groups(session)]
    base = "buyers-of-a-product-group"
    assert sorted(keys) == sorted([f"{base}-chai", f"{base}-kofe", f"{base}-chai-2"])
    refused = make(orders, what="a ready group", ready="Customers of a city", title="", rule="")
    assert "needs to know which one" in said(refused)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"rule": ""}, "Write the rule", id="no rule"),
        pytest.param({"rule": "bougth"}, "Did you mean “bought”", id="a slip of the pen"),
        pytest.param({"rule": "in group nowhere"}, "no customer group “nowhere”", id="of no group"),
        pytest.param({"title": " "}, "needs a title", id="no title"),
        pytest.param({"key": "Чай"}, "is not a key", id="no key"),
        pytest.param({"control": "51"}, "“51” is not a share", id="more than half"),
        pytest.param({"control": "ten"}, "“ten” is not a share", id="words"),
        pytest.param({"control": "1e9999999"}, "“1e9999999” is not a share", id="too large to count with"),
        pytest.param({"control": "0"}, "Say why there is none", id="no control, no reason"),
        pytest.param({"person": "marina"}, "may not change customers", id="not theirs to do"),
        pytest.param({"person": "nobody"}, "There is no person “nobody”", id="a stranger"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(
    house: House, orders: GroupOrders, fields: dict[str, str], words: str
) -> None:
    report = make(orders, **fields)
    assert report.refusal and words in said(report)
    with house.reads() as session:
        assert rows.groups(session, put_away=True) == []


def test_a_group_without_a_control_group_says_why(house: House, orders: GroupOrders) -> None:
    make(orders, control="0", no_control="thanks to all")
    assert (group(house).control_share, group(house).no_control_why) == (0, "thanks to all")
    make(orders, title="Other", control="12,5")
    assert group(house, "other").control_share == 125


def test_two_groups_of_one_title_have_keys_of_their_own(house: House, orders: GroupOrders) -> None:
    make(orders), make(orders)
    assert group(house).title == group(house, "tea-2").title == "Tea"
    assert "There is a customer group “tea” already" in said(make(orders, key="tea"))


def test_a_ready_group_may_have_numbers_of_its_own(house: House, orders: GroupOrders) -> None:
    make(orders, what="a ready group", ready="Loyal customers", title="", rule="", days=30, least=2)
    assert group(house, "loyal").text == "receipts in last 30 days >= 2"


def test_a_form_begun_with_an_odd_name_says_so(house: House) -> None:
    form = GroupForms(house).blank("of-city", "a\0b")
    assert [one.code for one in form.objections] == ["odd_word"] and form.key == ""


def test_of_two_groups_with_one_title_none_is_meant(house: House, orders: GroupOrders) -> None:
    make(orders, title="Tea ones"), make(orders, title="Tea ones")
    refused = correct(orders, "remove by hand", "3", group="tea ones")
    assert "by its key: tea-ones, tea-ones-2" in said(refused)
    orders.put_away(PutAwayGroupForm(group="tea-ones", person="olga"))
    assert correct(orders, "remove by hand", "3", group="Tea Ones").lines[0].done
    assert 3 in members(house, "tea-ones") and 3 not in members(house, "tea-ones-2")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"what": "make a ready group", "ready": "Best customers", "least": 6}, "at most 5", id="score"),
        pytest.param({"what": "make a ready group", "ready": "Birthday soon", "days": 366}, "at most 365", id="days"),
        pytest.param({"what": "make a ready group", "ready": "Customers of a city", "name": "a\0b"}, "not of one line",
                     id="an odd name"),
        pytest.param({"what": "make a ready group", "group": "k" * 62}, "is not a key", id="a long key"),
        pytest.param({"what": "add by hand", "customer": 3}, "Name the group", id="no group"),
        pytest.param({"what": "add by hand", "group": "tea"}, "at least one customer", id="no customer"),
        pytest.param({"what": "add by hand", "group": "tea", "person": ""}, "There is no person", id="nobody"),
    ],
)  # fmt: skip
def test_the_form_of_b1_is_refused_in_the_same_sentences(
    house: House, orders: GroupOrders, fields: dict[str, Any], words: str
) -> None:
    make(orders)
    assert words in str(orders.ordered(GroupsForm.model_validate({"person": "olga"} | fields)).refusal)


# Changed.


def test_a_change_is_a_version_and_is_built_at_once(house: House, orders: GroupOrders) -> None:
    make(orders)
    report = change(orders, rule="everyone", reason="wider", seen=1)
    assert "is changed: version 2" in said(report) and len(members(house)) == 60
    assert "made of one another: tea → tea" in said(change(orders, rule="in group tea"))
    assert "is as it was" in said(change(orders, rule="everyone")) and group(house).version == 2
    change(orders, group="Tea", title="All of them", control="20")
    assert (group(house).title, group(house).text, group(house).control_share) == ("All of them", "everyone", 200)


def test_whoever_saved_meanwhile_is_not_overwritten(house: House, orders: GroupOrders) -> None:
    make(orders)
    change(orders, rule="everyone", seen=1)
    report = change(orders, rule="has email", seen=1, person="vera")
    assert "Olga Author has changed this group" in said(report) and group(house).text == "everyone"


def test_of_two_changes_at_once_one_is_told(house: House, orders: GroupOrders) -> None:
    make(orders)
    start, told = threading.Barrier(4), []

    def send(number: int) -> None:
        with spoken("en"):
            start.wait()
            told.append(change(orders, rule=f"birthday in next {number} days", seen=1))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(report.refusal) for report in told) == [False, True, True, True]
    with house.reads() as session:
        assert session.query(GroupVersion).count() == 2


def test_groups_made_of_a_changed_one_follow_at_once(house: House, orders: GroupOrders) -> None:
    make(orders, rule="everyone")
    make(orders, title="Rest", rule="not in group tea")
    make(orders, title="Rest of rest", rule="in group rest")
    assert members(house, "rest-of-rest") == set()
    correct(orders, "remove by hand", "1, 2")
    assert members(house, "rest") == members(house, "rest-of-rest") == {1, 2}


# By hand.


def test_customers_are_corrected_by_number_each_with_an_answer(house: House, orders: GroupOrders) -> None:
    make(orders, rule='city is "nowhere"')
    report = correct(orders, "add by hand", "№ 3, 5; 999")
    assert members(house) == {3, 5}
    assert [line.done for line in report.lines] == [True, True, False, True]
    assert "customer № 3 — added by hand; is in the group now" in said(report) and "no customer № 999" in said(report)
    assert "corrected by hand in this group already" in said(correct(orders, "remove by hand", "3"))
    report = correct(orders, "undo a correction", "3", reason="")
    assert "the correction is undone; is not in the group now" in said(report) and members(house) == {5}


@pytest.mark.parametrize(
    ("customers", "reason", "words"),
    [
        pytest.param("", "x", "Name at least one customer", id="nobody"),
        pytest.param("3, guest5@example.org", "x", "Number 2 of the list is not the number", id="an address"),
        pytest.param("0", "x", "Number 1 of the list", id="zero"),
        pytest.param("3", " ", "Say why", id="no reason"),
        pytest.param(",".join(map(str, range(1, 300))), "x", "More than 200", id="a crowd"),
    ],
)
def test_a_correction_that_gives_somebody_away_is_refused(
    house: House, orders: GroupOrders, customers: str, reason: str, words: str
) -> None:
    make(orders, rule='city is "nowhere"')
    report = correct(orders, "add by hand", customers, reason=reason)
    assert words in said(report) and members(house) == set() and "example.org" not in said(report)


def test_a_reason_that_names_the_customer_is_refused(house: House, orders: GroupOrders) -> None:
    make(orders, rule='city is "nowhere"')
    with house.reads() as session:
        way = session.execute(select(Address).where(col(Address.kind) == "email")).scalars().first()
        assert way
        name = session.get_one(Customer, way.customer_id).name
    for reason in (f"{way.written} asked", f"{name} asked"):
        report = correct(orders, "add by hand", str(way.customer_id), reason=reason)
        assert "“Why” names the customer" in said(report) and way.written not in said(report)
    assert members(house) == set()


# Lists.


def test_a_list_is_loaded_by_numbers(house: House, orders: GroupOrders) -> None:
    make(orders, what="a list", rule="")
    report = correct(orders, "add to the list", "3, 5, 999")
    assert "2 customers are new on the list; 1 number is nobody's" in said(report) and members(house) == {3, 5}
    correct(orders, "let the list be these", "5, 6")
    assert members(house) == {5, 6}
    make(orders, title="Rule")
    assert "by its rule, not by a list" in said(correct(orders, "add to the list", "3", group="rule"))


def test_a_list_is_looked_at_before_it_is_loaded(house: House, orders: GroupOrders) -> None:
    make(orders, what="a list", rule="")
    correct(orders, "add to the list", "3, 9")
    read = look_at(house, "tea", "C-3\nC-5\nnobody@example.org\n\nC-5\n", replaces=True)
    look = read.look
    assert read.customers == (3, 5) and (look.named, look.known, look.new, look.gone, look.unknown) == (
        4,
        2,
        1,
        1,
        (3,),
    )
    assert look.unknown_text == "nobody@example.org" and members(house) == {3, 9}


@pytest.mark.parametrize(
    ("text", "unknown", "left"),
    [
        pytest.param("a\nb\nc", (2,), "b", id="typed"),
        pytest.param("Код;Имя\n1;А\n2;Б\n", (3,), "Код;Имя\n2;Б", id="with a heading"),
        pytest.param('"a\nb";c\nd\n', (2,), '"a\nb";c\nd\n', id="rows that are no lines: all of it"),
        pytest.param("a\nb", (), "", id="nothing unknown"),
    ],
)
def test_rows_of_nobody_known_are_given_back_as_they_were(text: str, unknown: tuple[int, ...], left: str) -> None:
    assert unknown_of(text, unknown) == left


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"PK\x03\x04rest", "save the table as CSV"), ("  \n", "names nobody"), (b"", "names nobody")],
)
def test_a_list_that_cannot_be_read_is_refused(
    house: House, orders: GroupOrders, content: str | bytes, words: str
) -> None:
    make(orders, what="a list", rule="")
    with pytest.raises(Refused) as refused:
        look_at(house, "tea", content)
    assert words in str(refused.value.reason)


# Put away, built.


def test_a_group_is_put_away_and_brought_back(house: House, orders: GroupOrders) -> None:
    make(orders)
    away = PutAwayGroupForm(group="Tea", person="olga")
    assert "is put away" in said(orders.put_away(away)) and group(house).archived_at
    assert "was put away before" in said(orders.put_away(away))
    assert "was put away" in said(change(orders, rule="everyone"))
    back = PutAwayGroupForm(group="tea", what="bring it back", person="olga")
    assert "is in use again" in said(orders.put_away(back)) and group(house).archived_at is None
    make(orders, title="Rest", rule="not in group tea")
    assert "are made of it" in said(orders.put_away(away)) and group(house).archived_at is None


def test_a_group_comes_back_only_behind_those_it_is_made_of(house: House, orders: GroupOrders) -> None:
    """Nobody builds a group that is put away, so one made of it would stand still without a word."""
    make(orders), make(orders, title="Rest", rule="not in group tea")
    for key in ("rest", "tea"):
        orders.put_away(PutAwayGroupForm(group=key, person="olga"))
    back = PutAwayGroupForm(group="rest", what="bring it back", person="olga")
    assert "The customer group “tea” was put away" in said(orders.put_away(back)) and group(house, "rest").archived_at
    for key in ("tea", "rest"):
        assert "is in use again" in said(orders.put_away(back.model_copy(update={"group": key})))


def test_a_group_that_cannot_be_built_says_why_beside_the_others(house: House, orders: GroupOrders) -> None:
    make(orders)
    assert "not built: Conditions about opened" in said(make(orders, title="Readers", rule="opened in last 9 days",
                                                             control="10"))  # fmt: skip
    report = orders.build(BuildGroupsForm(person="olga"))
    assert [(line.label, line.done) for line in report.lines] == [("“Tea”", True), ("“Readers”", False)]
    page = GroupPages(house).one("readers")
    assert page and page.hindrance.code == "no_reactions" and page.is_stale
    assert "There is no customer group “nowhere”" in said(orders.build(BuildGroupsForm(group="nowhere", person="olga")))


def test_where_there_are_many_customers_a_run_builds_behind(house: House) -> None:
    report = make(GroupOrders(house, builds=False))
    assert "A run builds it now" in said(report) and members(house) == set()
    with house.reads() as session:
        assert session.query(GroupBuild).count() == 0


# What is typed.


@given(st.integers(0, 500))
def test_a_share_is_read_as_it_is_shown(share: int) -> None:
    for text in (f"{share / 10:g}", f" {share / 10:g} %", f"{share / 10:g}".replace(".", ",")):
        assert share_of(text) == share


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_numbers_are_read_however_they_are_divided(numbers: list[int]) -> None:
    for mark in (",", ", ", ";", "\n", " № "):
        assert numbers_of(mark.join(map(str, numbers))) == list(dict.fromkeys(numbers))


@given(st.text(max_size=80), st.sets(st.sampled_from(["group", "group-2", "chai"])))
def test_a_key_can_be_made_of_any_title(title: str, taken: set[str]) -> None:
    key = key_of(title, taken)
    assert key not in taken and TypeAdapter(Key).validate_python(key) == key


def test_dependents_are_found_through_others() -> None:
    needs = {"a": [], "b": ["a"], "c": ["b"], "d": []}
    assert dependents(needs, ["a"]) == ["a", "b", "c"] and dependents(needs, []) == []
