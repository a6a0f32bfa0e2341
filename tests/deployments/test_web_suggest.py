"""Names for fields: offered as they are typed, of every kind; the nearest three where nothing has the name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from deployments.web import HouseVerbs
from models.desk.suggest import Kind
from models.piece import OfferRow, Piece
from models.post import Post
from tests.deployments.served import Web, web_of_its_own
from tests.fakes import NOW


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def offered(web: Web, kind: str, said: str = "") -> list[tuple[str, str]]:
    page = web.browser("olga").get(f"/staff/suggest/{kind}", **{}) if not said else web.browser("olga").http.get(
        f"/staff/suggest/{kind}", params={"q": said})  # fmt: skip
    assert page.status_code == 200
    options = html.fromstring(f"<div>{page.text}</div>").xpath("//option")
    return [(option.get("value"), option.text_content()) for option in options]


@pytest.mark.parametrize(
    ("kind", "said", "first"),
    [
        ("channel", "теле", ("tg", "Телеграм")),
        ("campaign", "зима", ("winter", "Зима")),
        ("person", "мар", ("marina", "Марина")),
        ("piece", "улун", ("1", "Зимний улун")),
        ("piece", "1", ("1", "Зимний улун")),
        ("product", "улун", ("t1", "Молочный улун · Чай")),
        ("picture", "чашка", ("чашка.jpg", "чашка.jpg")),
    ],
)
def test_what_exists_is_offered_as_it_is_typed(web: Web, kind: str, said: str, first: tuple[str, str]) -> None:
    web.placement(Post(title="Зимний улун"))
    (web.house.root / "content" / "pictures").mkdir(parents=True, exist_ok=True)
    (web.house.root / "content" / "pictures" / "чашка.jpg").write_bytes(b"x")
    with web.house.sessions.begin() as session:
        session.add(OfferRow(id="t1", name="Молочный улун", price=1, currency="RUB", category="Чай", read_at=NOW))
    assert offered(web, kind, said)[0] == first


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_answers_even_where_there_is_nothing(web: Web, kind: str) -> None:
    assert len(offered(web, kind)) <= 20
    assert len(offered(web, kind, "нет такого")) <= 20


def test_what_is_no_kind_is_not_there(web: Web) -> None:
    assert web.browser("olga").get("/staff/suggest/client").status_code == 404
    assert web.browser("nina").get("/staff/suggest/piece").status_code == 403


def test_a_field_of_another_name_is_read_too(web: Web) -> None:
    web.placement(Post(title="Зимний улун"))
    page = web.browser("olga").http.get("/staff/suggest/piece", params={"field": "what", "what": "улун", "q": "нет"})
    assert "Зимний улун" in page.text


def test_what_is_new_is_offered_at_once_and_no_more_than_twenty(web: Web) -> None:
    assert offered(web, "piece", "чай") == []
    for n in range(25):
        web.placement(Post(title=f"Чай {n}"))
    assert len(offered(web, "piece", "чай")) == 20
    with web.house.sessions.begin() as session:
        piece = session.query(Piece).filter_by(number="1").one()
        piece.title, piece.changed_at = "Самовар", web.clock.at.replace(year=2027)
    assert offered(web, "piece", "самовар") == [("1", "Самовар")]


def test_an_unknown_name_gets_the_nearest_three(web: Web) -> None:
    verbs: HouseVerbs = web.app.state.premises.verbs
    naming = verbs.named(Kind.CHANNEL, "телегрм")
    assert not naming.is_known and naming.near[0].key == "tg" and len(naming.near) == 3
    assert naming.objection.code == "unknown_channel" and naming.said == "телегрм"
    assert verbs.named(Kind.CHANNEL, "Телеграм").key == "tg"
    assert not verbs.named(Kind.CHANNEL, "  ").objection
    assert verbs.named(Kind.OUTLET, "на Ленина").objection.code == "unknown_outlet"


def test_markup_in_a_name_stays_text(web: Web) -> None:
    web.placement(Post(title="<script>alert(1)</script>"))
    assert "<script>" not in web.browser("olga").get("/staff/suggest/piece").text
