"""The page of a piece on the desk: edited, previewed, compared, talked about, and nothing that was typed is lost."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
from lxml import html
from PIL import Image
from sqlalchemy import func, select

from models.database import reading
from models.order_book import GivenOrder
from models.piece import HandVersion, Piece, PieceComment, PieceVersion, Rendition
from models.reaction import Notice
from tasks.adaptation.engine import adapt_pieces
from tasks.loading.engine import apply, manuscripts_of, open_plan
from tasks.posting.engine import lay_out
from tasks.styling.engine import style_pieces
from tests.deployments.served import Browser, Web, web_of_its_own

EVIL = "<script>alert('ё')</script>\"'><img src=x onerror=alert(1)>"
HEAD = "№;дата;время;заголовок;текст;каналы;акция;автор"
ROW = "7;2026-11-25;14:00;Сенча;Сенча первого сбора, 450 руб.;Телеграм, Стена;Зима;Ольга"
PAGE = "/staff/piece/1"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        (tmp_path / "content" / "pictures").mkdir(parents=True)
        (tmp_path / "content" / "pictures" / "cup.jpg").write_bytes(drawn())
        (tmp_path / "content" / "plan.csv").write_text(f"{HEAD}\n{ROW}\n")
        reading = open_plan(web.house)
        manuscripts, _ = manuscripts_of(web.house, reading.wanted, reading.pieces)
        apply(web.house, reading, list(reading.wanted), manuscripts, (), "olga")
        style_pieces(web.house), adapt_pieces(web.house), lay_out(web.house)
        yield web


def drawn(kind: str = "JPEG", size: tuple[int, int] = (640, 400)) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, (120, 160, 90)).save(data, kind)
    return data.getvalue()


def fields(browser: Browser, path: str = f"{PAGE}/edit", at: int = 0) -> dict[str, Any]:
    """What the form of a page would send, as it stands."""
    return filled(browser.get(path).text, "piece-form" if path.endswith("edit") else "hand")


def filled(page: str, id: str) -> dict[str, Any]:
    [form] = html.fromstring(page).xpath(f"//form[@id='{id}']")
    return {name: values if len(values) > 1 else values[0] for name, values in _values(form).items()}


def _values(form: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def count(web: Web, table: Any) -> int:
    with reading(web.house.engine) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def by_desk(web: Web) -> list[tuple[str, str]]:
    with reading(web.house.engine) as session:
        mine = select(PieceVersion).where(PieceVersion.made_by != "A6").order_by(PieceVersion.ordinal)
        return [(version.made_by, version.content["body"]) for version in session.execute(mine).scalars()][1:]


def test_a_piece_is_shown_with_its_looks_publications_and_story(web: Web) -> None:
    page = web.browser("marina").get(PAGE).text.replace("\xa0", " ")
    for words in ("№ 7", "Сенча", "450 ₽", "Телеграм", "Стена", "из 4096", "ждёт согласования", "Что с ним было",
                  "Загружен из контент-плана: версия 1.", "Ольга", "Зима"):  # fmt: skip
        assert words in page, words
    assert "/staff/piece/1/edit" not in page, "an approver does not edit"
    assert web.browser("marina").get("/staff/piece/99").status_code == 404


def test_what_is_saved_is_on_the_next_page_with_its_new_proofs(web: Web) -> None:
    olga = web.browser("olga")
    form = fields(olga) | {"text": "Сенча, 490 руб.", "do": "save", "why": "изменилась цена"}
    page = olga.said(olga.post(f"{PAGE}/edit", form))
    assert "сохранено как версия 3" in page and page.count("490\u202f₽") + page.count("490\xa0₽") >= 2
    assert "изменилась цена" in page and by_desk(web) == [("olga", "Сенча, 490 руб.")]
    with reading(web.house.engine) as session:
        [order] = session.execute(select(GivenOrder)).scalars()
    assert (order.code, order.subject_kind, order.subject_id) == ("correct", "piece", "1")
    assert order.form["text"] == "Сенча, 490 руб." and order.form["title"] == "", "only what differs is ordered"


def test_a_space_that_styling_has_tied_is_not_ordered_as_an_edit(web: Web) -> None:
    olga = web.browser("olga")
    olga.post(f"{PAGE}/edit", fields(olga) | {"title": "Чай и кофе", "do": "save"})
    assert fields(olga)["title"] == "Чай и\u00a0кофе"
    for text, said in (("Первое", "Чай и\u00a0кофе"), ("Второе", "Чай и кофе")):
        form = fields(olga) | {"title": said, "text": text, "do": "save"}
        assert "сохранено как версия" in olga.said(olga.post(f"{PAGE}/edit", form))
    with reading(web.house.engine) as session:
        orders = list(session.execute(select(GivenOrder).order_by(GivenOrder.id)).scalars())
        assert [order.form["title"] for order in orders] == ["Чай и кофе", "", ""]
        assert session.get_one(Piece, 1).title == "Чай и\u00a0кофе"


def test_the_same_form_sent_twice_makes_one_version(web: Web) -> None:
    olga = web.browser("olga")
    form = fields(olga) | {"text": "Раз", "do": "save"}
    said = [olga.said(olga.post(f"{PAGE}/edit", form)) for _ in range(2)]
    assert len(by_desk(web)) == 1 and "сохранено как версия 3" in said[0]
    assert "сохранено как версия" in said[1] or "ничего не сохранено" in said[1] or "уже так" in said[1]


def test_a_preview_shows_and_saves_nothing(web: Web) -> None:
    olga, before = web.browser("olga"), (count(web, PieceVersion), count(web, Rendition), count(web, GivenOrder))
    form = fields(olga) | {"text": "Проба **пера**", "title": EVIL}
    part = olga.post(f"{PAGE}/preview", form, **{"hx-request": "true"}).text
    assert "<strong>пера</strong>" in part and "<form" not in part and "из 4096" in part
    whole = olga.post(f"{PAGE}/preview", form).text
    assert filled(whole, "piece-form")["text"].strip() == "Проба **пера**" and "<strong>пера</strong>" in whole
    assert not html.fromstring(whole).xpath("//script[not(@src)]|//img[@src='x']")
    assert before == (count(web, PieceVersion), count(web, Rendition), count(web, GivenOrder))


def test_a_text_that_is_too_long_for_a_channel_is_counted_and_said(web: Web) -> None:
    olga = web.browser("olga")
    part = olga.post(f"{PAGE}/preview", fields(olga) | {"text": "долго " * 1000}, **{"hx-request": "true"}).text
    assert "из 4096" in part and "больше, чем можно" in part


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"title": ""}, "Заголовок пуст", id="title"),
        pytest.param({"channels": "telegramm"}, "Похожие", id="channel"),
        pytest.param({"campaign": "зимаа"}, "Похожие", id="campaign"),
        pytest.param({"author": "Олга"}, "Похожие", id="person"),
        pytest.param({"date": "2026-11-01"}, "уже прошло", id="a date in the past"),
        pytest.param({"date": "31 брюмера"}, "31 брюмера", id="no date"),
        pytest.param({"text": "я" * 1_000_000}, "можно не больше 60000", id="a megabyte"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_everything_that_was_typed(web: Web, wrong: Any, said: str) -> None:
    olga = web.browser("olga")
    form = fields(olga) | {"text": "Дорогой мне текст", "why": "так надо", "do": "save"} | wrong
    answer = olga.post(f"{PAGE}/edit", form)
    assert answer.status_code == 422 and by_desk(web) == [] and count(web, GivenOrder) == 0
    assert said in answer.text
    assert html.fromstring(answer.text).xpath("//p[@role='alert']")
    again = filled(answer.text, "piece-form")
    assert again["text"].strip() == form["text"] and again["why"] == "так надо" and again["title"] == form["title"]


def test_html_and_scripts_in_every_field_are_words(web: Web) -> None:
    head = web.browser("vera")
    form = fields(head) | {"title": EVIL, "text": EVIL, "description": EVIL, "why": EVIL, "do": "save"}
    head.post(f"{PAGE}/edit", form)
    head.post(f"{PAGE}/comment", {"text": EVIL})
    head.post(f"{PAGE}/hand/tg", fields(head, f"{PAGE}/hand/tg") | {"text": EVIL, "do": "write"})
    last = count(web, PieceVersion)
    for path in (PAGE, f"{PAGE}/edit", f"{PAGE}/versions?before=1&after={last}", f"{PAGE}/hand/tg", "/staff"):
        answer = head.get(path)
        tree = html.fromstring(answer.text)
        assert answer.status_code == 200, path
        assert not tree.xpath("//script[not(@src)]|//@onerror|//@onload|//*[@src='x']"), path


def test_the_second_of_two_is_told_sees_both_and_joins(web: Web) -> None:
    olga, vera = web.browser("olga"), web.browser("vera")
    hers, his = fields(vera), fields(olga)
    olga.post(f"{PAGE}/edit", his | {"title": "Сенча из Удзи", "do": "save"})
    answer = vera.post(f"{PAGE}/edit", hers | {"text": "Сенча, 500 руб.", "do": "save"})
    assert answer.status_code == 409 and "Ольга" in answer.text
    assert "Сенча из" in answer.text and "500" in answer.text, "both are shown"
    form = filled(answer.text, "piece-form")
    assert form["text"].strip() == "Сенча, 500 руб." and form["title"] == "Сенча", "what she typed is untouched"
    assert "сохранено" in vera.said(vera.post(f"{PAGE}/edit", form | {"do": "join"}))
    now = fields(vera)
    assert now["title"].replace("\xa0", " ") == "Сенча из Удзи" and "500" in now["text"]


def test_the_same_lines_are_joined_by_nobody_but_a_person(web: Web) -> None:
    olga, vera = web.browser("olga"), web.browser("vera")
    hers, his = fields(vera), fields(olga)
    olga.post(f"{PAGE}/edit", his | {"text": "Слова Ольги", "do": "save"})
    answer = vera.post(f"{PAGE}/edit", hers | {"text": "Слова Веры", "do": "save"})
    answer = vera.post(f"{PAGE}/edit", filled(answer.text, "piece-form") | {"do": "join"})
    assert answer.status_code == 409 and "одни и те же строки" in answer.text and "Ольги" in answer.text
    assert filled(answer.text, "piece-form")["text"].strip() == "Слова Веры"
    assert [body for _, body in by_desk(web)] == ["Слова Ольги"]


def test_the_second_of_two_may_save_over_it_and_the_versions_keep_both(web: Web) -> None:
    olga, vera = web.browser("olga"), web.browser("vera")
    hers, his = fields(vera), fields(olga)
    olga.post(f"{PAGE}/edit", his | {"text": "Слова Ольги", "do": "save"})
    answer = vera.post(f"{PAGE}/edit", hers | {"text": "Слова Веры", "do": "save"})
    assert "Вы оба изменили" in answer.text
    vera.post(f"{PAGE}/edit", filled(answer.text, "piece-form") | {"do": "over"})
    assert [body for _, body in by_desk(web)] == ["Слова Ольги", "Слова Веры"]


def test_of_two_who_save_at_the_same_moment_one_is_told(web: Web) -> None:
    people = {person: web.browser(person) for person in ("olga", "vera")}
    forms = {person: fields(browser) | {"text": f"От {person}", "do": "save"} for person, browser in people.items()}
    start, told = Barrier(2), {}

    def save(person: str) -> None:
        start.wait()
        told[person] = people[person].post(f"{PAGE}/edit", forms[person]).status_code

    threads = [Thread(target=save, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told.values()) == [303, 409] and len(by_desk(web)) == 1


def test_two_versions_are_compared_and_a_former_one_comes_back(web: Web) -> None:
    olga = web.browser("olga")
    olga.post(f"{PAGE}/edit", fields(olga) | {"text": "Сенча первого сбора, 490 руб.", "do": "save"})
    page = olga.get(f"{PAGE}/versions?before=2&after=4").text
    tree = html.fromstring(page)
    assert [one.text for one in tree.xpath("//div[@class='diff plain']/del")] == ["450"]
    assert [one.text for one in tree.xpath("//div[@class='diff plain']/ins")] == ["490"]
    assert "₽ вместо «руб.»" in page, "corrections are listed apart"
    olga.post(f"{PAGE}/restore", {"version": "2"})
    assert "450" in fields(olga)["text"]
    assert olga.get(f"{PAGE}/versions?before=2&after=99").status_code == 404
    assert "нет" in olga.said(olga.post(f"{PAGE}/restore", {"version": "99"}))


def test_a_text_by_hand_is_marked_kept_and_asked_about(web: Web) -> None:
    olga = web.browser("olga")
    form = fields(olga, f"{PAGE}/hand/tg")
    page = olga.said(olga.post(f"{PAGE}/hand/tg", form | {"text": "Коротко, для **своих**", "do": "write"}))
    assert "правлено вручную" in page and "<strong>своих</strong>" in page
    olga.post(f"{PAGE}/edit", fields(olga) | {"text": "Другой общий текст", "do": "save"})
    page = olga.get(PAGE).text
    assert "<strong>своих</strong>" in page and "Другой общий текст" in page.replace("\xa0", " ")
    asked = "Текст изменён: Ольга, 23 ноября, 12:00. В канале «Телеграм»"
    assert asked in page and asked in olga.get("/staff").text
    olga.post(f"{PAGE}/hand/tg", fields(olga, f"{PAGE}/hand/tg") | {"do": "keep"})
    assert asked not in olga.get(PAGE).text and "<strong>своих</strong>" in olga.get(PAGE).text
    olga.post(f"{PAGE}/hand/tg", fields(olga, f"{PAGE}/hand/tg") | {"do": "take"})
    assert "<strong>своих</strong>" not in olga.get(PAGE).text and count(web, HandVersion) == 0


def test_a_text_by_hand_is_tried_before_it_is_saved(web: Web) -> None:
    olga = web.browser("olga")
    form = fields(olga, f"{PAGE}/hand/tg")
    for more in ({"do": "preview"}, {}):
        headers = {} if more else {"hx-request": "true"}
        page = olga.post(f"{PAGE}/hand/tg", form | {"text": "Проба **пера**"} | more, **headers).text
        assert "<strong>пера</strong>" in page
    assert count(web, HandVersion) == 0
    answer = olga.post(f"{PAGE}/hand/tg", form | {"text": "", "do": "write"})
    assert answer.status_code == 422 and "Текст пуст" in answer.text
    assert olga.get(f"{PAGE}/hand/site").status_code == 404, "it does not go there"


def test_who_is_overtaken_by_hand_sees_what_stands_there_and_saves_over_it(web: Web) -> None:
    olga, vera = web.browser("olga"), web.browser("vera")
    form = fields(olga, f"{PAGE}/hand/tg")
    vera.post(f"{PAGE}/hand/tg", fields(vera, f"{PAGE}/hand/tg") | {"text": "Коротко от Веры", "do": "write"})
    answer = olga.post(f"{PAGE}/hand/tg", form | {"text": "Коротко от Ольги", "do": "write"})
    assert answer.status_code == 409 and "<del>Веры</del><ins>Ольги</ins>" in answer.text
    again = filled(answer.text, "hand")
    assert again["text"] == "Коротко от Ольги"
    page = olga.said(olga.post(f"{PAGE}/hand/tg", again | {"do": "write"}))
    assert "Коротко от Ольги" in page.replace("\xa0", " ")


def test_a_comment_tells_the_author_and_those_before_nobody_twice(web: Web) -> None:
    vera, marina = web.browser("vera"), web.browser("marina")
    form = {"text": "Проверьте цену", "once": "a-form"}
    vera.post(f"{PAGE}/comment", form), vera.post(f"{PAGE}/comment", form)
    marina.post(f"{PAGE}/comment", {"text": "Согласна", "channel": "tg"})
    page = marina.get(PAGE).text
    assert page.count("Проверьте цену") == 1 and "Согласна" in page and count(web, PieceComment) == 2
    with reading(web.house.engine) as session:
        told = [notice.person for notice in session.execute(select(Notice).order_by(Notice.id)).scalars()]
    assert sorted(told) == ["olga", "olga", "vera"]


def test_a_picture_is_added_chosen_described_and_taken_out(web: Web) -> None:
    olga = web.browser("olga")
    page = olga.said(sent(olga, drawn("PNG", (500, 300)), "чашка.png", "Чашка"))
    assert "сохранено как версия" in page and 'alt="Чашка"' in page
    form = fields(olga)
    assert form["alt-1"] == "Чашка"
    olga.post(f"{PAGE}/edit", form | {"picture-new": "cup.jpg", "alt-new": "Ещё", "place-1": "2", "do": "save"})
    now = fields(olga)
    assert (now["pictures"], {now["alt-1"], now["alt-2"]}) == ("2", {"Чашка", "Ещё"})
    olga.post(f"{PAGE}/edit", now | {"remove-1": "1", "do": "save"})
    assert fields(olga)["pictures"] == "1"


def test_pictures_added_in_the_same_moment_all_stay(web: Web) -> None:
    people, start = [web.browser(person) for person in ("olga", "vera")], Barrier(6)

    def add(n: int) -> None:
        start.wait()
        sent(people[n % 2], drawn("PNG", (300 + n, 200)), f"{n}.png", f"picture {n}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))
    form = fields(people[0])
    assert {form[f"alt-{n}"] for n in range(1, 1 + int(form["pictures"]))} == {f"picture {n}" for n in range(6)}


def sent(browser: Browser, data: bytes, name: str, alt: str = "") -> httpx.Response:
    form = {"csrf": browser.csrf, "once": f"{name}{len(data)}", "alt": alt}
    return browser.http.post(f"{PAGE}/picture", data=form, files={"picture": (name, data)})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"no picture", "не картинка", id="no picture"),
        pytest.param(drawn("GIF"), "JPEG, PNG или WebP", id="moving"),
        pytest.param(drawn()[:500], "повреждена", id="not whole"),
        pytest.param(b"<svg onload=alert(1)>", "SVG", id="svg"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(web: Web, data: bytes, said: str) -> None:
    olga = web.browser("olga")
    assert said in olga.said(sent(olga, data, "x.jpg"))
    assert by_desk(web) == [] and list((web.house.var / "arriving").glob("*")) == []


def test_a_picture_of_200_megabytes_is_refused_at_once(web: Web) -> None:
    """Its length is announced, so nothing of it is read; the browser is told what is taken."""
    olga = web.browser("olga")
    with socket.create_connection(("127.0.0.1", int(web.url.rpartition(":")[2])), 30) as line:
        cookies = "; ".join(f"{name}={value}" for name, value in olga.http.cookies.items())
        head = (
            f"POST {PAGE}/picture HTTP/1.1", "host: 127.0.0.1", f"origin: {web.url}", f"cookie: {cookies}",
            "content-type: multipart/form-data; boundary=x", "content-length: 200000000", "connection: close",
        )  # fmt: skip
        line.sendall("\r\n".join((*head, "", "")).encode())
        answer = line.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413") and list((web.house.var / "arriving").glob("*")) == []


def test_who_may_not_edit_may_look_and_comment(web: Web) -> None:
    gleb = web.browser("gleb")
    assert gleb.get(f"{PAGE}/edit").status_code == 403
    assert gleb.post(f"{PAGE}/edit", {"text": "x"}).status_code == 403
    assert gleb.post(f"{PAGE}/comment", {"text": "Вижу"}).status_code == 303
    assert web.browser("nina").get(PAGE).status_code == 403
