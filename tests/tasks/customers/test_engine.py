"""A table of customers, rehearsed and then loaded: what was said is what comes of it; a kill loses nothing."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select

from integrations.errors import Refused
from models.content import Sheet, SheetRow
from models.customers import ConsentAct, Customer, CustomerLoad
from models.database import SetClock, connect
from models.desk.drop import AllAgreed, CustomersFound
from tasks.customers import engine
from tasks.house import House
from tests.conftest import share_statements
from tests.depth import examples
from tests.fakes import NOW, FakeChannel
from tests.house import empty_database, furnished

HEADER = (
    "Code", "E-mail", "Phone", "Name", "Consent", "Consent to personal data", "Consent date", "Proof", "Unsubscribed",
)  # fmt: skip
PAPER = ("yes", "yes", "05.01.2026", "form 12", "")
NOBODY = AllAgreed()


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW))


def sheet(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> Sheet:
    told = tuple(
        SheetRow(number=n, cells=tuple(cells) + (None,) * (len(header) - len(cells))) for n, cells in enumerate(rows, 2)
    )
    return Sheet(file="customers.csv", header=tuple(header), header_row=1, rows=told)


def rehearsed(house: House, table: Sheet, agreed: AllAgreed = NOBODY) -> CustomersFound:
    return engine.rehearse(house, table, agreed, "olga")


def load(house: House, table: Sheet, source: str = "drop:1", agreed: AllAgreed = NOBODY) -> dict[str, int]:
    return dict(engine.load(house, table, agreed, source, "olga"))


def count(house: House, table: type[Any]) -> int:
    with house.reads() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_what_the_rehearsal_says_is_what_comes_of_it(house: House) -> None:
    table = sheet(
        ("1", "a@mail.ru", "8 912 000-00-01", "Oleg", *PAPER), ("2", "b@mail.ru", "", "Ira", "yes"), ("", "", "junk"),
        ("3", "c@mail.ru", "", "Mia", *PAPER[:4], "yes"),
    )  # fmt: skip
    found = rehearsed(house, table)
    assert found.counts == {"new": 3, "agreed": 5, "refused": 1, "unread": 1} and count(house, Customer) == 0
    assert found.reach == {"email": {"": 1, "barred": 1, "personal": 1}, "phone": {"": 1}}
    assert load(house, table) == found.counts and count(house, Customer) == 3
    again = rehearsed(house, table)
    assert again.counts == {"same": 3, "unread": 1} and again.is_the_same


def test_rows_that_change_somebody_are_shown_without_what_stands_in_them(house: House) -> None:
    load(house, sheet(("1", "a@mail.ru", "", "Oleg")))
    found = rehearsed(house, sheet(("1", "b@mail.ru", "", "Oleg Petrov")))
    assert [(one.row, one.fields) for one in found.changes] == [(2, ("name", "email"))]
    assert "Petrov" not in found.model_dump_json() and "mail.ru" not in found.model_dump_json()


def test_a_document_for_all_the_consents_of_an_old_base_lets_it_be_written_to(house: House) -> None:
    table = sheet(*((str(n), f"{n}@mail.ru", "", "", "yes", "yes") for n in range(5)))
    assert rehearsed(house, table).reach == {"email": {"personal": 5}}
    agreed = AllAgreed(proof="order 7", on="2026-02-01", wording="v3")
    assert rehearsed(house, table, agreed).reach == {"email": {"": 5}}
    assert load(house, table, agreed=agreed)["agreed"] == 10
    with house.reads() as session:
        line = session.execute(select(ConsentAct)).scalars().first()
        assert line and (line.proof, line.wording, line.via) == ("order 7", "v3", "import")
        assert line.source == "customers.csv"


CODES, MAILS = st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "a@mail.ru", "b@mail.ru", "c@mail.ru"])
SAID = st.sampled_from([(), PAPER, ("no", "", "", "", ""), ("", "", "", "", "yes"), ("no", "no"), ("yes", "yes")])
TABLES = st.lists(
    st.builds(lambda code, mail, phone, said: (code, mail, phone, "", *said), CODES, MAILS,
              st.sampled_from(["", "89120000001"]), SAID), min_size=1, max_size=9,
)  # fmt: skip


@contextmanager
def fresh() -> Iterator[House]:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "otdel.sqlite").write_bytes(empty_database())
        engine = connect(f"sqlite:///{root / 'otdel.sqlite'}")
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        share_statements(engine)
        yield furnished(root, engine, {"fake": FakeChannel()}, SetClock(NOW))
        engine.dispose()


@given(st.lists(TABLES, min_size=1, max_size=3), st.integers(1, 4))
@settings(max_examples=examples(10, 60))
def test_whatever_the_tables_the_rehearsal_is_right(tables: list[Any], portion: int) -> None:
    """However few rows at a time, and whatever was loaded before."""
    with fresh() as house, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "ROWS_AT_ONCE", portion)
        patch.setattr(engine, "let_others_in", lambda _: None)  # there are no others
        for number, rows in enumerate(tables):
            found = rehearsed(house, sheet(*rows))
            assert load(house, sheet(*rows), f"drop:{number}") == found.counts


def test_of_many_rows_each_portion_is_kept_and_a_kill_goes_on_behind_it(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "ROWS_AT_ONCE", 2)
    table, seen = sheet(*((str(n), f"{n}@mail.ru") for n in range(7))), []

    def killed(done: int) -> None:
        seen.append(done)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.load(house, table, NOBODY, "drop:1", "olga", killed)
    assert count(house, Customer) == 4
    assert engine.load(house, table, NOBODY, "drop:1", "olga", seen.append) == {"new": 7}
    assert seen == [2, 4, 6, 7] and count(house, Customer) == 7
    with house.reads() as session:
        kept = session.execute(select(CustomerLoad)).scalar_one()
        assert (kept.done, kept.total, kept.counts, kept.applied_at) == (7, 7, {"new": 7}, NOW)
    assert load(house, table) == {"new": 7}, "asked once more it says what it did, and does nothing"


def test_two_who_load_the_same_table_are_told_apart(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "ROWS_AT_ONCE", 2)
    table, over = sheet(*((str(n), f"{n}@mail.ru") for n in range(5))), []

    def another(done: int) -> None:
        if not over:
            over.append(load(house, table))

    with pytest.raises(Refused) as refused:
        engine.load(house, table, NOBODY, "drop:1", "olga", another)
    assert refused.value.reason.code == "under_way" and over == [{"new": 5}] and count(house, Customer) == 5


def test_with_another_key_nobody_in_the_stop_list_would_be_known_so_nothing_is_loaded(house: House) -> None:
    load(house, sheet(("1", "a@mail.ru")))
    with pytest.raises(Refused) as refused:
        load(replace(house, printed=lambda kind, value: "x"), sheet(("2", "b@mail.ru")), "drop:2")
    assert refused.value.reason.code == "other_key" and count(house, Customer) == 1


def test_a_rehearsal_leaves_nothing_behind_and_what_a_kill_left_is_swept(house: House) -> None:
    place = house.var / engine.REHEARSALS
    rehearsed(house, sheet(("1", "a@mail.ru")))
    assert list(place.iterdir()) == []
    for name, age in (("old", 2 * engine.LEFT_LYING), ("running", 0)):
        (place / name).mkdir()
        (place / name / "rehearsal.sqlite").write_bytes(b"people")
        os.utime(place / name, (time.time() - age,) * 2)
    engine.sweep(house)
    assert [one.name for one in place.iterdir()] == ["running"]


def test_a_table_that_says_nothing_of_who_it_is_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="no column"):
        load(house, sheet(("Oleg",), header=("Name",)))
