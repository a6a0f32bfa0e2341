"""A group as somebody fills it in: read, added to, turned to text and back, looked at before it is kept.

It knows no Prefect, and writes nothing.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.content import nearest
from models.customer_groups import GroupKind
from models.desk.group_rule import KINDS, SOURCES, Box, Choice
from models.desk.groups import GroupForm, RulePreview
from models.figures import SIGNS
from models.group_rules import Rule
from models.locale import language, mark, translate
from models.reason import Reason, because
from tasks.groups import rows
from tasks.groups.building.rows import ANY, deliverable
from tasks.groups.control import usual_share
from tasks.groups.engine import Groups
from tasks.groups.figures import rows as figures
from tasks.groups.filling.boxes import added, boxed, every, removed
from tasks.groups.filling.reading import read_boxes, rule_of, strangers, wrongs
from tasks.groups.lexing import RuleError
from tasks.groups.pages import rows as asked
from tasks.groups.pages import shown
from tasks.groups.pages.engine import GroupPages
from tasks.groups.parsing import parsed
from tasks.groups.ready import BY_KEY
from tasks.groups.saying import Words, told
from tasks.groups.selection import selected
from tasks.groups.wording import written
from tasks.house import House

BOXES, TEXT = "boxes", "text"
ADD, NEST, REMOVE, TO_TEXT, TO_BOXES, LOOK, SAVE = "add", "nest", "remove", "text", "boxes", "look", "save"
NOBODY_HAS = mark("Nobody and nothing in the base has “{value}” here. Nearest: {nearest}.")
NOBODY_HAS_ANY = mark("Nobody and nothing in the base has “{value}” here.")
MEND = mark("Mend what is marked below, then try again. Nothing has been lost and nothing saved.")
GOES = "group"
TITLED = mark("{title}: {name}")
MAILINGS_MOST = 200
FIELDS = ("key", "title", "mode", "text", "control", "advised", "no_control", "why")


class GroupForms:
    """Groups being filled in, in one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.groups = house, house.clock, Groups(house)

    def blank(self, ready: str = "", name: str = "", is_list: bool = False) -> GroupForm:
        """A new group: empty, or as a ready one has it."""
        one = BY_KEY.get(ready)
        form = GroupForm(box=boxed(None), is_list=is_list)
        if one is None or (one.name and not name.strip()):
            return self._furnished(form)
        title = translate(TITLED, title=translate(one.title), name=name) if one.name else translate(one.title)
        try:
            rule = one.rule(name)
        except Refused as refused:
            return self._furnished(form.model_copy(update={"objections": (refused.reason,)}))
        key = "" if one.name else one.key
        return self.looked(form.model_copy(update={"key": key, "title": title, "box": boxed(rule)}))

    def of(self, key: str) -> GroupForm | None:
        """A group that there is, to be changed; None where there is none."""
        with self.house.reads() as session:
            try:
                group = rows.group(session, key)
            except Refused:
                return None
        rule = shown.rule_of(group)
        return self._furnished(GroupForm(
            key=key, title=group.title, box=boxed(rule), text=group.text, control=percent(group.control_share),
            no_control=group.no_control_why, seen=group.version, is_list=group.kind == GroupKind.STATIC, is_new=False,
        ))  # fmt: skip

    def filled(self, fields: Sequence[tuple[str, str]], key: str = "", do: str = LOOK) -> GroupForm:
        """The form as it was sent, with what was pressed done to it."""
        form, (what, _, place) = _read(fields, key), do.partition(":")
        if what in (ADD, NEST):
            form = form.model_copy(update={"box": added(form.box, place, what == NEST)})
        elif what == REMOVE:
            form = form.model_copy(update={"box": removed(form.box, place)})
        elif what in (TO_TEXT, TO_BOXES):
            form = _turned(form, what)
        elif what == LOOK:
            return self.looked(form)
        elif what == SAVE and not form.is_list:
            form = _ruled(form)[1]  # what a rule comes to is not asked twice: the order builds it
        return self._furnished(form)

    def looked(self, form: GroupForm) -> GroupForm:
        """The form with what its rule would come to, or with what is wrong with it."""
        if form.is_list:
            return form
        rule, form = _ruled(form)
        if rule is None:
            return self._furnished(form)
        try:
            return self._furnished(self._previewed(form, rule))
        except Refused as refused:
            return self._furnished(form.model_copy(update={"objections": (*form.objections, refused.reason)}))

    def _previewed(self, form: GroupForm, rule: Rule) -> GroupForm:
        with self.house.reads() as session:
            words = GroupPages(self.house).words(session)
            rows.check_rule(session, rule, form.key)
            members = selected(rule, self.groups.as_of(session))
            found = figures.preview(session, self.clock, members)
            open_ = deliverable(session, members)[ANY]
            people = asked.customers(session, found.sample)
        preview = RulePreview(
            words=told(rule, words), reach=shown.reach_of_rule(found, open_), advised=shown.advised_of(found.size),
            sample=tuple(shown.sampled(one) for one in people),
        )  # fmt: skip
        more: dict[str, Any] = {"preview": preview}
        if form.control in ("", form.advised) and not form.no_control:
            more |= dict.fromkeys(("control", "advised"), percent(usual_share(found.size)))
        return form.model_copy(update=more)

    def _furnished(self, form: GroupForm) -> GroupForm:
        """With what its fields may be chosen from, and a note beside each name that nothing is called by."""
        if form.is_list:
            return form
        with self.house.reads() as session:
            offered = self._offered(session, form)
        whole = {source: tuple(one.key for one in some) for source, some in offered.items()}
        known = {field: whole[source] for field, source in SOURCES.items() if source in whole} | whole
        known = {name: keys for name, keys in known.items() if len(keys) < figures.CHOICES_MOST}
        currency = SIGNS.get(self.house.workspace.company.currency, self.house.workspace.company.currency)
        return form.model_copy(update={"offered": offered, "box": _noted(form.box, known), "currency": currency})

    def _offered(self, session: Session, form: GroupForm) -> dict[str, tuple[Choice, ...]]:
        kinds = [KINDS[box.kind] for box in every(form.box) if box.kind in KINDS]
        wanted = {
            SOURCES.get(field, kind.source if field == "values" else "") for kind in kinds for field in kind.fields
        }
        words = GroupPages(self.house).words(session)
        found = {source: _choices(session, source, words) for source in sorted(wanted & figures.CHOICES.keys())}
        if "mailing" in wanted:
            found["mailing"] = tuple(
                Choice(key=key, title=title) for key, title in asked.mailing_titles(session, MAILINGS_MOST)
            )
        if any(GOES in kind.fields for kind in kinds):
            used = (one for one in rows.groups(session) if one.key != form.key or form.is_new)
            found[GOES] = tuple(Choice(key=one.key, title=one.title) for one in used)
        return found


def percent(share: int) -> str:
    """Thousandths as they are typed: 125 is 12.5, or 12,5."""
    said: str = format_decimal(Decimal(share) / 10, locale=language())
    return said


def _choices(session: Session, source: str, words: Words) -> tuple[Choice, ...]:
    titles = words.outlets if source in ("outlet", "bought_at", "source") else {}
    return tuple(Choice(key=name, title=titles.get(name, name)) for name in figures.choices(session, source))


def _read(fields: Sequence[tuple[str, str]], key: str) -> GroupForm:
    said = dict(reversed(fields))
    texts = {name: said.get(name, "").strip() for name in FIELDS}
    seen = said.get("seen", "")
    return GroupForm(
        box=read_boxes(fields), seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
        is_list=said.get("list", "") == "1", is_new=not key, **texts | ({"key": key} if key else {}),
    )  # fmt: skip


def _turned(form: GroupForm, what: str) -> GroupForm:
    """The same rule as text, or in boxes; what cannot be read stays as it was, with why."""
    if (what == TO_TEXT) == (form.mode == TEXT):
        return form
    if what == TO_BOXES and not form.text:
        return form.model_copy(update={"mode": BOXES, "box": boxed(None)})
    if what == TO_TEXT and form.box == boxed(None):
        return form.model_copy(update={"mode": TEXT, "text": ""})
    rule, form = _ruled(form)
    if rule is None:
        return form
    return form.model_copy(update={"mode": TEXT if what == TO_TEXT else BOXES})


def _ruled(form: GroupForm) -> tuple[Rule | None, GroupForm]:
    """The rule that was filled in, said both ways; None where something is wrong, which the form then says."""
    if form.mode == TEXT:
        try:
            rule: Rule | None = parsed(form.text)
        except RuleError as error:
            objections = (because(MEND, code="mend"), error.reason)
            return None, form.model_copy(update={"objections": objections, "excerpt": _excerpt(form.text, error)})
        return rule, form.model_copy(update={"box": boxed(rule)})
    rule, box = rule_of(form.box)
    if rule is None:
        reasons = tuple(reason for one, _, reason in wrongs(box) if one.place == box.place)
        return None, form.model_copy(update={"box": box, "objections": (because(MEND, code="mend"), *reasons)})
    return rule, form.model_copy(update={"box": box, "text": written(rule)})


def _excerpt(text: str, error: RuleError) -> tuple[str, str]:
    line = (text.split("\n")[error.line - 1 :] or [""])[0]
    return line[: error.column - 1][-80:], line[error.column - 1 :][:80]


def _noted(box: Box, known: Mapping[str, Sequence[str]]) -> Box:
    notes = tuple(
        _stranger(value, known.get(KINDS[box.kind].source if field == "values" else field, ()))
        for field, values in strangers(box, known).items() for value in values
    )  # fmt: skip
    return box.model_copy(update={"notes": notes, "parts": tuple(_noted(one, known) for one in box.parts)})


def _stranger(value: str, known: Sequence[str]) -> Reason:
    near = ", ".join(nearest(value, known, likeness=0.3))
    return because(NOBODY_HAS if near else NOBODY_HAS_ANY, code="stranger", value=value, nearest=near)
