"""The pages about customer groups: all of them, one of them, what groups a customer is in. It knows no Prefect."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.customer_groups import CustomerGroup, GroupBuild
from models.customers import AddressKind
from models.database import now_by
from models.desk.customers import reach_of
from models.desk.group_rule import Choice
from models.desk.groups import (
    GroupPage,
    GroupsPage,
    Lately,
    Reach,
    ReadyOffer,
    Sampled,
)
from models.reason import NO_REASON, Reason
from tasks.groups import rows
from tasks.groups.building.rows import ANY, deliverable
from tasks.groups.engine import Groups
from tasks.groups.figures import rows as figures
from tasks.groups.pages import rows as asked
from tasks.groups.pages import shown
from tasks.groups.ready import BY_KEY, CITY, GOODS, OUTLET
from tasks.groups.saying import Words, told
from tasks.groups.selection import selected
from tasks.house import House
from tasks.people.rows import everybody

DRIFT, HISTORY, CORRECTIONS, SAMPLE = 30, 20, 100, 10
COMPARED_USUALLY, COMPARED_MOST = 6, 12
WEEK_AND_MONTH = (7, 30)
# What the name of a ready group is chosen from.
NAMED_FROM = {GOODS: ("product_group",), OUTLET: ("outlet", "bought_at"), CITY: ("city",)}


class GroupPages:
    """What the desk shows of the groups of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def words(self, session: Session) -> Words:
        """What keys of groups and outlets are called."""
        company = self.house.workspace.company
        titles = {one.key: one.title for one in rows.groups(session, put_away=True)}
        return Words(titles, {one.key: one.name for one in company.outlets}, company.currency)

    def all(self, compare: Collection[str] = ()) -> GroupsPage:
        """All groups; `compare` are those whose overlap is asked for, the largest where none are named."""
        with self.house.reads() as session:
            words, builds = self.words(session), asked.recent_builds(session, DRIFT)
            found = rows.groups(session, put_away=True)
            lines = [shown.line_of(one, builds.get(one.id or 0, ()), words) for one in found]
            used = sorted((line for line in lines if not line.is_put_away), key=lambda line: line.title.casefold())
            wanted = [line.key for line in used if line.key in compare][:COMPARED_MOST]
            largest = sorted(used, key=lambda line: (-line.size, line.key))[:COMPARED_USUALLY]
            compared = wanted if len(wanted) > 1 else [line.key for line in largest if line.size]
            covered, customers = figures.coverage(session)
            return GroupsPage(
                lines=tuple(used), put_away=tuple(line for line in lines if line.is_put_away), covered=covered,
                customers=customers, ready=self._offers(session, words) if customers else (),
                overlap=shown.overlapping(figures.overlap(session, compared), words.groups), compared=tuple(compared),
            )  # fmt: skip

    def _offers(self, session: Session, words: Words) -> tuple[ReadyOffer, ...]:
        offers = shown.offers(words.groups, words)
        return tuple(
            one.model_copy(update={"choices": self._names(session, BY_KEY[one.key].name, words)}) if one.what else one
            for one in offers
        )

    def _names(self, session: Session, what: str, words: Words) -> tuple[Choice, ...]:
        found = {name for source in NAMED_FROM[what] for name in figures.choices(session, source)}
        titled = ((words.outlets.get(name, name) if what == OUTLET else name, name) for name in found)
        return tuple(Choice(key=name, title=title) for title, name in sorted(titled))

    def one(self, key: str, with_people: bool = False) -> GroupPage | None:
        """One group; None where there is none. `with_people`: with customers by name and number."""
        with self.house.reads() as session:
            try:
                group = rows.group(session, key)
            except Refused:
                return None
            words, builds = self.words(session), figures.drift(session, key, DRIFT)
            line, rule, names = shown.line_of(group, builds, words), shown.rule_of(group), _names(session)
            corrections = rows.corrections(session, key, CORRECTIONS + 1) if with_people else []
            return GroupPage(
                line=line, version=group.version, rule=told(rule, words) if rule else None, text=group.text,
                no_control_why=group.no_control_why, made_by=names.get(group.made_by, group.made_by),
                made_at=group.made_at, listed=asked.listed(session, group.id or 0),
                is_stale=not builds or builds[0].version != group.version, hindrance=self._hindrance(session, group),
                advised=shown.advised_of(line.size), reach=self._reach(session, group, builds),
                lately=self._lately(session, group), builds=tuple(map(shown.build_of, islice(builds, HISTORY))),
                sample=self._sample(session, group) if with_people else (),
                corrections=tuple(shown.correction_of(one, names) for one in corrections[:CORRECTIONS]),
                corrections_cut=len(corrections) > CORRECTIONS,
                versions=shown.versions_of(rows.versions(session, key), words, names),
                needed_by=_needed_by(session, key, words),
            )  # fmt: skip

    def _hindrance(self, session: Session, group: CustomerGroup) -> Reason:
        """Why a group cannot be built now: a condition has nobody to answer it."""
        rule = shown.rule_of(group)
        try:
            if rule is not None:
                selected(rule, Groups(self.house).as_of(session))
        except Refused as refused:
            return refused.reason
        return NO_REASON

    def _reach(self, session: Session, group: CustomerGroup, builds: Sequence[GroupBuild]) -> Reach:
        """Who may be sent advertising now: consents may be others than when the group was built."""
        if not builds:
            return Reach()
        members = asked.members_of(group.id or 0)
        counted = figures.reach_among(session, self.clock, members)
        size, without = builds[0].size, {}
        for kind in AddressKind:
            have = sum(number for (of, _), number in counted.items() if of == kind)
            without[kind.value] = max(0, size - have)
        return Reach(size=size, any=deliverable(session, members)[ANY], kinds=reach_of(counted), without=without)

    def _lately(self, session: Session, group: CustomerGroup) -> tuple[Lately, ...]:
        now = now_by(self.clock, session)
        turned = [(days, asked.turned_since(session, group.id or 0, now - timedelta(days))) for days in WEEK_AND_MONTH]
        return tuple(Lately(days=days, joined=joined, left=left) for days, (joined, left) in turned)

    def _sample(self, session: Session, group: CustomerGroup) -> tuple[Sampled, ...]:
        return tuple(shown.sampled(*one) for one in asked.sample_of(session, group.id or 0, SAMPLE))


def _names(session: Session) -> dict[str, str]:
    return {person.key: person.name for person in everybody(session)}


def _needed_by(session: Session, key: str, words: Words) -> tuple[Choice, ...]:
    found = sorted(other for other, of in rows.needs(session).items() if key in of)
    return tuple(Choice(key=other, title=words.groups[other]) for other in found)
