"""A dropped table of customers: looked at, loaded once by a person, on the desk and in Prefect alike."""

import pytest
from sqlalchemy import func, select

from models.customers import Customer, CustomerLoad
from models.desk.drop import AllAgreed, CustomersFound
from models.dropped import DropKind, DropState
from tasks.customers import engine as customers
from tasks.dropping import engine, kinds, rows
from tasks.dropping.applying import engine as applying
from tasks.dropping.shelf.engine import shelf
from tests.tasks.dropping.conftest import ROWS, Dropping, plan

TABLE = "Code;E-mail;Name;Consent;Consent to personal data\n" + "".join(
    f"{n};c{n}@mail.ru;Oleg;yes;yes\n" for n in range(5)
)


def drop(dropping: Dropping, text: str = TABLE) -> int:
    return dropping.drop(people__csv=text.encode())


def found(dropping: Dropping, id: int) -> CustomersFound:
    return CustomersFound.model_validate(dropping.row(id).found)


def count(dropping: Dropping) -> int:
    with dropping.house.reads() as session:
        return session.execute(select(func.count()).select_from(Customer)).scalar_one()


def test_it_is_known_as_customers_rehearsed_and_loaded_once(dropping: Dropping) -> None:
    id = drop(dropping)
    assert (dropping.row(id).kind, dropping.row(id).state) == ("customers", "read")
    assert found(dropping, id).counts == {"new": 5}
    assert found(dropping, id).reach == {"email": {"personal": 5}} and count(dropping) == 0
    said = applying.load_customers(dropping.house, id, dropping.row(id).seen, "olga")
    assert str(said.lines[0]) and said.lines[0].done and count(dropping) == 5
    assert (dropping.row(id).state, shelf(dropping.house, id).exists()) == (DropState.APPLIED, False)
    again = applying.load_customers(dropping.house, id, "", "olga")
    assert again.lines[0].said == said.lines[0].said and count(dropping) == 5
    late = applying.load_customers(dropping.house, id, "", "vera")
    assert late.refusal.code == "first"


def test_the_same_table_again_has_nothing_new_in_it(dropping: Dropping) -> None:
    applying.load_customers(dropping.house, drop(dropping), "", "olga")
    assert found(dropping, drop(dropping)).is_the_same


def test_it_is_loaded_with_the_document_it_was_looked_at_with(dropping: Dropping) -> None:
    id, at = drop(dropping), dropping.house
    before = dropping.row(id).seen
    with at.sessions.begin() as session:
        agreed = AllAgreed(proof="order 7", on="2026-02-01")
        assert rows.read_for(session, id, agreed=agreed.model_dump(mode="json"))
    assert engine.read_dropped(at, id)
    assert found(dropping, id).reach == {"email": {"": 5}} and dropping.row(id).seen != before
    assert applying.load_customers(at, id, before, "olga").refusal.code == "seen"
    said = applying.load_customers(at, id, dropping.row(id).seen, "olga")
    assert "10 consents recorded" in said.lines[0].said


def test_a_kill_in_the_middle_goes_on_behind_what_counts(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "ROWS_AT_ONCE", 2)
    id, told = drop(dropping), []

    def killed(session: object) -> None:
        told.append(count(dropping))
        if len(told) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(customers, "let_others_in", killed)
    with pytest.raises(KeyboardInterrupt):
        applying.load_customers(dropping.house, id, "", "olga")
    assert count(dropping) == 4 and dropping.row(id).state == DropState.APPLYING
    dropping.house.clock.at += rows.SILENT * 2  # type: ignore[attr-defined]
    monkeypatch.setattr(customers, "let_others_in", lambda engine: None)
    said = applying.load_customers(dropping.house, id, "", "olga")
    assert "5 new customers" in said.lines[0].said and count(dropping) == 5
    with dropping.house.reads() as session:
        assert session.execute(select(CustomerLoad)).scalar_one().counts == {"new": 5}


def test_cut_off_and_looked_at_again_with_a_document_no_row_lacks_it(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "ROWS_AT_ONCE", 2)
    id, at = drop(dropping), dropping.house

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(customers, "let_others_in", killed)
    with pytest.raises(KeyboardInterrupt):
        applying.load_customers(at, id, "", "olga")
    at.clock.at += rows.SILENT * 2  # type: ignore[attr-defined]
    monkeypatch.setattr(customers, "let_others_in", lambda engine: None)
    with at.sessions.begin() as session:
        rows.let_broken_go(session, at.clock)
        assert rows.read_for(session, id, agreed=AllAgreed(proof="order 7", on="2026-02-01").model_dump(mode="json"))
    assert engine.read_dropped(at, id)
    assert "10 consents recorded" in applying.load_customers(at, id, "", "olga").lines[0].said


def test_who_may_not_load_customers_is_told_so(dropping: Dropping) -> None:
    id = drop(dropping)
    assert "may not change customers" in str(applying.load_customers(dropping.house, id, "", "marina").refusal)
    assert count(dropping) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Name;City\nOleg;Omsk\n", "no_column", id="nobody can be known by its columns"),
        pytest.param("E-mail;Name\nabc;Oleg\n", "nobody", id="nor by its rows"),
        pytest.param("E-mail;Name\n", "no_rows", id="no rows"),
    ],
)
def test_a_table_that_nobody_can_be_known_by_is_refused_and_gone(dropping: Dropping, text: str, code: str) -> None:
    id = dropping.drop(DropKind.CUSTOMERS, people__csv=text.encode())
    assert dropping.row(id).state == DropState.REFUSED and not shelf(dropping.house, id).exists()
    assert engine.refusal_of(dropping.row(id)).code == code


def test_there_may_be_more_customers_than_publications(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "ROWS_MAX", 3)
    assert found(dropping, drop(dropping)).rows == 5
    id = dropping.drop(plan__csv=plan(*ROWS, "4;28.11.2026;;Pie;wall;"))
    assert engine.refusal_of(dropping.row(id)).code == "too_many_rows"
