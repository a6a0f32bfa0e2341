"""Steps of reaction control (A10): take snapshots, hear what bots are told, count members, remind of answers."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from models.ending import Ending
from models.locale import mark, translate
from tasks.control.steps import duty_today, said
from tasks.house import House, house
from tasks.posting.steps import provider_of
from tasks.reactions.engine import Reactions
from tasks.reactions.letters import Letters
from tasks.reactions.questions import answer_by
from tasks.schedule.hours import read_hours
from tasks.watching.engine import Asker

REMARKS = {
    "anomalies": mark("Stands out: {number}. The authors are told."),
    "asked": mark("Questions and complaints: {number}. The authors are told by when to answer."),
    "turned_out": mark("Our bot was turned out: {number}. The technicians are told."),
    "late": mark("Not answered in time: {number}. The authors and the approver are told."),
}


@task(cache_policy=NO_CACHE)
def hear_updates() -> Ending:
    """Read what the bots were told since: reactions, comments, who joined and left."""
    at = house()
    reactions = reactions_of(at)
    reactions.hear(_accounts(at))
    return _ending(at, reactions, reactions.counts["heard"])


@task(cache_policy=NO_CACHE)
def take_reactions() -> Ending:
    """Take the snapshots that are due, comments and our own counts with them; a missed one is taken once."""
    at = house()
    reactions = reactions_of(at)
    reactions.take()
    return _ending(at, reactions, reactions.counts["looked"], reactions.counts["later"])


@task(cache_policy=NO_CACHE)
def count_audience() -> Ending:
    """Count the members of every channel where it is time."""
    at = house()
    reactions = reactions_of(at)
    reactions.count_audience(_accounts(at))
    return _ending(at, reactions, reactions.counts["audiences"])


@task(cache_policy=NO_CACHE)
def remind_of_answers() -> Ending:
    """Tell of the questions that nobody has answered in time."""
    at = house()
    reactions = reactions_of(at)
    reactions.remind(_accounts(at))
    return _ending(at, reactions, 0)


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


def _ending(at: House, reactions: Reactions, done: int, later: int = 0) -> Ending:
    counts = reactions.counts
    told = [translate(text, number=counts[what]) for what, text in REMARKS.items() if counts[what]]
    return Ending(done=done, total=done + later, remarks=(*told, *said(at, reactions.troubles)))
