"""Channel analysis and market events in a furnished house."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.company import ChannelCard, LatenessPolicy
from models.content import PlanRow
from models.database import SetClock
from models.delivery import Delivery
from models.locale import spoken
from models.piece import OccasionRow, Piece, PieceVersion, Rendition
from models.post import Post
from models.reaction import AccountState, Snapshot
from models.schedule import Slot
from tasks.analysis import steps
from tasks.analysis.steps import analyse_channels, gather_events
from tasks.house import House
from tasks.posting.engine import rhythm_of
from tasks.posting.steps import lay_out_schedule
from tests.fakes import NOW, FakeChannel
from tests.house import furnished, publish

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:ev="http://purl.org/rss/1.0/modules/event/">
  <title>Calendar</title><id>c</id><updated>2026-11-20T09:00:00+03:00</updated>
  {entries}
</feed>"""
ENTRY = """<entry><title>{title}</title><id>{id}</id><link href="https://cal.example/{id}"/>
<published>2026-11-20T09:00:00+03:00</published><updated>2026-11-20T09:00:00+03:00</updated>
<ev:startdate>{on}</ev:startdate><summary>{about}</summary></entry>"""
SOURCES = """\
sources:
  - {key: calendar, title: Calendar, path: events.xml, kind: events}
  - {key: page, title: Page, path: page.xml, kind: events}
  - {key: news, title: News, path: events.xml, kind: rss}
"""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What is shown beside the run, by its key."""
    found: dict[str, str] = {}
    monkeypatch.setattr(steps, "show", lambda key, markdown, description: found.update({key: markdown}))
    return found


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> House:
    channels = {"fake": FakeChannel(), "quiet": FakeChannel()}
    return furnished(tmp_path / "company", database, channels, SetClock(NOW), SOURCES)


def rows(house: House, table: type[Any]) -> list[Any]:
    with house.sessions() as session:
        return list(session.execute(select(table)).scalars())


def a_month(house: House, account: str = "fake", days: int = 28) -> None:
    """Three publications a day, of which the one at 16:00 UTC, 19:00 in Moscow, does best."""
    for day in range(days):
        for hour in (7, 12, 16):
            sent = NOW.replace(hour=hour) - (day + 2) * DAY
            id = publish(house.sessions, f"{day}-{hour}", Post(text="tea"), account=account, sent_at=sent)
            with house.sessions.begin() as session:
                for metric, value in (("reach", 100), ("likes", 20 if hour == 16 else 5)):
                    session.add(Snapshot(delivery_id=id, metric=metric, value=value, taken_at=sent + DAY))


def test_the_best_hours_are_shown_and_recommended(house: House, shown: dict[str, str]) -> None:
    a_month(house)
    with spoken("en"):
        ending = analyse_channels.fn()
    assert (ending.done, ending.remarks) == (1, ())
    state = {one.account: one.recommended_slots for one in rows(house, AccountState)}
    assert state["fake"] and all(slot.endswith("19:00") for slot in state["fake"])
    assert "| Fake | 84 | 100 | 5 % of those reached | — | — | 19:00" in shown["channels"]
    assert "Why these slots" in shown["channels"]


def test_too_few_publications_are_said_with_their_number_and_recommend_nothing(
    house: House, shown: dict[str, str]
) -> None:
    a_month(house, days=2)
    with spoken("en"):
        ending = analyse_channels.fn()
    assert ending.remarks == ("Fake: no slots are recommended. Too few publications to say (6 of at least 20).",)
    assert [one.recommended_slots for one in rows(house, AccountState)] == [[]]


def test_nothing_measured_is_said_and_nothing_is_shown(house: House, shown: dict[str, str]) -> None:
    with spoken("en"):
        ending = analyse_channels.fn()
    assert ending.done == 0 and ending.remarks[0].startswith("No publication has been measured") and shown == {}


def test_a_card_that_names_its_slots_keeps_them_and_another_takes_the_advice(house: House) -> None:
    late = LatenessPolicy(after=HOUR)
    own = ChannelCard(key="a", provider="folder", title="A", slots=("daily 10:00",), lateness=late)
    none = ChannelCard(key="b", provider="folder", title="B", lateness=late)
    advice = ("mon-fri 19:00",)
    assert [slot.at.hour for slot in rhythm_of(house, own, advice).slots] == [10]
    assert [(slot.at.hour, sorted(slot.weekdays)) for slot in rhythm_of(house, none, advice).slots] == [
        (19, [0, 1, 2, 3, 4])
    ]
    assert rhythm_of(house, none).slots == () and isinstance(rhythm_of(house, own).slots[0], Slot)


def test_a_piece_without_a_time_goes_into_a_recommended_slot(house: House) -> None:
    plan = PlanRow(number="1", title="Tea", channels=("fake",)).model_dump(mode="json")
    with house.sessions.begin() as session:
        piece = Piece(number="1", source="plan", source_ref="1", plan=plan, created_at=NOW, changed_at=NOW)
        session.add(piece)
        session.flush()
        version = PieceVersion(piece_id=piece.id or 0, ordinal=1, content_hash="c", made_by="x", why="new", made_at=NOW)
        session.add(version)
        session.flush()
        piece.version_id = version.id
        made = {"piece_id": piece.id, "version_id": version.id, "account": "fake", "content_hash": "h", "made_at": NOW}
        session.add(Rendition(post={"text": "tea"}, **made))
        session.add(AccountState(account="fake", recommended_slots=["mon-fri 19:00"]))
    assert lay_out_schedule.fn()["new"] == 1
    assert [row.wall_time for row in rows(house, Delivery)] == ["2026-11-23T19:00"]


def feed(house: House, *entries: tuple[str, str, str, str]) -> None:
    said = "".join(ENTRY.format(id=i, title=t, on=on, about=about) for i, t, on, about in entries)
    (house.root / "events.xml").write_text(FEED.format(entries=said))
    (house.root / "page.xml").write_text("<html><body>Not a calendar at all</body></html>")


TEA_DAY = ("tea-day", "Tea tasting festival", "2026-12-15", "Oolong and tea all day")


def test_events_are_gathered_weighed_and_shown(house: House, shown: dict[str, str]) -> None:
    feed(house, TEA_DAY, ("fair", "Pottery fair", "2026-12-01", "Cups"), ("past", "Old day", "2026-11-01", "-"))
    with spoken("en"):
        ending = gather_events.fn()
    assert ending.done == 3 and ending.remarks[0] == "New occasions: 3."
    assert "page.xml" in ending.remarks[1] and "not a feed" in ending.remarks[1]
    tea = next(row for row in rows(house, OccasionRow) if row.title == TEA_DAY[1])
    assert (tea.on_date, tea.topic, tea.importance, tea.source) == ("2026-12-15", "Tea lovers", 3, "calendar")
    table = shown["occasions"]
    assert table.index("Pottery fair") < table.index("Tea tasting festival") and "Old day" not in table
    assert "| 15 Dec, Tue | 22 | [Tea tasting festival](https://cal.example/tea-day) | ★★★ | Tea lovers |" in table


def test_reading_again_finds_nothing_new_and_what_was_put_off_moves(house: House, shown: dict[str, str]) -> None:
    feed(house, TEA_DAY)
    with spoken("en"):
        gather_events.fn()
        feed(house, (*TEA_DAY[:2], "2026-12-20", TEA_DAY[3]))
        again = gather_events.fn()
    assert not any(remark.startswith("New") for remark in again.remarks)
    assert [row.on_date for row in rows(house, OccasionRow)] == ["2026-12-20"]


class Calendar(BaseHTTPRequestHandler):
    """A feed that answers 304 to whoever has it already."""

    body = FEED.format(entries=ENTRY.format(id=TEA_DAY[0], title=TEA_DAY[1], on=TEA_DAY[2], about=TEA_DAY[3])).encode()

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match") == '"1"'
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "application/atom+xml")
        self.send_header("Content-Length", "0" if known else str(len(self.body)))
        self.end_headers()
        self.wfile.write(b"" if known else self.body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def calendar() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Calendar)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/events.xml"
    server.shutdown()
    thread.join()
    server.server_close()


def test_who_dies_before_the_occasions_are_kept_asks_for_them_anew(
    house: House, calendar: str, monkeypatch: pytest.MonkeyPatch, shown: dict[str, str]
) -> None:
    source = f"sources:\n  - {{key: far, title: Far, url: {calendar}, kind: events, allow_private: true}}\n"
    (house.root / "feeds.yaml").write_text(source)

    class Killed(Exception):
        pass

    def killed(*arguments: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps.rows, "record_used", killed)
        with pytest.raises(Killed):
            gather_events.fn()
    assert rows(house, OccasionRow) == []
    assert gather_events.fn().done == 1 and [one.title for one in rows(house, OccasionRow)] == [TEA_DAY[1]]
    assert gather_events.fn().total == 0


def test_a_calendar_that_cannot_be_read_at_all_is_not_done(house: House, shown: dict[str, str]) -> None:
    for name in ("events.xml", "page.xml"):
        (house.root / name).write_text("<html><body>Not a calendar at all</body></html>")
    with spoken("en"):
        ending = gather_events.fn()
    assert ending.failed and len(ending.remarks) == 2
