"""Steps of scheduled posting: lay out the plan, publish what is due, look for what is unknown, announce what comes."""

import logging
from datetime import timedelta
from functools import partial
from uuid import uuid4

from integrations.channels.base import Channel
from integrations.errors import Refused
from models.content import fingerprint
from models.delivery import State
from models.ending import Ending
from models.locale import mark, translate
from models.piece import OfferRow
from models.post import Post
from models.reason import NO_REASON, Reason, because
from tasks.adaptation.couponing.rows import objections
from tasks.delivery.engine import Contents, Engine
from tasks.delivery.jobs import Tally, Terms
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.posting import rows
from tasks.posting.engine import lay_out, rhythm_of
from tasks.posting.freshness import homebound, objection
from tasks.recovery import rows as recovery
from tasks.recovery.engine import Search
from tasks.runs.steps import cancelled_runs, start_run
from tasks.schedule.quiet import is_quiet
from tasks.schedule.wall import local
from tasks.step import step
from tasks.watching import rows as watching

log = logging.getLogger("otdel.posting")

TERMS = Terms()
AHEAD = timedelta(days=7)
PLACEMENTS_BUDGET = timedelta(seconds=90)
NOTICES_BUDGET = timedelta(seconds=20)  # a mail server that does not answer keeps no placement waiting
NO_CHANNEL = mark("There is no channel “{account}” in channels.yaml any more. Put it back, or cancel this publication.")
RUN_TITLE = mark("Publications of {minute}: {number}")
HELD_REMARK = mark("Held: {number}. The page “What waits” says why and what to do.")
UNKNOWN_REMARK = mark("The outcome is unknown: {number}. Look at the channel and say what you see.")
REFUSED_REMARK = mark("Refused by the channel: {number}.")
TROUBLE_SUBJECT = mark("Publications that need you: {number}")
TROUBLE_LINE = mark("№ {number} “{title}”, {account}: {reason}")
LATER_REMARK = mark("Not now: {number}. They will be tried again.")


@step(mark("Lay the plan out in time"))
def lay_out_schedule() -> dict[str, int]:
    """Turn the plan into placements: as many rows as it means up to the horizon, none twice."""
    return lay_out(house())


@step(mark("Publish what is due"))
def publish_due() -> Ending:
    """Publish everything due, then send the notices; at most two minutes."""
    at = house()
    done = at.unreadable() or _ending(_engine(at, rows.KIND).run(PLACEMENTS_BUDGET))
    _engine(at, notices.KIND).run(NOTICES_BUDGET)
    return done


@step(mark("Obey cancelled runs"))
def obey_cancellations() -> int:
    """Cancel what was announced by runs that a person has cancelled, however far ahead they are."""
    at = house()
    with at.reads() as session:
        runs = recovery.announced_runs(session, at.clock, rows.KIND, AHEAD)
    cancelled = _cancelled(runs) if runs else set()
    with at.sessions.begin() as session:
        return recovery.obey_cancelled_runs(session, cancelled)


def _cancelled(runs: set[str]) -> set[str]:
    """Which of these runs a person has cancelled. While Prefect does not answer nobody can cancel there, and what is
    in the air must be settled all the same: then none, and it is asked again within a minute."""
    try:
        return cancelled_runs.fn(runs)
    except Exception:
        log.warning("Prefect does not say which runs were cancelled; asking again", exc_info=True)
        return set()


def _engine(at: House, kind: str) -> Engine:
    return Engine(
        at.sessions, at.clock, lambda account: provider_of(at, account), contents_of(at, kind), kind, uuid4().hex,
        cancelled_runs=_cancelled, is_quiet=lambda account: _is_quiet(at, account), terms=TERMS,
    )  # fmt: skip


def contents_of(at: House, kind: str) -> Contents:
    """What loads the contents of a kind; a placement is compared with feed and offers at this very moment."""
    if kind == notices.KIND:
        return notices.contents

    def against(account: str, post: Post, offers: dict[str, OfferRow]) -> Reason:
        card = at.card_of(account)
        abroad = card is not None and at.reaches_out(card)
        zone = at.workspace.zone_of(card) if card else at.workspace.company.zone
        return objection(post, offers, local(at.now(), zone)) or (homebound(post) if abroad else NO_REASON)

    return lambda session, claims: rows.contents(session, claims, against, partial(objections, at))


def provider_of(at: House, account: str) -> Channel:
    """The provider of an account; our own mail and bot for notices. Raises Refused with the mend."""
    if account == notices.MAIL:
        return at.mail
    if account == notices.TELEGRAM:
        return at.messenger()
    card = at.card_of(account)
    if card is None:
        raise Refused(because(NO_CHANNEL, code="no_channel", account=account))
    return at.provider_of(card)


def _is_quiet(at: House, account: str) -> bool:
    card = at.card_of(account)
    return card is not None and is_quiet(rhythm_of(at, card).quiet, at.now(), at.workspace.zone_of(card))


def _ending(tally: Tally) -> Ending:
    count = tally.counts
    told = {
        UNKNOWN_REMARK: count[State.UNKNOWN], REFUSED_REMARK: count[State.REJECTED], HELD_REMARK: count[State.HELD],
        LATER_REMARK: count[State.PLANNED],
    }  # fmt: skip
    remarks = tuple(translate(text, number=number) for text, number in told.items() if number)
    return Ending(done=count[State.SENT], total=count.total(), remarks=remarks)


@step(mark("Look for what is unknown"))
def look_for_unknown() -> Ending:
    """Ask the channels about what is unknown; what cannot be asked is left to a person."""
    at = house()
    if at.unreadable():
        return Ending()
    search = Search(at.sessions, at.clock, lambda account: provider_of(at, account), rows.posts, rows.KIND, TERMS)
    found, again, unknown = search.run()
    remarks = (translate(UNKNOWN_REMARK, number=unknown),) if unknown else ()
    return Ending(done=found + again, total=found + again + unknown, remarks=remarks)


@step(mark("Announce the coming publications"))
def announce_coming() -> int:
    """Give every coming minute of the week its run in Prefect, so that it is seen there and can be cancelled."""
    at = house()
    with at.reads() as session:
        coming = rows.unannounced(session, at.clock, AHEAD)
    for announcement in coming:
        minute = local(announcement.minute, at.workspace.company.zone).strftime("%d.%m %H:%M")
        title = translate(RUN_TITLE, minute=minute, number=len(announcement.ids))
        run = start_run.fn("A8", {"form": {}}, announcement.minute, announcement.key, title)
        with at.sessions.begin() as session:
            rows.announce(session, announcement, run)
    return len(coming)


@step(mark("Tell colleagues what needs a person"))
def tell_about_trouble() -> int:
    """Tell the authors and the technicians, or who stands in for them, in one letter each, what needs a person."""
    at, company = house(), house().workspace.company
    with at.sessions.begin() as session:
        troubles = rows.untold(session)
        duty = watching.on_duty(session, local(at.now(), company.zone).date(), company.approval.approver)
        technicians = set(duty.technicians()) if troubles else set()
        authors = {trouble.id: duty.author(trouble.author) for trouble in troubles}
        for person in sorted((technicians | set(authors.values())) - {""}):
            mine = [t for t in troubles if person in technicians or authors[t.id] == person]
            notices.tell(session, at.clock, [_letter(at, person, mine)])
        rows.mark_told(session, troubles)
    return len(troubles)


def _letter(at: House, person: str, troubles: list[rows.Trouble]) -> notices.Message:
    lines = [
        translate(TROUBLE_LINE, number=t.number or "—", title=t.title, account=t.account, reason=t.reason)
        for t in troubles
    ]
    key = f"trouble:{person}:" + fingerprint([(t.id, t.mark) for t in troubles])[:24]
    subject = translate(TROUBLE_SUBJECT, number=len(troubles))
    return notices.Message(key, person, subject, "\n".join(lines), f"{at.staff_url}/staff")
