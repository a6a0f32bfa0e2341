"""The verbs about customer groups, done in the house: shown, filled in, made, corrected, listed, built."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from deployments.order_verbs import sentences
from integrations.errors import Refused
from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.groups import GroupForm, GroupPage, GroupsPage, ListLook
from models.group_forms import (
    AS_A_LIST,
    AS_LIST,
    BRING_BACK,
    BY_RULE,
    PUT_AWAY,
    READY,
    TO_LIST,
    BuildGroupsForm,
    ChangeGroupForm,
    CorrectGroupForm,
    MakeGroupForm,
    PutAwayGroupForm,
)
from models.group_orders import ADD, REMOVE, UNDO
from models.locale import mark
from models.orders import Signed
from models.people import Permission
from models.reason import Reason, because
from tasks.customers.record import rows as records
from tasks.groups.filling.engine import GroupForms
from tasks.groups.listing.engine import look_at
from tasks.groups.orders.engine import GroupOrders
from tasks.groups.orders.wanted import numbers_of
from tasks.groups.pages import rows as asked
from tasks.groups.pages.engine import GroupPages
from tasks.groups.ready import BY_KEY
from tasks.house import House
from tasks.orders.answers import Report

AT_ONCE = 200_000  # customers whose groups are built while the person waits
BY_HAND = {"add": ADD, "remove": REMOVE, "undo": UNDO}
NO_READY = mark("There is no such ready group. Choose one of the list.")
A_RUN = mark("Said yes. There are many customers, so a run builds the groups; look here again in a minute.")
NOBODY_KNOWN = mark("Nobody on this list is known here, so nothing has been loaded. Load the customers first.")
BUILD = "build-groups"


class GroupVerbs:
    """Customer groups, as the department sees and changes them."""

    house: House
    ordered: Callable[..., Report]
    handed_on: Callable[..., int]

    def groups_page(self, compare: Collection[str]) -> GroupsPage:
        return GroupPages(self.house).all(compare)

    def customer_group(self, key: str, visitor: Visitor) -> GroupPage | None:
        return GroupPages(self.house).one(key, visitor.may(Permission.CUSTOMERS))

    def new_group(self, ready: str, name: str, is_list: bool) -> GroupForm:
        return GroupForms(self.house).blank(ready, name, is_list)

    def group_form(self, key: str) -> GroupForm | None:
        return GroupForms(self.house).of(key)

    def group_filled(self, fields: Sequence[tuple[str, str]], key: str, do: str) -> GroupForm:
        return GroupForms(self.house).filled(fields, key, do)

    def order_make_group(self, visitor: Visitor, once: str, form: GroupForm) -> Answered:
        kind = AS_A_LIST if form.is_list else BY_RULE
        order = MakeGroupForm(
            what=kind, title=form.title[:200], key=form.key[:61], rule="" if form.is_list else form.text,
            control=form.control[:20], no_control=form.no_control[:200], reason=form.why, person=visitor.key,
        )  # fmt: skip
        return self._group_made(visitor, once, order)

    def order_ready_group(self, visitor: Visitor, once: str, ready: str, name: str) -> Answered:
        one = BY_KEY.get(ready)
        if one is None:
            return Answered(said=(because(NO_READY, code="no_ready"),), refused=True)
        order = MakeGroupForm.model_validate(
            {"what": READY, "ready": one.title, "name": name[:200], "person": visitor.key}
        )
        return self._group_made(visitor, once, order)

    def _group_made(self, visitor: Visitor, once: str, order: MakeGroupForm) -> Answered:
        report = self._group_order("make-group", visitor, once, order, lambda orders: orders.make(order), order.key)
        return self._group_answered(report)

    def order_change_group(self, visitor: Visitor, once: str, form: GroupForm) -> Answered:
        order = ChangeGroupForm(
            group=form.key, title=form.title[:200], rule="" if form.is_list else form.text, control=form.control[:20],
            no_control=form.no_control[:200], seen=form.seen, reason=form.why, person=visitor.key,
        )  # fmt: skip
        report = self._group_order("change-group", visitor, once, order, lambda orders: orders.change(order), form.key)
        return self._group_answered(report)

    def _group_answered(self, report: Report) -> Answered:
        """With the key of the group that it was about: the same form again leads to the same page."""
        id = next((line.id for line in report.lines if line.id), 0)
        with self.house.reads() as session:
            key = asked.key_of(session, id)
        return Answered(said=tuple(sentences(report)), refused=bool(report.refusal), about=key)

    def order_correct_group(
        self, visitor: Visitor, once: str, key: str, what: str, customers: str, why: str
    ) -> Sequence[Reason]:
        try:  # whoever typed an e-mail instead is told so before it stands in any book
            numbers = ", ".join(map(str, numbers_of(customers)))
        except Refused as refused:
            return (refused.reason,)
        order = CorrectGroupForm.model_validate(
            {"group": key, "what": BY_HAND[what], "customers": numbers, "reason": why, "person": visitor.key}
        )
        return sentences(self._group_corrected(visitor, once, order, ("reason",)))

    def _group_corrected(
        self, visitor: Visitor, once: str, order: CorrectGroupForm, private: Collection[str]
    ) -> Report:
        act = partial(GroupOrders.correct, form=order)
        return self._group_order("correct-group", visitor, once, order, act, order.group, private)

    def look_at_list(self, key: str, said: str | bytes, replaces: bool) -> ListLook | Reason:
        try:
            return look_at(self.house, key, said, replaces).look
        except Refused as refused:
            return refused.reason

    def order_list(
        self, visitor: Visitor, once: str, key: str, said: str | bytes, replaces: bool
    ) -> tuple[Sequence[Reason], ListLook | Reason]:
        """Load a list. Its numbers stand in no book: they would be many, and nobody has to read them."""
        try:
            read = look_at(self.house, key, said, replaces)
        except Refused as refused:
            return (), refused.reason
        if not read.customers:
            return (because(NOBODY_KNOWN, code="unknown"),), read.look
        order = CorrectGroupForm.model_validate(
            {"group": key, "what": AS_LIST if replaces else TO_LIST, "customers": ", ".join(map(str, read.customers)),
             "person": visitor.key}
        )  # fmt: skip
        report = self._group_corrected(visitor, once, order, ("customers",))
        return sentences(report), read.look.model_copy(update={"is_loaded": not report.refusal})

    def order_put_away_group(self, visitor: Visitor, once: str, key: str, back: bool) -> Sequence[Reason]:
        order = PutAwayGroupForm(group=key, what=BRING_BACK if back else PUT_AWAY, person=visitor.key)
        act = partial(GroupOrders.put_away, form=order)
        return sentences(self._group_order("put-away-group", visitor, once, order, act, key, builds=back))

    def order_build_groups(self, visitor: Visitor, once: str, key: str = "", anew: bool = False) -> Sequence[Reason]:
        order = BuildGroupsForm(group=key, anew=anew, person=visitor.key)
        if self._few_customers():
            act = partial(GroupOrders.build, form=order)
            return sentences(self._group_order(BUILD, visitor, once, order, act, key))
        self.handed_on(visitor, once, BUILD, order.model_dump(), ("group", key))
        return (because(A_RUN, code="done"),)

    def _group_order(
        self, code: str, visitor: Visitor, once: str, form: Signed, act: Callable[[GroupOrders], Report], key: str,
        private: Collection[str] = (), builds: bool = True,
    ) -> Report:  # fmt: skip
        """Carry an order out; where there are many customers, a run builds the groups behind it."""
        at_once, subject = self._few_customers(), ("group", key)
        orders = GroupOrders(self.house, at_once)
        report = self.ordered(visitor, once, code, form.model_dump(), lambda: act(orders), subject, private=private)
        if builds and not at_once and any(line.done for line in report.lines):
            build = BuildGroupsForm(person=visitor.key)
            self.handed_on(visitor, f"{once}:{BUILD}", BUILD, build.model_dump(), subject)
        return report

    def _few_customers(self) -> bool:
        with self.house.reads() as session:
            return records.total(session) <= AT_ONCE
