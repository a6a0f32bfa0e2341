"""Steps of reaction control (A10): take snapshots, hear what bots are told, count members, remind of answers."""

from models.locale import mark
from models.timetable import read_hours
from tasks.control.steps import duty_today, said
from tasks.house import House, house
from tasks.posting.steps import provider_of
from tasks.reactions.engine import Reactions
from tasks.reactions.letters import Letters
from tasks.reactions.questions import answer_by
from tasks.reactions.round import REMARKS, Round
from tasks.step import step
from tasks.watching.engine import Asker


@step(mark("Read the bots' updates"))
def hear_updates() -> Round:
    """Read what the bots were told since: reactions, comments, who joined and left."""
    at = house()
    if stopped := _stopped(at):
        return stopped
    reactions = reactions_of(at)
    reactions.hear(_accounts(at))
    return _came_to(at, reactions, reactions.counts["heard"])


@step(mark("Count the reactions"))
def take_reactions() -> Round:
    """Take the snapshots that are due, comments and our own counts with them; a missed one is taken once."""
    at = house()
    if stopped := _stopped(at):
        return stopped
    reactions = reactions_of(at)
    reactions.take()
    return _came_to(at, reactions, reactions.counts["looked"], reactions.counts["later"])


@step(mark("Count the subscribers"))
def count_audience() -> Round:
    """Count the members of every channel where it is time."""
    at = house()
    if stopped := _stopped(at):
        return stopped
    reactions = reactions_of(at)
    reactions.count_audience(_accounts(at))
    return _came_to(at, reactions, reactions.counts["audiences"])


@step(mark("Remind of unanswered questions"))
def remind_of_answers() -> Round:
    """Tell of the questions that nobody has answered in time."""
    at = house()
    if stopped := _stopped(at):
        return stopped
    reactions = reactions_of(at)
    reactions.remind(_accounts(at))
    return _came_to(at, reactions, 0)


def reactions_of(at: House) -> Reactions:
    """The engine with the people, channels and working hours of the company."""
    company, titles = at.workspace.company, {card.key: card.title for card in at.workspace.channels}
    hours, letters = read_hours(company.working_hours), Letters(duty_today(at), company.zone, titles)
    asker = Asker(lambda account: provider_of(at, account))
    return Reactions(
        at.sessions, at.clock, asker, letters, lambda kind, written: answer_by(kind, written, hours, company.zone)
    )


def _accounts(at: House) -> list[str]:
    return [card.key for card in at.workspace.channels if card.enabled]


def _stopped(at: House) -> Round | None:
    """While the files are broken a channel looks closed: its looks would be passed over and never made up for."""
    stopped = at.unreadable()
    return Round(stopped=True, troubles=stopped.remarks) if stopped else None


def _came_to(at: House, reactions: Reactions, done: int, later: int = 0) -> Round:
    counts = {what: reactions.counts[what] for what in REMARKS}
    return Round(done=done, later=later, counts=counts, troubles=said(at, reactions.troubles))
