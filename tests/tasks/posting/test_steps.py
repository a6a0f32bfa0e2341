"""The steps of scheduled posting in a furnished house: what they do while the company's files are broken."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.content import PlanRow
from models.database import SetClock
from models.delivery import Delivery, State
from models.editing import Correction
from models.locale import spoken
from models.manuscript import Manuscript
from models.orders import Signed
from models.people import Absence
from models.piece import Piece, PieceVersion, Rendition
from models.post import Post
from models.reaction import Notice
from models.reason import because
from models.stop import Scope
from tasks.editing.engine import Editing
from tasks.house import House
from tasks.people.steps import follow_company_file
from tasks.posting import steps
from tasks.posting.layout import Rhythm, times
from tasks.stop.engine import Switch
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.posting.test_layout import MOSCOW

HOUR = timedelta(hours=1)
CHANNELS = ("fake", "vk")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(database: Engine, tmp_path: Path, clock: SetClock) -> Iterator[House]:
    company = COMPANY.replace("{approver: marina}", "{approver: marina, default: policy, four_eyes: false}")
    with spoken("en"):
        made = furnished(
            tmp_path / "company", database, {key: FakeChannel() for key in CHANNELS}, clock, company=company
        )
        plan(made, "7")
        yield made


def plan(house: House, number: str, at: time = time(14, 0), channels: tuple[str, ...] = CHANNELS) -> None:
    """A piece as loading, styling and adapting a plan leave it."""
    row = PlanRow(number=number, on=date(2026, 11, 23), at=at, channels=channels, title=f"Tea {number}", author="olga")
    with house.sessions.begin() as session:
        piece = Piece(number=number, source="plan", source_ref=number, title=f"Tea {number}", author="olga",
                      plan=row.model_dump(mode="json"), created_at=NOW, changed_at=NOW)  # fmt: skip
        session.add(piece)
        session.flush()
        content = Manuscript(title=f"Tea {number}", body="tea", channels=channels)
        version = PieceVersion(piece_id=piece.id or 0, ordinal=1, content=content.model_dump(mode="json"),
                               content_hash="v", made_by="olga", why="new", made_at=NOW)  # fmt: skip
        session.add(version)
        session.flush()
        piece.version_id = version.id
        for account in channels:
            post = Post(text=f"tea {number} {account}")
            session.add(Rendition(piece_id=piece.id or 0, version_id=version.id or 0, account=account,
                                  post=post.model_dump(mode="json"), content_hash=post.content_hash(),
                                  made_at=NOW))  # fmt: skip


def rows(house: House) -> list[tuple[str, str, str]]:
    with house.reads() as session:
        found = session.execute(select(Delivery).where(Delivery.kind == "placement").order_by(Delivery.id))  # type: ignore[arg-type]
        return [(row.account, row.state, row.reason.get("code", "")) for row in found.scalars()]


def test_the_policy_answers_for_no_draft_that_nobody_has_touched(house: House) -> None:
    with house.sessions.begin() as session:
        piece = session.query(Piece).one()
        piece.source = "draft"
    steps.lay_out_schedule.fn()

    def approved() -> set[bool]:
        with house.reads() as session:
            found = session.query(Delivery).filter(Delivery.kind == "placement")  # type: ignore[arg-type]
            return {row.approved_hash == row.content_hash for row in found}

    assert approved() == {False}
    report = Editing(house).correct(Correction(piece="7", person="olga", text="tea, corrected"))
    assert report.lines[0].done
    assert approved() == {True}


BOTH = [("fake", State.PLANNED, ""), ("vk", State.PLANNED, "")]
CARD = '  - {{key: {key}, provider: folder, title: "{title}"}}\n'


def cards(house: House, *lines: str) -> None:
    (house.root / "channels.yaml").write_text("channels:\n" + "".join(lines))


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("channels: [", id="no YAML"),
        pytest.param("", id="empty"),
        pytest.param("chanels: []", id="misspelt"),
    ],
)
def test_a_broken_file_cancels_nothing(house: House, clock: SetClock, broken: str) -> None:
    steps.lay_out_schedule.fn()
    assert rows(house) == BOTH
    whole = (house.root / "channels.yaml").read_text()
    (house.root / "channels.yaml").write_text(broken)
    steps.lay_out_schedule.fn()
    clock.at += 3 * HOUR
    assert steps.publish_due.fn().failed
    assert steps.look_for_unknown.fn().total == 0
    assert rows(house) == BOTH
    clock.at -= 1 * HOUR
    (house.root / "channels.yaml").write_text(whole)
    steps.lay_out_schedule.fn()
    assert steps.publish_due.fn().done == 2


def test_a_channel_that_is_left_out_or_switched_off_loses_no_publication(house: House) -> None:
    steps.lay_out_schedule.fn()
    fake, vk = CARD.format(key="fake", title="Fake"), CARD.format(key="vk", title="VK")
    for other in (
        "  - {key: vk, provider: folder, title: VK, slots: [never]}\n",
        vk.replace("}", ", enabled: false}"),
        "",
    ):
        cards(house, fake, other)
        steps.lay_out_schedule.fn()
        assert rows(house) == BOTH
    cards(house, fake, vk)
    steps.lay_out_schedule.fn()
    assert rows(house) == BOTH


def test_a_channel_the_piece_is_not_for_any_more_is_cancelled_and_comes_back(house: House) -> None:
    steps.lay_out_schedule.fn()
    for channels, code in ((("fake",), "not_in_plan"), (CHANNELS, "")):
        with house.sessions.begin() as session:
            version = session.get_one(PieceVersion, 1)
            version.content = version.content | {"channels": list(channels)}
            for rendition in session.query(Rendition).where(Rendition.account == "vk"):  # type: ignore[arg-type]
                rendition.version_id = 1 if "vk" in channels else 0
        steps.lay_out_schedule.fn()
        assert rows(house)[1][2] == code
    assert rows(house) == BOTH


def test_a_version_that_does_not_fit_keeps_its_place_and_does_not_go_out(house: House, clock: SetClock) -> None:
    """The piece was changed, and for one channel the new version cannot be made: nothing old goes out there."""
    steps.lay_out_schedule.fn()
    with house.sessions.begin() as session:
        version = session.get_one(PieceVersion, 1)
        newer = PieceVersion(piece_id=1, ordinal=2, content=version.content, content_hash="v2", made_by="olga",
                             why="plan", made_at=NOW)  # fmt: skip
        session.add(newer)
        session.flush()
        session.get_one(Piece, 1).version_id = newer.id
        session.get_one(Rendition, 1).version_id = newer.id or 0
    clock.at += 3 * HOUR
    steps.lay_out_schedule.fn()
    assert steps.publish_due.fn().done == 1
    assert rows(house) == [("fake", State.SENT, ""), ("vk", State.HELD, "outdated")]


def test_an_offer_ends_by_the_clocks_of_its_channel(house: House, clock: SetClock) -> None:
    plan(house, "8", time(1, 0), ("fake",))
    with house.sessions.begin() as session:
        rendition = session.get_one(Rendition, 3)
        rendition.post = rendition.post | {"valid_until": "2026-11-23"}
        piece = session.get_one(Piece, 2)
        piece.plan = piece.plan | {"on": "2026-11-24"}
    clock.at = datetime.fromisoformat("2026-11-23T22:30Z")  # in Moscow the 24th has begun
    steps.lay_out_schedule.fn()
    steps.publish_due.fn()
    assert rows(house)[-1] == ("fake", State.HELD, "offer_over")


def test_trouble_is_told_to_who_stands_in(house: House) -> None:
    steps.lay_out_schedule.fn()
    with house.sessions.begin() as session:
        row = session.get_one(Delivery, 1)
        row.state, row.reason = State.HELD, because("why", code="late").model_dump()
        session.add(Absence(person="gleb", from_date="2026-11-20", to_date="2026-11-30", deputy="vera"))
        session.add(Absence(person="olga", from_date="2026-11-20", to_date="2026-11-30", deputy="marina"))
    assert steps.tell_about_trouble.fn() == 1
    with house.reads() as session:
        assert sorted(notice.person for notice in session.query(Notice)) == ["marina", "vera"]


class Silent:
    """A server that does not answer."""

    @staticmethod
    def fn(runs: set[str]) -> set[str]:
        raise ConnectionError("no answer")


def test_a_silent_prefect_leaves_nothing_in_doubt(house: House, clock: SetClock, monkeypatch: Any) -> None:
    """Who cannot be asked about cancellations must not keep what is in the air from being settled."""
    monkeypatch.setattr(steps, "cancelled_runs", Silent)
    steps.lay_out_schedule.fn()
    with house.sessions.begin() as session:
        session.get_one(Delivery, 1).run_id = "run"
    clock.at += 3 * HOUR
    assert steps.obey_cancellations.fn() == 0
    assert steps.publish_due.fn().done == 2
    assert [state for _, state, _ in rows(house)] == [State.SENT] * 2


def test_what_quiet_hours_keep_back_is_not_late() -> None:
    """22:00–08:00, and two hours are late: what was due at 23:00 is late at 10:00, not at 01:00."""
    assert isinstance(MOSCOW, Rhythm)
    [time_] = times(PlanRow(on=date(2026, 11, 23), at=time(23, 0)), MOSCOW, NOW, {}, [])
    assert time_.late_at == datetime.fromisoformat("2026-11-24T07:00Z")


def test_a_broken_company_file_signs_nobody_out_and_the_stop_still_works(house: House) -> None:
    steps.lay_out_schedule.fn()
    (house.root / "company.yaml").write_text("name: [")
    assert follow_company_file.fn() == 0
    switch = Switch(house.sessions, house.clock, house.workspace)
    assert switch.pull(Scope.ALL, "", Signed(person="Olga Author")).number == 1
    assert switch.release(1, None, "", Signed(person="Vera Head")).ending.done == 1
