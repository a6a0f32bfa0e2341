"""Orders about customer groups: made, changed, corrected by hand, put away, built; then what it comes to is said.

It knows no Prefect. Answers name groups by title and customers by number.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.customer_groups import Corrected, CustomerGroup
from models.group_forms import (
    AS_A_LIST,
    AS_LIST,
    BRING_BACK,
    BY_RULE,
    BuildGroupsForm,
    ChangeGroupForm,
    CorrectGroupForm,
    MakeGroupForm,
    PutAwayGroupForm,
)
from models.group_orders import ADD, REMOVE, UNDO, GroupsForm
from models.group_rules import Rule
from models.locale import mark, quoted, translate, translate_plural
from models.orders import Signed
from models.people import Permission
from models.reason import NO_REASON, Reason, because
from tasks.customers.record import rows as records
from tasks.customers.record.discretion import gives_away
from tasks.customers.rows import wait_for_the_base
from tasks.groups import rows
from tasks.groups.building.rows import Built
from tasks.groups.building.rows import rule_of as rule_kept
from tasks.groups.engine import Groups
from tasks.groups.orders.wanted import dependents, key_of, numbers_of, order_in, share_of, tidied
from tasks.groups.pages import rows as asked
from tasks.groups.ready import BY_TITLE
from tasks.groups.rows import Draft
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here
from tasks.people.rows import everybody

OPERATION = "B1"
GROUP, GROUPS = mark("Customer group {group}"), mark("Customer groups")
MADE, CHANGED, SAME = mark("is made"), mark("is changed: version {version}"), mark("is as it was")
IS_AWAY, IS_BACK = mark("is put away: its history stays"), mark("is in use again")
WAS_AWAY, WAS_BACK = mark("was put away before"), mark("was in use before")
BUILT = (mark("built: {number} customer ({moved})"), mark("built: {number} customers ({moved})"))
MOVED, NOBODY_MOVED = mark("{joined} came, {left} went"), mark("nobody came or went")
NOT_BUILT = mark("not built: {reason}")
BY_RUN = mark("A run builds it now; look here again in a minute.")
WHO = mark("customer № {id}")
ADDED, REMOVED, UNDONE = mark("added by hand"), mark("removed by hand"), mark("the correction is undone")
IS_IN, IS_OUT = mark("is in the group now"), mark("is not in the group now")
LISTED = (mark("{number} customer is new on the list"), mark("{number} customers are new on the list"))
UNKNOWN = (mark("{number} number is nobody's"), mark("{number} numbers are nobody's"))
SEEN = mark("{person} has changed this group since you opened it (version {version}). Compare, then save again.")
NO_RULE = mark("Write the rule: who is in the group. The desk builds it of boxes.")
TOO_MANY = mark("More than {most} customers at once are not corrected by hand. Make a rule or a list of them.")
WHY, TITLED = mark("Why"), mark("{title}: {name}")
CORRECTED_MOST = 200
DONE = {ADD: ADDED, REMOVE: REMOVED, UNDO: UNDONE}
Form = TypeVar("Form", bound=Signed)


class GroupOrders:
    """Orders about the groups of one house.

    `builds`: groups are built with the order; else something behind it builds them, and `behind` is what is said of it.
    """

    def __init__(self, house: House, builds: bool = True, behind: str = BY_RUN) -> None:
        self.house, self.clock, self.groups = house, house.clock, Groups(house)
        self.builds, self.behind = builds, behind

    def ordered(self, form: GroupsForm) -> Report:
        """What the form of B1 orders."""
        order = order_in(form)
        return self.make(order) if isinstance(order, MakeGroupForm) else self.correct(order)

    def make(self, form: MakeGroupForm) -> Report:
        """A new group, built at once."""
        return self._reported(form.title or form.key or form.ready, form, self._make)

    def change(self, form: ChangeGroupForm) -> Report:
        """Another rule, title or control group; whoever saved meanwhile is not overwritten."""
        return self._reported(form.group, form, self._change)

    def correct(self, form: CorrectGroupForm) -> Report:
        """Customers added, removed or put on a list by hand, each answered for."""
        return self._reported(form.group, form, self._enlist if form.what not in DONE else self._correct)

    def put_away(self, form: PutAwayGroupForm) -> Report:
        """A group is used no more, or again."""
        return self._reported(form.group, form, self._put_away)

    def build(self, form: BuildGroupsForm) -> Report:
        """Who belongs in groups now."""
        return self._reported(form.group, form, self._build)

    def _reported(self, name: str, form: Form, work: Callable[[Form, str], list[Line]]) -> Report:
        title = translate(GROUP, group=quoted(name)) if name else translate(GROUPS)
        try:
            by = entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key
            return Report(title=title, lines=tuple(work(form, by)))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _make(self, form: MakeGroupForm, by: str) -> list[Line]:
        draft = self._draft(form)
        share = share_of(form.control)
        if share is None and not form.no_control.strip():
            draft = self.groups.with_usual_control(draft)
        else:
            draft = replace(draft, control_share=share or 0, no_control_why=form.no_control)
        made = self.groups.make(draft, by)
        return self._after(made, translate(MADE))

    def _draft(self, form: MakeGroupForm) -> Draft:
        title, rule, usual = form.title, None, ""
        if form.what == BY_RULE:
            rule = self._rule(form.rule)
        elif form.what != AS_A_LIST:
            ready, name = BY_TITLE[form.ready], " ".join(form.name.split())
            rule = ready.rule(name, **{one: form.days if one == "days" else form.least for one in ready.numbers})
            usual = "" if ready.name else ready.key
            own = translate(ready.title)
            title = title.strip() or (translate(TITLED, title=own, name=name) if ready.name else own)
        title = tidied(title)
        with self.house.reads() as session:
            taken = {one.key for one in rows.groups(session, put_away=True)}
        key = form.key.strip() or usual or key_of(title, taken)
        return Draft(key=key, title=title, rule=rule, why=" ".join(form.reason.split()))

    def _rule(self, text: str) -> Rule:
        if not text.strip():
            raise Refused(because(NO_RULE, code="no_rule"))
        return self.groups.read(text)

    def _change(self, form: ChangeGroupForm, by: str) -> list[Line]:
        share = share_of(form.control)
        with self.house.sessions.begin() as session:
            rows.hold(session)
            group = rows.in_use(session, rows.key_of(session, form.group))
            before = group.version
            if form.seen and before != form.seen:
                raise Refused(self._overtaken(session, group))
            draft = Draft(
                key=group.key, title=tidied(form.title or group.title),
                rule=self._rule(form.rule) if form.rule.strip() else rule_kept(group),
                control_share=group.control_share if share is None else share,
                no_control_why=form.no_control or group.no_control_why, why=" ".join(form.reason.split()),
            )  # fmt: skip
            changed = rows.change(session, self.clock, draft, by)
        if changed.version == before:
            return [_line(changed, translate(SAME))]
        return self._after(changed, translate(CHANGED, version=changed.version))

    def _overtaken(self, session: Session, group: CustomerGroup) -> Reason:
        last = rows.versions(session, group.key)[0]
        names = {person.key: person.name for person in everybody(session)}
        return because(SEEN, code="overtaken", person=names.get(last.by, last.by), version=last.version)

    def _correct(self, form: CorrectGroupForm, by: str) -> list[Line]:
        numbers, why = numbers_of(form.customers), " ".join(form.reason.split())
        if len(numbers) > CORRECTED_MOST:
            raise Refused(because(TOO_MANY, code="too_many", most=CORRECTED_MOST))
        with self.house.reads() as session:
            group = rows.in_use(session, rows.key_of(session, form.group))
        told = {id: self._corrected(form.what, group.key, id, why, by) for id in numbers}
        done = [id for id, refusal in told.items() if not refusal]
        built = self._built([group.key]) if done else ()
        with self.house.reads() as session:
            there = asked.members_among(session, group.key, numbers)
        lines = [_customer(id, refusal, form.what, id in there, self.builds) for id, refusal in told.items()]
        return [*lines, *([_line(group, built[0], built[1:])] if built else [])]

    def _corrected(self, what: str, key: str, id: int, why: str, by: str) -> Reason:
        """Correct one customer; why not, where it cannot be done."""
        try:
            if what == UNDO:
                self.groups.undo(key, id, by)
                return NO_REASON
            self._check(id, why)
            self.groups.correct(key, id, Corrected.ADDED if what == ADD else Corrected.REMOVED, why, by)
        except Refused as refused:
            return refused.reason
        return NO_REASON

    def _check(self, id: int, why: str) -> None:
        """Let no reason name the customer: Prefect shows it to many. Raises Refused."""
        with self.house.reads() as session:
            customer, ways = records.customer(session, id), records.addresses(session, [id])
        if customer and (told := gives_away(WHY, why, customer.name, [way.value for way in ways])):
            raise Refused(told)

    def _enlist(self, form: CorrectGroupForm, by: str) -> list[Line]:
        replaces = form.what == AS_LIST
        numbers = numbers_of(form.customers)
        with self.house.sessions.begin() as session:
            wait_for_the_base(session)
            key = rows.key_of(session, form.group)
            known = asked.there_are(session, numbers)
            new = rows.enlist(session, self.clock, key, known, by, replaces)
            group = rows.group(session, key)
        said = [translate_plural(*LISTED, new)]
        if lost := len(numbers) - len(known):
            said.append(translate_plural(*UNKNOWN, lost))
        return self._after(group, "; ".join(said))

    def _put_away(self, form: PutAwayGroupForm, by: str) -> list[Line]:
        back = form.what == BRING_BACK
        with self.house.reads() as session:
            group = rows.group(session, rows.key_of(session, form.group))
        if (group.archived_at is None) == back:
            return [_line(group, translate(WAS_BACK if back else WAS_AWAY))]
        self.groups.put_away(group.key, back)
        return self._after(group, translate(IS_BACK)) if back else [_line(group, translate(IS_AWAY))]

    def _build(self, form: BuildGroupsForm, by: str) -> list[Line]:
        with self.house.reads() as session:
            keys = [rows.in_use(session, rows.key_of(session, form.group)).key] if form.group.strip() else []
            keys = dependents(rows.needs(session), keys)
        done = self.groups.rebuild(OPERATION, keys, form.anew)
        with self.house.reads() as session:
            groups = {one.key: one for one in rows.groups(session, put_away=True)}
        lines = [_line(groups[one.key], _moved(one)) for one in done.built]
        refused = [_line(groups[key], translate(NOT_BUILT, reason=why), done=False) for key, why in done.refused]
        notes = [Line(id=0, label=translate(GROUPS), said=note, done=False) for note in done.notes]
        return [*lines, *refused, *notes]

    def _after(self, group: CustomerGroup, said: str) -> list[Line]:
        """What was done, and what the group comes to now."""
        return [_line(group, said, self._built([group.key]))]

    def _built(self, keys: Collection[str]) -> Sequence[str]:
        """Build these groups and those made of them; what it came to for those that were asked for."""
        if not self.builds:
            return (translate(self.behind),) if self.behind else ()
        with self.house.reads() as session:
            wanted = dependents(rows.needs(session), keys)
        done = self.groups.rebuild(OPERATION, wanted)
        said = [_moved(one) for one in done.built if one.key in keys]
        return [*said, *(translate(NOT_BUILT, reason=why) for key, why in done.refused if key in keys)]


def _line(group: CustomerGroup, said: str, notes: Iterable[str] = (), done: bool = True) -> Line:
    return Line(id=group.id or 0, label=quoted(group.title), said=said, done=done, notes=tuple(notes))


def _customer(id: int, refusal: Reason, what: str, is_in: bool, is_built: bool) -> Line:
    label = translate(WHO, id=id)
    if refusal:
        return Line(id=id, label=label, said=str(refusal), done=False)
    notes = (translate(IS_IN if is_in else IS_OUT),) if is_built else ()
    return Line(id=id, label=label, said=translate(DONE[what]), done=True, notes=notes)


def _moved(built: Built) -> str:
    moved = translate(MOVED, joined=built.joined, left=built.left) if built.joined or built.left else ""
    return translate_plural(*BUILT, built.size, moved=moved or translate(NOBODY_MOVED))
