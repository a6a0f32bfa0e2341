"""A desk with everything on it, and words as long as words can be."""

from io import BytesIO

from lxml import html
from PIL import Image

from models.customer_orders import StopListForm
from models.delivery import State
from models.people import Person
from models.piece import Piece
from models.post import Picture, Post, Product, Span
from models.reaction import Comment
from models.reason import because
from tasks.adaptation.engine import adapt_pieces
from tasks.consents.engine import Consents
from tasks.dropping.applying.engine import load_customers
from tasks.loading.engine import apply, manuscripts_of, open_plan
from tasks.posting.engine import lay_out
from tasks.styling.engine import style_pieces
from tests.deployments.served import Web
from tests.fakes import NOW

LONG = "Оченьдлинноесловобезпробелов" * 6
TEXT = f"Сенча первого сбора, 450 ₽ за 100 г.\n\nЗаваривать при 75 °C. {LONG}\nhttps://shop.example/{'a' * 120}"
HEAD = "№;дата;время;заголовок;текст;каналы;акция;автор"
ROW = f"700;2026-11-25;14:00;Сенча {LONG[:56]};Сенча первого сбора. {LONG};Телеграм, Стена, Сайт;Зима;Ольга"
BROKEN = "701;31.02.2026;14:00;Улун;Улун дня;Телеграм;;Ольга"
PEOPLE = "Код;Имя;Почта;Телефон;Согласие;Согласие на обработку данных;Дата согласия;Основание;Отписан\n"
PERSON = (
    f"7;{LONG[:150]};{'a' * 60}@{'b' * 60}.example.org;+7 912 000-00-01;да;да;01.02.2026;{LONG[:150]};\n"
    "8;Ира;ira@example.org;;да;да;;;\n"
)
WRONG = f";{LONG[:90]};;;;;;;\n9;Пётр;{LONG}@;abc;может быть;;;;\n"
OUTLETS = f"outlets:\n  - {{key: tver, name: Чашки, address: {LONG}}}\n"
FUNDS = f"funds:\n  - {{key: operating, title: Фонд {LONG}, budget: 1000}}\n"
GOALS = (
    f"goals:\n  - {{key: reach, title: Охват {LONG}, metric: views, target: 100, from: 2026-11-01, to: 2026-12-31}}\n"
)


def furnish(web: Web) -> dict[str, str]:
    """Furnish it; returns the parts of addresses that are known only then."""
    path = web.house.root / "company.yaml"
    text = path.read_text().replace("roles: [head]", "roles: [head, admin]")
    path.write_text(f"{text}{OUTLETS}{FUNDS}{GOALS}")
    post = _post(web)
    _site(web, post)
    reason = because("Skipped: it was already later than this publication may be.", code="late").model_dump()
    for account, state in zip(("site", "tg", "wall") * 4, State, strict=False):
        web.placement(post, account, state, -2, reason=reason, url=f"https://t.me/{'x' * 80}")
    question = web.request([post, post.model_copy(update={"text": "коротко"})])
    piece = _piece(web)
    vera = web.browser("vera")
    vera.post("/staff/stop", {"scope": "channel", "channel": "wall", "why": LONG})
    vera.post("/staff/outlets/tver/till", {"title": LONG[:60]})
    vera.post("/me/absence", {"first": "2026-12-01", "deputy": "olga"})
    vera.post(f"/staff/piece/{piece}/comment", {"text": LONG})
    vera.post(f"/staff/piece/{piece}/hand/tg", {"text": f"Своё. {LONG}", "do": "write", "begun": "0"})
    vera.post("/staff/month", {"month": "2026-11", "text": LONG, "follows": "0"})
    vera.post("/staff/occasions", {"title": LONG[:100], "on": "2026-11-25", "importance": "2"})
    answer = vera.post("/staff/review", {"name": "Лена, юрист", "days": "3", "question": str(question)})
    link = html.fromstring(answer.text).xpath("string(//input[@id='link']/@value)").rpartition("/")[2]
    with web.house.sessions.begin() as session:
        session.get_one(Person, "vera").is_new = True
        session.add(Comment(account="tg", remote_id="c1", delivery_id=2, question=True, written_at=NOW,
                            text=f"А без сахара есть? {LONG}", answer_by=NOW))  # fmt: skip
    customers = _customers(web)
    return {
        "piece": str(piece), "question": str(question), "review": link, "drop": _dropped(web), "customers": customers,
    }  # fmt: skip


def _post(web: Web) -> Post:
    product = Product(id="1", name=f"Сенча {LONG}", price=45050, currency="RUB", url="https://shop.example")
    return Post(
        title="Чай дня: сенча первого сбора и всё, что к ней подают", slug="chai-dnia", description="О чае", text=TEXT,
        pictures=(_picture(web),) * 3, products=(product,), tags=("чай", LONG),
        spans=(Span(start=0, end=5, kind="bold"), Span(start=6, end=13, kind="link", url="https://a.ru")),
        ad_label="Реклама. ООО «Семь чашек», erid: 2VtzqwPrimer",
    )  # fmt: skip


def _site(web: Web, post: Post) -> None:
    page = post.model_copy(
        update={"html": f"<h2>Сенча</h2><p>{LONG}</p><table><tr><td>{LONG}</td><td>1</td></tr></table>"}
    )
    for number in range(30):
        web.site.publish(f"k{number}", page)
    letter = f"To: marina@example.org\nSubject: {LONG}\nContent-Type: text/plain; charset=utf-8\n\n{TEXT}\n"
    (web.house.var / "mailbox" / "a1.eml").write_text(letter, encoding="utf-8")
    (web.house.var / "reports" / "2026-47.html").write_text("<h1>x</h1>")


def _picture(web: Web) -> Picture:
    data = BytesIO()
    Image.new("RGB", (400, 300), (120, 160, 90)).save(data, "JPEG")
    return web.picture(data.getvalue(), "Чашка сенчи")


def _piece(web: Web) -> int:
    """A piece as loading, styling, adapting and laying out leave it."""
    (web.house.root / "content").mkdir(exist_ok=True)
    (web.house.root / "content" / "plan.csv").write_text(f"{HEAD}\n{ROW}\n")
    reading = open_plan(web.house)
    manuscripts, _ = manuscripts_of(web.house, reading.wanted, reading.pieces)
    apply(web.house, reading, list(reading.wanted), manuscripts, (), "olga")
    style_pieces(web.house), adapt_pieces(web.house), lay_out(web.house)
    with web.house.reads() as session:
        return session.query(Piece).filter_by(number="700").one().id or 0


def _dropped(web: Web) -> str:
    return _drop(web, "plan", f"{HEAD}\n{ROW.replace('14:00', '15:00')}\n{BROKEN}\n")


def _drop(web: Web, kind: str, text: str) -> str:
    browser = web.browser("vera")
    answer = browser.http.post(
        "/staff/drop",
        data={"csrf": browser.csrf, "kind": kind, "once": f"drop {kind} {len(text)}"},
        files=[("files", (f"{LONG}.csv", text.encode()))],
    )
    return answer.headers["location"].rpartition("/")[2]


def _customers(web: Web) -> str:
    """Two customers who are known, one of whom may not be written to; returns a table that changes them."""
    load_customers(web.house, int(_drop(web, "customers", f"{PEOPLE}{PERSON}")), "", "vera")
    bar = StopListForm(
        what="put into the stop-list", customer=1, address="phone", person="vera", reason=f"просит {LONG}"
    )
    assert Consents(web.house).stop_list(bar).lines[0].done
    return _drop(web, "customers", f"{PEOPLE}{PERSON.replace('да;да', 'нет;да')}{WRONG}")
