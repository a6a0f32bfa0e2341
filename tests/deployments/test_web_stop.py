"""The big switch on the desk: it holds at once, shows what it holds before and after, and only a person lets go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from lxml import html
from sqlalchemy import event

from models.delivery import Delivery, State
from models.order_book import GivenOrder
from models.post import Post
from models.stop import StopOrder
from tests.deployments.served import Browser, Web, web_of_its_own

WHY = {"why": "ошибка в цене"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


def stops(web: Web) -> list[tuple[str, str, str, bool]]:
    with web.house.sessions() as session:
        found = session.query(StopOrder).order_by(StopOrder.id)  # type: ignore[arg-type]
        return [(s.scope, s.scope_key, s.pulled_by, s.released_at is not None) for s in found]


def text(page: str, where: str = "//main") -> str:
    return " ".join(str(html.fromstring(page).xpath(f"string({where})")).split())


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        pytest.param({"scope": "all"}, "Остановлено всё", id="all"),
        pytest.param({"scope": "channel", "channel": "tg"}, "Остановлено: Телеграм", id="channel"),
        pytest.param({"scope": "campaign", "campaign": "winter"}, "Остановлено: Зима", id="campaign"),
        pytest.param({"scope": "piece", "piece": "1"}, "Остановлено: № 1 · Чай", id="piece"),
        pytest.param({"scope": "piece", "piece": "чай"}, "Остановлено: № 1 · Чай", id="piece by title"),
    ],
)
def test_the_switch_holds_and_lets_go(web: Web, fields: dict[str, str], what: str) -> None:
    web.placement(Post(title="Чай"), state=State.SENT, hours=-1, url="https://t.me/x/1", campaign="winter")
    web.placement(Post(title="Кофе"), hours=1, campaign="winter")
    olga, marina = web.browser("olga"), web.browser("marina")
    page = olga.said(olga.post("/staff/stop", fields | WHY))
    assert what in page and "https://t.me/x/1" in page and "ошибка в цене" in page and "Ольга" in page
    assert "/release" not in page
    assert olga.post("/staff/stop/1/release").status_code == 403
    assert marina.get("/staff/stop/1/release").status_code == 200
    assert "снят" in marina.said(marina.post("/staff/stop/1/release"))
    assert "Стопа № 1 сейчас нет" in text(marina.said(marina.post("/staff/stop/1/release")), "//ul[@class='told']")


@pytest.mark.parametrize(
    "fields",
    [{"scope": "all", "why": ""}, {"scope": "", "why": "x"}, {"scope": "galaxy", "why": "x"},
     {"scope": "piece", "why": "x"}, {"scope": "piece", "piece": "77", "why": "x"}],
)  # fmt: skip
def test_a_switch_that_was_not_pulled_says_so_and_keeps_what_was_typed(web: Web, fields: dict[str, str]) -> None:
    web.placement(Post(title="Чай"))
    answer = web.browser("olga").post("/staff/stop", fields)
    page = html.fromstring(answer.text)
    assert answer.status_code == 422 and page.xpath("//*[@class='objection']")
    assert page.xpath("//input[@name='why']/@value") == [fields["why"]]
    assert stops(web) == []


def test_an_unknown_piece_gets_the_nearest_three_as_buttons_that_send_the_form_again(web: Web) -> None:
    for title in ("Зимний улун", "Молочный улун", "Медовик", "Пастила"):
        web.placement(Post(title=title))
    olga = web.browser("olga")
    page = html.fromstring(olga.post("/staff/stop", {"scope": "piece", "piece": "зимний улан"} | WHY).text)
    near = page.xpath("//button[@name='pick:piece']/@value")
    assert near[0] == "1" and len(near) == 3
    assert page.xpath("//form[@id='switch']//button[not(@type='button')]")[0].get("class") == "unseen"
    again = {"scope": "piece", "piece": "зимний улан", "pick:piece": near[0]} | WHY
    assert "Остановлено: № 1 · Зимний улун" in olga.said(olga.post("/staff/stop", again))


def test_what_it_would_hold_is_shown_first(web: Web) -> None:
    web.placement(Post(title="Чай"), hours=2)
    web.placement(Post(title="Кофе"), "wall", hours=3)
    olga = web.browser("olga")
    assert "Придержатся 2 публикации" in olga.get("/staff/stop/look?scope=all").text
    part = olga.get("/staff/stop/look?scope=channel&channel=tg").text
    assert "Придержится 1 публикация" in part and "ближайшая 23 ноября, 14:00" in part
    assert olga.get("/staff/stop/look").text.strip() == olga.get("/staff/stop/look?scope=piece").text.strip() == ""
    page = olga.post("/staff/stop", {"scope": "channel", "channel": "tg", "do": "look"} | WHY)
    assert page.status_code == 200 and "Придержится 1 публикация" in page.text and stops(web) == []
    fields = {i.get("name"): i.get("value") for i in html.fromstring(page.text).xpath("//main//form//input")}
    assert fields["scope"] == "channel" and fields["channel"] == "tg" and fields["why"] == "ошибка в цене"
    olga.post("/staff/stop", fields)
    assert stops(web) == [("channel", "tg", "olga", False)]


def test_what_is_stopped_already_says_so_before_it_is_stopped_again(web: Web) -> None:
    olga = web.browser("olga")
    olga.post("/staff/stop", {"scope": "all"} | WHY)
    assert "уже остановлено Стопом № 1" in olga.get("/staff/stop/look?scope=all").text


def test_a_stop_stands_at_the_head_of_every_page(web: Web) -> None:
    web.placement(Post(title="Чай"), hours=2)
    vera, nina = web.browser("vera"), web.browser("nina")
    assert "Остановлено:" not in vera.get("/staff").text
    vera.post("/staff/stop", {"scope": "channel", "channel": "tg"} | WHY)
    for path in ("/staff", "/staff/week", "/staff/unknown", "/staff/stop", "/approval", "/reports", "/me"):
        assert "Остановлено: Телеграм (Вера" in text(vera.get(path).text, "//*[@class='band']"), path
    assert "Телеграм" not in text(nina.get("/me").text, "//body")
    assert "band" not in web.browser().get("/").text


def test_the_band_costs_one_look_at_the_database(web: Web) -> None:
    asked: list[str] = []
    vera = web.browser("vera")
    vera.get("/me")
    event.listen(web.house.engine, "before_cursor_execute", lambda c, k, s, *rest: asked.append(s))
    vera.get("/me")
    assert sum("FROM stop_order" in statement for statement in asked) == 1


def test_what_was_in_the_air_is_told_apart_from_what_is_out(web: Web) -> None:
    web.placement(Post(title="Чай"), state=State.SENT, hours=-1, url="https://t.me/x/1")
    web.placement(Post(title="Кофе"), state=State.UNKNOWN, hours=-1)
    web.placement(Post(title="Пирог"), hours=1)
    vera = web.browser("vera")
    page = html.fromstring(vera.said(vera.post("/staff/stop", {"scope": "all"} | WHY)))
    [air, out] = page.xpath("//article//ul[@class='lines']")
    assert "Кофе" in air.text_content() and "Чай" in out.text_content()
    assert "Держит 1 публикацию" in page.text_content()


def test_nobody_lets_late_publications_go_by_mistake(web: Web) -> None:
    late = [web.placement(Post(title=f"Чай {n}"), hours=1) for n in range(3)]
    coming = web.placement(Post(title="Кофе"), hours=30)
    vera = web.browser("vera")
    vera.post("/staff/stop", {"scope": "all"} | WHY)
    web.clock.at += timedelta(hours=5)
    page = vera.get("/staff/stop/1/release").text
    assert "Уже опоздало 3" in text(page) and "Пойдёт по плану" in page
    assert html.fromstring(page).xpath("//button[@name='late']/@value") == ["keep", "go"]
    said = vera.said(vera.post("/staff/stop/1/release", {"late": "keep"}))
    assert "3 опоздавшие публикации придержаны" in said
    with web.house.sessions() as session:
        states = {id: session.get_one(Delivery, id).state for id in (*late, coming)}
    assert states == dict.fromkeys(late, State.HELD) | {coming: State.PLANNED}
    assert vera.get("/staff/unknown").text.count("придержали. Опубликуйте сейчас") == 3


def test_a_stop_that_is_not_in_force_has_nothing_to_release(web: Web) -> None:
    vera = web.browser("vera")
    assert vera.get("/staff/stop/9/release").status_code == 404
    vera.post("/staff/stop", {"scope": "all"} | WHY)
    vera.post("/staff/stop/1/release")
    assert "уже сняли" in vera.said(vera.get("/staff/stop/1/release"))


def test_it_is_written_into_the_order_book_so_that_prefect_shows_it(web: Web) -> None:
    vera = web.browser("vera")
    form = {"scope": "channel", "channel": "tg", "once": "the form"} | WHY
    vera.post("/staff/stop", form)
    vera.post("/staff/stop", form)
    vera.post("/staff/stop/1/release", {"late": "keep"})
    with web.house.sessions() as session:
        orders = session.query(GivenOrder).order_by(GivenOrder.id).all()  # type: ignore[arg-type]
    assert [(order.code, order.person) for order in orders] == [("stop", "vera"), ("release", "vera")]
    assert orders[0].form == {"scope": "channel", "key": "tg", "person": "vera", "reason": "ошибка в цене"}
    assert orders[1].form["keep_late"] is True and orders[1].form["key"] == "1"


def test_two_who_pull_at_once_pull_one_stop(web: Web) -> None:
    together, pages = Barrier(2), []

    def pull(browser: Browser) -> None:
        together.wait()
        pages.append(browser.said(browser.post("/staff/stop", {"scope": "all"} | WHY)))

    pulling = [Thread(target=pull, args=(web.browser(person),)) for person in ("olga", "vera")]
    for one in pulling:
        one.start()
    for one in pulling:
        one.join()
    assert len(stops(web)) == 1 and len(pages) == 2
    assert sum("уже" in text(page, "//ul[@class='told']") for page in pages) == 1
