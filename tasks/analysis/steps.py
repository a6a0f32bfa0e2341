"""Steps of analysis: the channels and their best hours (A1), the events of the market (A2)."""

from datetime import date, timedelta

from models.company import Source
from models.content import Effect
from models.ending import Ending
from models.locale import mark, translate
from models.timetable import read_quiet
from tasks.analysis import rows, tables
from tasks.analysis.channels import Report, analyse
from tasks.analysis.events import Watched, gather
from tasks.content.engine import Parse, Told, read_source, remember, sources_of
from tasks.content.events import read_events
from tasks.house import House, house
from tasks.runs.steps import show
from tasks.schedule.wall import local
from tasks.step import step

WINDOW, A_DAY = timedelta(days=90), timedelta(days=1)
AHEAD_DAYS = 60
NO_ADVICE = mark("{channel}: no slots are recommended. {reason}")
NOT_MEASURED = mark("No publication has been measured for a day yet. Reaction control (A10) measures; come back later.")
NEW_OCCASIONS = mark("New occasions: {number}.")
PROBLEM = mark("To be mended: {problem}")


@step(mark("Compare the channels"))
def analyse_channels() -> Ending:
    """Compare the company's channels and keep the slots that do best: A8 takes them where a card names none."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    reports = _reports(at)
    titles = {card.key: card.title for card in at.workspace.channels}
    with at.sessions.begin() as session:
        rows.remember_slots(session, {report.account: report.recommended.slots for report in reports})
    if reports:
        show("channels", tables.channels(reports, titles, at.workspace.company.currency), translate(tables.CHANNELS))
    silent = [
        translate(NO_ADVICE, channel=titles[r.account], reason=r.recommended.silent)
        for r in reports if r.recommended.silent
    ]  # fmt: skip
    return Ending(
        done=len(reports), total=len(reports), remarks=tuple(silent) if reports else (translate(NOT_MEASURED),)
    )


def _reports(at: House) -> list[Report]:
    """The accounts that are measured; publications younger than a day, and what was spent since, are left out."""
    cards = {card.key: card for card in at.workspace.channels if card.enabled}
    until = at.now() - A_DAY
    with at.reads() as session:
        found = rows.readings(session, until - WINDOW, until)
        spent = rows.costs(session, until - WINDOW, until, at.workspace.company.currency)
    mine = [reading for reading in found if reading.account in cards]
    zones = {key: at.workspace.zone_of(card) for key, card in cards.items()}
    quiet = {key: read_quiet(at.workspace.quiet_hours_of(card)) for key, card in cards.items()}
    return analyse(mine, zones, costs=spent, quiet=quiet)


@step(mark("Gather the market's events"))
def gather_events() -> Ending:
    """Read the calendars and feeds of events, fold what repeats, weigh, keep; show what comes."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    today = local(at.now(), at.workspace.company.zone).date()
    said = _read_sources(at, today)
    entries = [entry for one in said for entry in one.items or ()]
    problems = [problem for one in said for problem in one.problems if problem.effect is not Effect.NOTE]
    with at.sessions.begin() as session:
        events = gather(entries, rows.known_occasions(session, today), watched(at))
        new = rows.keep_events(session, at.clock, events)
        rows.record_used(session, at.clock)
        remember(session, at, said)
        coming = rows.coming(session, today, AHEAD_DAYS)
    show("occasions", tables.calendar(coming, today, AHEAD_DAYS), translate(tables.CALENDAR, days=AHEAD_DAYS))
    told, unread = sum(bool(event.entries) for event in events), sum(one.stopped for one in said)
    news = (translate(NEW_OCCASIONS, number=new),) if new else ()
    return Ending(
        done=told, total=told + unread, remarks=(*news, *(translate(PROBLEM, problem=problem) for problem in problems))
    )


def _read_sources(at: House, today: date) -> list[Told]:
    """What every source of events says; one that cannot be read is told, and the others are read."""
    zone, topics = at.workspace.company.zone, watched(at).topics

    def parse(source: Source) -> Parse:
        return lambda d, f: read_events(d, source.key, today, zone, url=source.url, file=f, topics=topics)

    return [read_source(at, one, parse(one), afresh=bool(one.path)) for one in sources_of(at.workspace, "events")]


def watched(at: House) -> Watched:
    """What the company looks out for: its own name, and the words of its customer groups."""
    company = at.workspace.company
    return Watched({company.name: [company.name]}, {group.title: group.words for group in company.groups})
