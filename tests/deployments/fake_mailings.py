"""A department's mailings in memory, for the pages about them: versions, stages and approvals hold as they should."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from integrations.web.premises import Premises
from models.delivery import State
from models.desk import Visitor
from models.desk.mailings import (
    ASK,
    DECIDE,
    OVERTAKEN,
    RUN,
    SAVE,
    SET_UP,
    TEST,
    UNKNOWN,
    WINNER,
    Choice,
    Choices,
    Finding,
    HeldLine,
    MailingLine,
    MailingPage,
    MailingsPage,
    Preview,
    Progress,
    ShortWay,
    UnknownLetter,
    VariantLine,
    VersionLine,
)
from models.letters import Ground
from models.mail_document import Heading, MailDocument, MailVariant, Prose
from models.mailing_orders import (
    APPROVE,
    CANCEL,
    PAUSE,
    RESUME,
    AboutMailing,
    AskMailingForm,
    DecideMailingForm,
    MakeMailingForm,
    RunMailingForm,
    SaveMailingForm,
    SetUpMailingForm,
    TestMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from models.mailings import Stage
from models.people import Permission
from models.reason import Reason, because
from tasks.composing import preflight, starters
from tasks.composing.checks.finding import LookedAt
from tasks.composing.checks.size import bytes_of
from tasks.composing.compose import Composed, compose
from tasks.composing.filling import filled
from tasks.composing.held import HeldBack
from tasks.composing.preview import PREVIEW_MARK, preview, preview_text
from tests.deployments.served import Web
from tests.fakes import NOW
from tests.tasks.composing.sample import ANNA, EVERYTHING, IMPRINT, PRODUCTS, SITE

GROUPS = (
    Choice(key="tea", title="Любители чая", about="1 840 клиентов"),
    Choice(key="coffee", title="Кофейные", about="1 530 клиентов"),
    Choice(key="sleeping", title="Давно не были", about="610 клиентов"),
)
REACH = {"email": {"": 2960, "not_agreed": 310, "barred": 42, "withdrawn": 58}, "phone": {"": 1420, "not_agreed": 900}}
QR = f"{SITE}/q/1aaaaaaaaaaaaaaaa.png"
CUSTOMERS = {
    1: {"name": "Семён Ёлкин", "coupon": {"code": "S7WM-11AB", "qr": QR}}, 2: {"coupon": {"code": "Z1", "qr": QR}}
}  # fmt: skip
READY = (
    ("Новости", "одна большая новость и две поменьше"), ("Предложение недели", "четыре товара с ценами"),
    ("Личный купон", "код получателя и товары к нему"), ("День рождения", "подарок и поздравление"),
    ("Товары недели", "шесть товаров, один за другим"), ("Каталог", "разделы с товарами"),
    ("Для тех, кто давно не был", "приглашение вернуться"), ("Подтверждение адреса", "сервисное: одна кнопка"),
)  # fmt: skip
STARTERS = tuple(
    Choice(key=key, title=title, about=about, kinds=tuple(b.kind for b in starters.variant(key, "ru", SITE).blocks))
    for key, (title, about) in zip(starters.TITLES, READY, strict=True)
)


@dataclass
class Kept:
    """One mailing as it stands."""

    id: int
    title: str
    ground: Ground
    by: str
    stage: Stage = Stage.DRAFT
    documents: list[dict[str, Any]] = field(default_factory=list)
    versions: list[VersionLine] = field(default_factory=list)
    set_up: dict[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    unknown: list[UnknownLetter] = field(default_factory=list)
    tests: list[TestMailingForm] = field(default_factory=list)
    campaign: str = ""
    variants: tuple[VariantLine, ...] = ()
    waiting: int = 0
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> MailDocument:
        return MailDocument.model_validate(self.documents[-1])


def done(words: str = "Сделано.") -> list[Reason]:
    return [because(words, code="done")]


def no(words: str, code: str = "refused") -> list[Reason]:
    return [because(words, code=code)]


@cache
def composed(written: str) -> Composed:
    return compose(MailDocument.model_validate_json(written), EVERYTHING)


@cache
def found_in(written: str) -> tuple[Finding, ...]:
    """What the check says of a letter."""
    made, document = composed(written), MailDocument.model_validate_json(written)
    if made.compiled is None:
        return tuple(Finding(severity="stops", reason=problem.reason) for problem in made.problems)
    looked = LookedAt(products={product.id: product for product in PRODUCTS})
    found = preflight.preflight(made.compiled, document, IMPRINT, looked, made.problems)
    return tuple(
        Finding(severity=it.severity.value, variant=it.variant, block=it.block, reason=it.reason) for it in found
    )


class Mailings:
    """The verbs; `given` is every order with who gave it, and the same form again changes nothing."""

    def __init__(self, now: Callable[[], datetime] = lambda: NOW) -> None:
        self.now = now
        self.kept: dict[int, Kept] = {}
        self.given: list[tuple[str, str, Any]] = []
        self.answers: dict[str, list[Reason]] = {}
        self.known = frozenset({"name", "city", "birthday", "outlet", "code", "coupon."})

    # Looking.

    def mailings_page(self) -> MailingsPage:
        order = [Stage.SENDING, Stage.PAUSED, Stage.ASKED]
        ranked = sorted(
            self.kept.values(), key=lambda one: (order.index(one.stage) if one.stage in order else 9, -one.id)
        )
        return MailingsPage(lines=tuple(self._line(one) for one in ranked))

    def _line(self, one: Kept) -> MailingLine:
        titles = {group.key: group.title for group in GROUPS}
        keys = [key.strip() for key in str(one.set_up.get("include", "")).split(",") if key.strip()]
        return MailingLine(
            id=one.id, title=one.title, ground=one.ground, stage=one.stage, progress=one.progress, made_by=one.by,
            subject=one.document.variants[0].subject if one.documents else "", campaign=one.campaign,
            groups=tuple(titles.get(key, key) for key in keys), at=_moment(one.set_up.get("at", "")),
            **one.more,
        )  # fmt: skip

    def mailing(self, id: int, visitor: Visitor) -> MailingPage | None:
        one = self.kept.get(id)
        if one is None:
            return None
        last = one.versions[-1] if one.versions else None
        return MailingPage(
            line=self._line(one), document=one.documents[-1] if one.documents else {}, version=len(one.versions),
            version_hash=last.hash if last else "", set_up=one.set_up, choices=self.mailing_choices(),
            reach=REACH if one.set_up.get("include") else {}, findings=self.findings(one),
            versions=tuple(one.versions), unknown=tuple(one.unknown), may=self._may(one, visitor),
            asked_of="Марина" if one.stage is Stage.ASKED else "", tests=len(one.tests), variants=one.variants,
            asked_until=self.now() + timedelta(hours=20) if one.stage is Stage.ASKED else None, waiting=one.waiting,
            report="/reports" if one.stage is Stage.SENT else "",
            short=ShortWay(recipients=1420, price="4.10", currency="RUB") if one.set_up.get("cascade") else None,
        )  # fmt: skip

    def _may(self, one: Kept, visitor: Visitor) -> frozenset[str]:
        before = one.stage in (Stage.DRAFT, Stage.ASKED, Stage.APPROVED)
        writes, decides = visitor.may(Permission.CUSTOMERS), visitor.may(Permission.APPROVE)
        wanted = {
            SAVE: writes and before, SET_UP: writes and before, TEST: writes and before,
            ASK: writes and one.stage is Stage.DRAFT, RUN: writes and one.stage in (
                Stage.APPROVED, Stage.SENDING, Stage.PAUSED),
            DECIDE: decides and one.stage is Stage.ASKED and one.by != visitor.key,
            UNKNOWN: visitor.may(Permission.DECIDE_UNKNOWN) and bool(one.unknown), WINNER: writes and one.waiting > 0,
        }  # fmt: skip
        return frozenset(code for code, may in wanted.items() if may)

    def findings(self, one: Kept) -> tuple[Finding, ...]:
        if not one.documents:
            return ()
        return found_in(json.dumps(one.documents[-1]))

    def mailing_preview(self, id: int, variant: str, customer: int, document: str) -> Preview:
        written = json.loads(document) if document else self.kept[id].documents[-1]
        made = composed(json.dumps(written))
        if made.compiled is None:
            return Preview(held=made.problems[0].reason)
        found = next(one for one in made.compiled.variants if one.name == variant)
        person = {**ANNA, "mark": PREVIEW_MARK} | CUSTOMERS.get(customer, {})
        if customer and customer not in CUSTOMERS:
            return Preview(held=because("Такого клиента нет.", code="nobody"))
        if customer == 2:
            person.pop("name")
        try:
            subject = filled(found.direct.form.subject, found.direct.values(person))
            html, text = preview(found, person), preview_text(found, person)
        except HeldBack as held:
            return Preview(held=held.reason)
        preheader = MailDocument.model_validate(written).variant(variant).preheader
        size = bytes_of(found.counted, {}) / 1000
        short = filled(found.sms.form.text, found.sms.values(person)) if found.sms else ""
        return Preview(subject=subject, preheader=preheader, html=html, text=text, size_kb=size, sms=short)

    def mailing_choices(self) -> Choices:
        return Choices(
            known=self.known, starters=STARTERS, groups=GROUPS, campaigns=(Choice(key="winter", title="Зима"),),
            accounts=(Choice(key="main", title="Почта компании"), Choice(key="second", title="Запасная")),
            short_accounts=(Choice(key="sms", title="Короткие сообщения"),),
            goals=(Choice(key="reach", title="Охват"),),
            colleagues=(Choice(key="olga", title="Ольга", about="olga@example.org"),
                        Choice(key="vera", title="Вера", about="vera@example.org")),
            mailings=tuple(Choice(key=str(one.id), title=one.title) for one in reversed(self.kept.values())),
        )  # fmt: skip

    # Orders.

    def _ordered(
        self, code: str, visitor: Visitor, once: str, form: Any, act: Callable[[], list[Reason]]
    ) -> Sequence[Reason]:
        if once not in self.answers:
            self.given.append((code, visitor.key, form))
            self.answers[once] = act()
        return self.answers[once]

    def make_mailing(self, visitor: Visitor, once: str, form: MakeMailingForm) -> Sequence[Reason]:
        def act() -> list[Reason]:
            if form.starter and form.starter not in starters.TITLES:
                return no("Такой заготовки нет.")
            ground = Ground.SERVICE if form.kind == "service message" else Ground.ADVERTISING
            made = Kept(max(self.kept, default=0) + 1, form.title, ground, visitor.key, campaign=form.campaign)
            document = self._first(form, made)
            self.kept[made.id] = made
            self._write(made, document, visitor.name)
            return done(f"Рассылка «{form.title}» начата.")

        return self._ordered("make", visitor, once, form, act)

    def _first(self, form: MakeMailingForm, made: Kept) -> dict[str, Any]:
        key = f"m-{made.id}"
        if form.like:
            return {**self.kept[form.like].documents[-1], "key": key, "title": form.title}
        if form.starter:
            whole = starters.document(form.starter, "ru", SITE, key, form.title, "news@7cups.example", "Семь чашек")  # type: ignore[arg-type]
        else:
            blocks = (Heading(id="heading-1", text="[Заголовок]"), Prose(id="text-1", text="[Что вы хотите сказать]"))
            whole = MailDocument(
                key=key, title=form.title, sender="news@7cups.example", sender_name="Семь чашек", ground=made.ground,
                variants=(MailVariant(subject="[Тема]", blocks=blocks),),
            )  # fmt: skip
        return whole.model_dump(mode="json")

    def _write(self, one: Kept, document: dict[str, Any], by: str) -> None:
        whole = MailDocument.model_validate(document).model_dump(mode="json")
        print_ = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
        one.documents.append(whole)
        one.title = whole["title"]
        one.versions.append(VersionLine(n=len(one.versions) + 1, hash=print_, made_by=by, made_at=self.now()))

    def save_mailing(self, visitor: Visitor, once: str, form: SaveMailingForm) -> Sequence[Reason]:
        one = self.kept[form.mailing]

        def act() -> list[Reason]:
            if form.seen and form.seen != len(one.versions):
                return no("Пока вы писали, сохранил другой человек. Ничего не перезаписано.", OVERTAKEN)
            if one.stage not in (Stage.DRAFT, Stage.ASKED, Stage.APPROVED):
                return no("Рассылка уже идёт.")
            self._write(one, json.loads(form.document), visitor.name)
            one.stage = Stage.DRAFT
            return done(f"Сохранено: версия {len(one.versions)}.")

        return self._ordered("save", visitor, once, form, act)

    def set_up_mailing(self, visitor: Visitor, once: str, form: SetUpMailingForm) -> Sequence[Reason]:
        def act() -> list[Reason]:
            if form.hours and ":" not in form.hours:
                return no(f"«{form.hours}» — это не часы. Напишите, например, 09:00-20:00.")
            fields = form.model_dump(exclude={"mailing", "person", "reason"})
            self.kept[form.mailing].set_up = fields
            return done("Записано.")

        return self._ordered("set-up", visitor, once, form, act)

    def test_mailing(self, visitor: Visitor, once: str, form: TestMailingForm) -> Sequence[Reason]:
        def act() -> list[Reason]:
            self.kept[form.mailing].tests.append(form)
            return done(f"Проба отправлена: {form.to}.")

        return self._ordered("test", visitor, once, form, act)

    def ask_mailing(self, visitor: Visitor, once: str, form: AskMailingForm) -> Sequence[Reason]:
        one = self.kept[form.mailing]

        def act() -> list[Reason]:
            if stops := [finding for finding in self.findings(one) if finding.stops]:
                return [because("Сначала исправьте то, что мешает.", code="stops"), stops[0].reason]
            one.stage = Stage.ASKED
            return done("Марину спросили.")

        return self._ordered("ask", visitor, once, form, act)

    def decide_mailing(self, visitor: Visitor, once: str, form: DecideMailingForm) -> Sequence[Reason]:
        one = self.kept[form.mailing]

        def act() -> list[Reason]:
            last = one.versions[-1]
            if form.version != last.hash:
                return no("Письмо изменили, пока вы смотрели. Посмотрите новую версию.", "changed")
            is_yes = form.decision == APPROVE
            decision = "approved" if is_yes else "returned"
            one.versions[-1] = last.model_copy(
                update={"decision": decision, "decided_by": visitor.name, "reason": form.reason}
            )
            one.stage = Stage.APPROVED if is_yes else Stage.DRAFT
            return done("Согласовано." if is_yes else "Возвращено.")

        return self._ordered("decide", visitor, once, form, act)

    def run_mailing(self, visitor: Visitor, once: str, form: RunMailingForm) -> Sequence[Reason]:
        one, stage = self.kept[form.mailing], {PAUSE: Stage.PAUSED, RESUME: Stage.SENDING, CANCEL: Stage.CANCELLED}

        def act() -> list[Reason]:
            one.stage = stage[form.what]
            return done("Сделано.")

        return self._ordered("run", visitor, once, form, act)

    def unknown_letters(self, visitor: Visitor, once: str, form: UnknownLettersForm) -> Sequence[Reason]:
        one = self.kept[form.mailing]

        def act() -> list[Reason]:
            left = [letter for letter in one.unknown if form.letter and letter.id != form.letter]
            number = len(one.unknown) - len(left)
            one.unknown[:] = left
            return done(f"Записано: {number}.") if number else no("Такого письма здесь нет.")

        return self._ordered("unknown", visitor, once, form, act)

    def choose_winner(self, visitor: Visitor, once: str, form: WinnerForm) -> Sequence[Reason]:
        one = self.kept[form.mailing]

        def act() -> list[Reason]:
            if form.variant not in {variant.name for variant in one.variants}:
                return no("Такого варианта нет.")
            one.waiting = 0
            return done(f"Остальные получат вариант {form.variant}.")

        return self._ordered("winner", visitor, once, form, act)


def _moment(said: str) -> datetime | None:
    return datetime.fromisoformat(f"{said}+03:00") if len(said) == 16 else None


class Both:
    """The house's verbs, with those of mailings kept in memory."""

    def __init__(self, mailings: Mailings, house_verbs: Any) -> None:
        self.kept_verbs, self.house_verbs = mailings, house_verbs

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kept_verbs if hasattr(Mailings, name) else self.house_verbs, name)


def with_mailings(web: Web) -> Mailings:
    """Let the pages of this web process speak of mailings in memory."""
    mailings, premises = Mailings(lambda: web.clock.at), web.app.state.premises
    assert isinstance(premises, Premises)
    house: Any = premises.verbs
    house = house.house_verbs if isinstance(house, Both) else house
    web.app.state.premises = replace(premises, verbs=Both(mailings, house))  # type: ignore[arg-type]
    return mailings


def about(form: AboutMailing) -> dict[str, Any]:
    """What an order says, without who gave it."""
    return form.model_dump(exclude={"person"})


VISITOR = Visitor(key="olga", name="Ольга", roles=("author",))


def begun(mailings: Mailings, title: str = "Ноябрь", starter: str = "", once: str = "", **form: Any) -> Kept:
    """A mailing by Olga."""
    order = MakeMailingForm(title=title, starter=starter, person="olga", **form)
    assert mailings.make_mailing(VISITOR, once or f"make {title} {len(mailings.kept)}", order)[0].code == "done"
    return mailings.kept[max(mailings.kept)]


def going(mailings: Mailings) -> Kept:
    """A mailing with two variants that is being sent, with letters in every state."""
    one = begun(mailings, "Чай недели", "offer")
    variant = one.documents[-1]["variants"][0]
    one.documents[-1]["variants"] = [variant, {**variant, "name": "B", "subject": "Сенча недели"}]
    one.set_up = {"include": "tea, coffee", "account": "main", "at": "2026-11-23 11:30", "shares": "A 10, B 10"}
    states = {State.CONFIRMED: 900, State.SENT: 310, State.INTENT: 8, State.PLANNED: 1650, State.HELD: 61,
              State.UNKNOWN: 2, State.REJECTED: 29}  # fmt: skip
    one.progress = Progress(
        states={state.value: number for state, number in states.items()}, per_minute=118.4,
        ends_at=NOW + timedelta(minutes=15), held=(
            HeldLine(reason=because("У клиента нет имени, а запасных слов в письме нет.", code="name"), number=40),
            HeldLine(reason=because("Клиент уже получил три письма за неделю.", code="cap"), number=21)),
    )  # fmt: skip
    one.stage = Stage.SENDING
    one.unknown = [UnknownLetter(id=71, customer=11, since=NOW - timedelta(minutes=9), why="связь оборвалась"),
                   UnknownLetter(id=72, customer=12, since=NOW - timedelta(minutes=8))]  # fmt: skip
    one.variants = (
        VariantLine(name="A", subject=variant["subject"], sent=310, opened=0.31, clicked=0.042),
        VariantLine(name="B", subject="Сенча недели", sent=305, opened=0.36, clicked=0.071, ahead=True),
    )
    one.waiting = 2345
    one.more = {"opened": 0.33, "clicked": 0.056, "revenue_per_1000": 1_840_000, "currency": "RUB"}
    return one
