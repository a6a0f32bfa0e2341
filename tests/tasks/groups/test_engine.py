"""The groups of a house: made, built behind one another, shown, told to the registry; nothing of anybody in it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.customer_groups import Corrected, CustomerTouched, GroupBuild
from models.customers import Customer
from models.database import SetClock
from models.desk.drop import AllAgreed
from models.letters import Ground
from models.locale import LANGUAGES, spoken
from models.registry import Fact
from tasks.customers import engine as loading
from tasks.customers.record import rows as records
from tasks.groups import reactions, rows
from tasks.groups.engine import Groups
from tasks.groups.listing.engine import look_at
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.groups.showing.engine import Shown, ending_of
from tasks.house import House
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.customers.test_engine import sheet
from tests.tasks.purchases.test_engine import load as load_purchases

RULED = """\
groups:
  - {key: tea-lovers, title: Tea lovers, words: [tea], rule: 'bought "Молоко" in last 30 days'}
  - {key: broken, title: Broken, rule: bougt}
"""
OUTLETS = "outlets:\n  - {key: center, name: In the Centre}\n  - {key: omsk, name: Omsk Shop, zone: Asia/Omsk}\n"
LINES = (
    "1;20.11.2026;10:15;7;;Tea;Молоко;1;450,50;In the Centre",
    "2;1.08.2026;10:15;8;;Milk;Молоко;2;90;In the Centre",
    "3;1.08.2026;10:15;9;;Milk;Чай;2;9000;omsk",
)


def house_of(root: Path, database: Engine, groups: str = "") -> House:
    company = COMPANY.replace(
        "groups:\n  - {key: tea-lovers, title: Tea lovers, words: [oolong, tea, tasting]}\n", groups
    )
    made = furnished(root, database, {"fake": FakeChannel()}, SetClock(NOW), company=f"{company}{OUTLETS}")
    table = sheet(("7", "oleg@mail.ru", "", "Oleg Petrov"), ("8", "", "8 912 000-00-01", "Ira"), ("9", "", "", "Anna"))
    loading.load(made, table, AllAgreed(), "drop:100", "olga")
    load_purchases(made, *LINES, source="drop:101")
    return made


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return house_of(tmp_path / "company", database)


def ids(house: House) -> dict[str, int]:
    with house.reads() as session:
        return {one.code or "": one.id or 0 for one in session.execute(select(Customer)).scalars()}


def test_groups_are_built_behind_what_they_are_made_of_and_told_to_the_registry(house: House) -> None:
    groups = Groups(house)
    groups.make(Draft("sleeping", "Sleeping", parsed("last purchase >= 90 days ago")), "olga")
    groups.make(Draft("awake", "Awake", parsed("bought and not in group sleeping")), "olga")
    done = groups.rebuild("B1", run="run-1")
    assert [(one.key, one.size) for one in done.built] == [("sleeping", 2), ("awake", 1)]
    assert ending_of(done).title == "Done"
    with house.reads() as session:
        facts = session.execute(select(Fact).order_by(col(Fact.id))).scalars().all()
    told = {(one.subject_id, one.metric): one.value for one in facts}
    assert told["sleeping", "group_size"] == 2 and told["awake", "group_joined"] == 1
    assert told["sleeping", "deliverable"] == 0 and told["sleeping", "group_left"] == 0
    assert (told["all", "covered"], told["all", "base_size"]) == (3, 3)
    assert {(one.operation, one.subject_kind, one.run, one.cost) for one in facts} == {("B1", "group", "run-1", None)}
    assert {one.customer_group for one in facts} == {"sleeping", "awake", ""}
    house.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    again = groups.rebuild("C1", ["awake"])
    assert [(one.key, one.size, one.joined) for one in again.built] == [("sleeping", 2, 0), ("awake", 1, 0)]


def test_what_cannot_be_answered_keeps_its_members_and_holds_up_nothing(house: House) -> None:
    groups = Groups(house)
    groups.make(Draft("all", "All", parsed("everyone")), "olga")
    groups.make(Draft("readers", "Readers", parsed("everyone")), "olga")
    groups.rebuild("B1")
    groups.change(Draft("readers", "Readers", parsed("opened in last 30 days")), "olga")
    done = groups.rebuild("B1")
    assert [one.key for one in done.built] == ["all"]
    assert ending_of(done).title == "Done with remarks: 1 of 2"
    assert "The group “readers” was not built: Conditions about opened" in ending_of(done).remarks[0]
    with house.reads() as session:
        assert session.execute(select(func.count()).select_from(CustomerTouched)).scalar_one() == 0
        assert [one.size for one in session.execute(select(GroupBuild)).scalars()] == [3, 3, 3]
    reactions.register(reactions.Reactions(
        lambda one, as_of: select(col(Customer.id)).where(col(Customer.code) == "7"),
        lambda one, former, now: select(col(Customer.id)),
    ))  # fmt: skip
    try:
        assert {one.key: one.size for one in groups.rebuild("B1").built} == {"all": 3, "readers": 1}
    finally:
        reactions.register(None)


def test_a_group_of_company_yaml_with_a_rule_has_members_too(tmp_path: Path, database: Engine) -> None:
    house = house_of(tmp_path / "company", database, RULED)
    groups = Groups(house)
    done = groups.rebuild("B1")
    assert [(one.key, one.size) for one in done.built] == [("tea-lovers", 1)]
    [said] = done.notes
    assert "rule of the group “broken”: Line 1, character 1: “bougt” is not known here. Did you mean “bought”?" in said
    groups.change(Draft("tea-lovers", "Tea lovers", parsed("everyone")), "olga")
    assert any("has another rule in company.yaml" in one for one in groups.rebuild("B1").notes)
    with house.reads() as session:
        assert [(one.version, one.by) for one in rows.versions(session, "tea-lovers")] == [
            (2, "olga"),
            (1, "company.yaml"),
        ]


def test_ready_groups_that_company_yaml_names_are_made_once(tmp_path: Path, database: Engine) -> None:
    house = house_of(tmp_path / "company", database, "ready_groups: [without-purchases, loyall, of-city, phone-only]\n")
    groups = Groups(house)
    done = groups.rebuild("B1")
    assert {one.key: one.size for one in done.built} == {"without-purchases": 0, "phone-only": 1}
    assert done.notes == [
        "company.yaml, ready_groups, “loyall”: There is no such ready group. Nearest: loyal, lost, of-city.",
        "company.yaml, ready_groups, “of-city”: “Customers of a city” needs to know which one: name the city.",
    ]
    groups.put_away("phone-only")
    assert [one.key for one in groups.rebuild("B1", whole=True).built] == ["without-purchases"]


def test_a_list_is_loaded_and_whoever_is_not_known_is_told_by_row(house: House) -> None:
    groups = Groups(house)
    groups.make(Draft("guests", "Guests"), "olga")

    def enlist(said: str | bytes, replaces: bool = False) -> tuple[int, int, tuple[int, ...]]:
        read = look_at(house, "guests", said, replaces)
        with house.sessions.begin() as session:
            new = rows.enlist(session, house.clock, "guests", read.customers, "olga", replaces)
        assert new == read.look.new
        return read.look.known, new, read.look.unknown

    assert enlist("Код;Почта\n7;\n;oleg@mail.ru\n;nobody@mail.ru\n77;") == (1, 1, (4, 5))
    assert enlist("+7 912 000-00-01, 9".encode("cp1251")) == (2, 2, ())
    [built] = groups.rebuild("B1").built
    assert (built.size, built.joined) == (3, 3)
    assert enlist(b"9", replaces=True) == (1, 0, ())
    [built] = groups.rebuild("B1").built
    assert (built.size, built.left) == (1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
def test_a_list_is_read_however_a_spreadsheet_has_saved_it(house: House, encoding: str) -> None:
    Groups(house).make(Draft("guests", "Guests"), "olga")
    look = look_at(house, "guests", "Код;Почта\r\n7;\r\n;oleg@mail.ru\r\nникто;\r\n".encode(encoding)).look
    assert (look.named, look.known, look.unknown) == (3, 1, (4,))


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("Чай", "Tea", parsed("everyone")), "is not a key"),
        (Draft("new", "New", parsed("in group nobody")), "no customer group “nobody”"),
        (Draft("new", "New", parsed("everyone"), 0), "Say why there is none"),
    ],
    ids=["a key", "a group that is not there", "no control group without a reason"],
)
def test_a_group_that_cannot_be_is_refused(house: House, draft: Draft, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Groups(house).make(draft, "olga")
    assert Groups(house).rebuild("B1").built == []


def test_a_preview_says_what_would_come_and_writes_nothing(house: House) -> None:
    groups = Groups(house)
    told = groups.preview(groups.read("bought"))
    assert (told.size, told.sample) == (3, tuple(sorted(ids(house).values())))
    assert told.without == {"email": 2, "phone": 2, "telegram": 3}
    with pytest.raises(Refused, match="character 1"):
        groups.read("bougt")
    with pytest.raises(Refused, match="no customer group"):
        groups.preview(parsed("in group nobody"))
    assert groups.rebuild("B1").built == []


def test_what_is_shown_of_groups_is_numbers_and_keys(house: House) -> None:
    groups, pages = Groups(house), Shown(house)
    with spoken("en"):
        assert "There is no customer group yet" in pages.shown("")
        for key, rule in (("sleeping", "last purchase >= 90 days ago"), ("all", "everyone")):
            groups.make(Draft(key, f"{key} ones", parsed(rule), 500), "olga")
        assert "not built yet" in pages.shown("")
        groups.rebuild("B1")
        said = pages.shown("")
        assert "| sleeping ones (sleeping) | 2 | 2 | 0 |" in said
        assert "In at least one group: 3 of 3 customers, 100%." in said
        assert "| all | sleeping | 2 | 67% |" in said
        assert "The last builds" in pages.shown("sleeping ones")
        reached = pages.reach_shown("all", Ground.ADVERTISING)
        assert "| all | e-mail | 0 | no consent to personal data: 1; no such address: 2 |" in reached
        assert "| all | phone | 1 | no such address: 2 |" in pages.reach_shown("all", Ground.SERVICE)
        with pytest.raises(Refused, match="no customer group “nobody”"):
            pages.shown("nobody")
    for language in LANGUAGES:
        with spoken(language):
            text = pages.shown("") + pages.reach_shown("", Ground.ADVERTISING)
            assert not any(word in text for word in ("Oleg", "Petrov", "mail.ru", "912", "Ira"))


def beside(house: House, other: Session, work: Callable[[], object]) -> object:
    """What comes of the work, which has to wait for the other transaction: that is committed in between."""
    done = Queue[object]()

    def doing() -> None:
        try:
            done.put(work())
        except Exception as error:
            done.put(error)

    thread = Thread(target=doing)
    thread.start()
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'otdel'")
    with house.engine.connect() as connection:
        while not connection.execute(waiting).scalar_one() and done.empty():
            connection.rollback()
    other.commit()
    other.close()
    thread.join(timeout=60)
    return done.get_nowait()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # on SQLite only one writes at a time
def test_who_is_erased_while_a_group_is_built_stops_nothing(house: House) -> None:
    """The build has counted on somebody whose erasure is under way: it waits for it, and begins anew without them."""
    groups, erasing = Groups(house), house.sessions()
    groups.make(Draft("all", "All", parsed("everyone")), "olga")
    records.erase(erasing, ids(house)["9"])
    built = beside(house, erasing, lambda: groups.rebuild("B1").built)
    assert isinstance(built, list) and [(one.key, one.size) for one in built] == [("all", 2)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("other", ["corrected", "no_customer"])
def test_of_two_who_decide_about_a_customer_at_once_one_is_told_so(house: House, other: str) -> None:
    groups, first, customer = Groups(house), house.sessions(), ids(house)["9"]
    groups.make(Draft("all", "All", parsed("everyone")), "olga")
    if other == "corrected":
        rows.correct(first, house.clock, "all", customer, Corrected.REMOVED, "asked", "olga")
    else:
        records.erase(first, customer)
    told = beside(house, first, lambda: groups.correct("all", customer, Corrected.ADDED, "asked", "vera"))
    assert isinstance(told, Refused) and told.reason.code == other
