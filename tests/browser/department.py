"""The sample company with people, test channels and a plan of its own for a week, and the runs that follow orders."""

import shutil
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from socket import create_server
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import sessionmaker

from deployments.furniture import workspace_of
from integrations.channels.base import Call, Receipt, Remark
from integrations.media import MediaStore
from models.company import ChannelCard
from models.database import SetClock, connect
from models.desk.drop import CHANGE_TITLES
from models.ending import Ending
from models.locale import speak, spoken, translate
from models.piece import Piece
from tasks.adaptation.engine import adapt_pieces
from tasks.approval.steps import asker, look_after_requests
from tasks.collecting.steps import collect_results
from tasks.costs.steps import record_tables
from tasks.dropping.applying.engine import load_plan
from tasks.grouping.steps import match_groups
from tasks.house import House, furnish
from tasks.loading.engine import take_over_products
from tasks.orderbook import rows as book
from tasks.people.rows import sync_people
from tasks.posting.engine import lay_out
from tasks.posting.steps import look_for_unknown, publish_due, tell_about_trouble
from tasks.reactions.steps import reactions_of
from tasks.reports.steps import make_report
from tasks.styling.engine import style_pieces
from tests.deployments.served import Web, serving
from tests.fakes import FakeChannel
from tests.house import empty_database

T = TypeVar("T")
SAMPLE = Path(__file__).parents[2] / "deployments" / "sample"
MONDAY = date(2026, 11, 23)
CHANNELS = ("site", "showcase", "telegram")
ZONES = {"ru": "Europe/Moscow", "en": "Europe/Dublin"}
ROLES = ("author", "approver", "deputy", "technician", "head", "admin")
KEYS = {
    "ru": ("olga", "marina", "pavel", "gleb", "vera", "anton"),
    "en": ("alice", "maeve", "peter", "tom", "vera", "anton"),
}
PEOPLE = {language: dict(zip(ROLES, keys, strict=True)) for language, keys in KEYS.items()}
ADDRESSES = {
    "site": "https://seven-cups.example.org/p/{number}", "showcase": "https://showcase.example.org/{number}",
    "telegram": "https://t.me/seven_cups_sample/{number}",
}  # fmt: skip


class Network(FakeChannel):
    """A channel that takes everything, counts readers, carries remarks, and loses an answer where it is told to."""

    def __init__(self, address: str, clock: SetClock) -> None:
        super().__init__(finds=False, comments=True, reactions_per_call=50)
        self.address, self.clock = address, clock
        self.said: dict[str, list[Remark]] = {}
        self.mishaps: deque[Exception] = deque()

    def act(self, call: Call) -> Receipt:
        receipt = self.accept(call)
        if self.mishaps:
            raise self.mishaps.popleft()
        return Receipt(receipt.remote_id, self.address.format(number=receipt.remote_id), receipt.detail)

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        return {id: {"views": 210 + 95 * int(id), "likes": 12 + 7 * int(id), "shares": int(id)} for id in remote_ids}

    def comments(self, remote_id: str) -> list[Remark]:
        return self.said.get(remote_id, [])

    def ask(self, remote_id: str, id: str, words: str) -> None:
        """Somebody asks under a publication."""
        self.said.setdefault(remote_id, []).append(Remark(id, remote_id, words, self.clock.at, author_key=f"u{id}"))

    def audience(self) -> dict[str, int]:
        return {"members": 1840}


@dataclass
class Department:
    """A house at work: its pages, its channels, its language and its people by what they do."""

    web: Web
    language: str
    channels: dict[str, Network]
    runs: list[int] = field(default_factory=list)

    @property
    def house(self) -> House:
        return self.web.house

    @property
    def people(self) -> dict[str, str]:
        return PEOPLE[self.language]

    def say(self, words: str, **more: Any) -> str:
        """What the pages say for a text of ours."""
        with spoken(self.language):
            return translate(words, **more)

    def either(self, russian: T, english: T) -> T:
        return russian if self.language == "ru" else english

    def at(self, day: int, time: str) -> None:
        """Set the clock to a time of the week's day, counted from Monday."""
        self.web.clock.at = self.moment(day, time)

    def moment(self, day: int, time: str) -> datetime:
        on = MONDAY + timedelta(days=day)
        return datetime.fromisoformat(f"{on}T{time}").replace(tzinfo=ZoneInfo(ZONES[self.language]))

    def called(self, role: str) -> str:
        cards = {one.key: one.name for one in self.house.workspace.company.people}
        return cards[self.people[role]]

    def title(self, number: str) -> str:
        """What a row of the plan is called by now."""
        return self.piece(number).title.replace("\xa0", " ")

    def piece(self, number: str) -> Piece:
        with self.house.reads() as session:
            return session.execute(select(Piece).where(Piece.number == number)).scalar_one()  # type: ignore[arg-type]

    def channel(self, key: str) -> str:
        return next(card.title for card in self.house.workspace.channels if card.key == key)

    @property
    def changes(self) -> Mapping[str, str]:
        return CHANGE_TITLES

    def follow(self) -> None:
        with spoken(self.language):
            the_runs_follow(self.house)


def the_runs_follow(house: House) -> None:
    """What Prefect's runs would do now: carry out what only a run does, then all that follows an order or a minute."""
    with house.reads() as session:
        wanted = book.runs_wanted(session, house.clock)
    collect_results.fn()
    for order in wanted:
        with house.sessions.begin() as session:
            book.started(session, order.id or 0, f"run-{order.id}")
        ended = _carried_out(house, order.code, order.form)
        with house.sessions.begin() as session:
            book.over(session, order.id or 0, ended, "")
    with house.sessions.begin() as session:
        sync_people(session, house.clock, house.workspace)
    take_over_products(house)
    match_groups.fn()
    style_pieces(house)
    adapt_pieces(house)
    lay_out(house)
    asker(house).ask(60, "", f"run at {house.now().isoformat()} after {[order.id for order in wanted]}")
    publish_due.fn()
    look_for_unknown.fn()
    look_after_requests.fn()
    tell_about_trouble.fn()
    reactions_of(house).take()
    collect_results.fn()


def _carried_out(house: House, code: str, form: dict[str, Any]) -> str:
    if code == "load-plan":
        report = load_plan(house, form["drop"], form["seen"], form["left_out"], form["cancelled"], form["person"])
        return report.ending.title
    if code == "A12":
        record_tables.fn()
        return make_report.fn(form["kind"], form["on"], form["conclusion"]).title
    return Ending(done=1, total=1).title


@contextmanager
def department(root: Path, language: str) -> Iterator[Department]:
    """The sample company of this language at work, on a SQLite of its own; it listens at http://localhost."""
    shutil.copytree(SAMPLE / language, root, dirs_exist_ok=True)
    _settle(root)
    (root / "otdel.sqlite").write_bytes(empty_database())
    engine = connect(f"sqlite:///{root / 'otdel.sqlite'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    clock = SetClock(datetime(2026, 11, 13, 9, tzinfo=ZoneInfo(ZONES[language])))
    channels = {key: Network(ADDRESSES[key], clock) for key in CHANNELS}
    speak(language)
    house = _house(root, engine, clock, lambda card: channels[card.key], f"http://localhost:{port}")
    with serving(house, clock, port=port) as web:
        web.url = house.staff_url
        yield Department(web, language, channels)
    engine.dispose()


def _settle(root: Path) -> None:
    """What a company changes in the sample: Telegram is on, a person approves the showcase, the author may hurry."""
    company, channels = root / "company.yaml", root / "channels.yaml"
    text = company.read_text(encoding="utf-8")
    author = "olga" if "key: olga" in text else "alice"
    before, _, after = text.partition("\nabsences:")
    text = before + "\n\ngroups:" + after.partition("\ngroups:")[2]
    text = text.replace("channels: {site: policy, showcase: policy}", "channels: {site: policy}")
    company.write_text(text.replace("# urgent: [", "urgent: [").replace("[olga]", f"[{author}]"), encoding="utf-8")
    told, mark, rest = channels.read_text(encoding="utf-8").partition("- key: telegram")
    channels.write_text(told + mark + rest.replace("enabled: false", "enabled: true", 1), encoding="utf-8")


def _house(root: Path, engine: Engine, clock: SetClock, provider_of: Callable[[ChannelCard], Any], url: str) -> House:
    house = House(
        engine=engine, sessions=sessionmaker(engine, expire_on_commit=False), provider_of=provider_of,
        open_workspace=workspace_of(root, MONDAY), media=MediaStore(root / "media"), mail=FakeChannel(), root=root,
        var=root / "var", first_start=MONDAY, public_url=url, staff_url=url, ui_url="", clock=clock,
        now=lambda: clock.at, reaches_out=lambda card: False,
    )  # fmt: skip
    with house.sessions.begin() as session:
        sync_people(session, clock, house.workspace)
    furnish(house)
    return house


def workbook(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A plan as a spreadsheet."""
    book, data = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (head, *rows):
        sheet.append(list(row))
    book.save(data)
    return data.getvalue()
