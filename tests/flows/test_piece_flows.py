"""Corrections, texts by hand and comments as flows: what the desk does, Prefect does too, and never twice."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import tags
from sqlalchemy import Engine, select

from flows.orders.by_hand import HandForm, by_hand
from flows.orders.comment import CommentForm, comment
from flows.orders.correct import CorrectForm, correct
from flows.placement.a08_scheduled_posting import scheduled_posting
from models.editing import Correction
from models.locale import spoken
from models.piece import PieceComment
from tasks.editing.engine import Editing
from tasks.orderbook import rows as book
from tests.flows.test_control_flows import artifact, run
from tests.tasks.editing.newsroom import Newsroom

# Prefect leaves its clients' sockets to the garbage collector when a loop ends; a later test would be blamed for them.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def newsroom(database: Engine, tmp_path: Path) -> Iterator[Newsroom]:
    with spoken("en"):
        yield Newsroom(tmp_path / "company", database)


@pytest.fixture
def posting(prefect_server: None) -> None:
    """The deployment that announced runs are made for."""

    async def register() -> None:
        deployment = await scheduled_posting.ato_deployment(name="A8", tags=["A8"])
        await deployment.aapply()

    asyncio.run(register())


def test_the_forms_fields_end_with_who_and_why() -> None:
    for form in (CorrectForm, HandForm):
        fields = form.model_json_schema()["properties"]
        assert sorted(fields, key=lambda name: fields[name]["position"])[-2:] == ["person", "reason"]
    assert HandForm(piece="7", channel="Talk", what="оставить", person="olga").what == "keep"


@pytest.mark.prefect
def test_a_piece_is_corrected_by_form_and_its_answer_is_shown(posting: None, newsroom: Newsroom) -> None:
    assert run(correct, CorrectForm(piece="7", text="By form", person="Olga Author")).name == "Done"
    assert newsroom.says().body == "By form" and "By form" in newsroom.proof("talk").post["text"].replace("\u00a0", " ")
    assert "saved as version 3" in artifact("order")
    state = run(correct, CorrectForm(piece="7", text="Too late", begun=1, person="Vera"))
    assert state.is_failed() and "has saved version 3 meanwhile" in state.message


@pytest.mark.prefect
def test_what_the_desk_has_carried_out_the_run_only_shows(posting: None, newsroom: Newsroom) -> None:
    form = CorrectForm(piece="7", text="On the desk", person="olga")
    with newsroom.house.sessions.begin() as session:
        given, _ = book.give(session, newsroom.clock, "once", "correct", form.model_dump(), "olga", ("piece", "1"))
    report = Editing(newsroom.house).correct(Correction(**form.model_dump()))
    with newsroom.house.sessions.begin() as session:
        book.settle(session, newsroom.clock, given.id or 0, report.model_dump(mode="json"))
    before = newsroom.versions()
    with tags(f"order-{given.id}"):
        assert run(correct, form).name == "Done"
    assert newsroom.versions() == before and "saved as version 3" in artifact("order")


@pytest.mark.prefect
def test_a_text_by_hand_and_a_comment_come_by_form(posting: None, newsroom: Newsroom) -> None:
    assert run(by_hand, HandForm(piece="7", channel="Talk", text="Short", person="olga")).name == "Done"
    assert "Short" in newsroom.proof("talk").post["text"] and newsroom.proof("talk").by_hand
    assert run(comment, CommentForm(piece="7", text="Look", person="vera")).name == "Done"
    with newsroom.house.reads() as session:
        [said] = session.execute(select(PieceComment)).scalars()
    assert (said.person, said.text) == ("vera", "Look")
