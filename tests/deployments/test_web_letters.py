"""The pages that letters point to: looking changes nothing, one press is enough, and no forged key opens anything."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from integrations.web.routes.letters import CHOICES_A_MINUTE, WRONG_A_MINUTE
from models.customers import Act, AddressKind, Suppression
from models.mailings import MailEvent
from tasks.returns import marks
from tests.deployments.served import FIREFOX, Browser, Web, web_of_its_own
from tests.tasks.returns.mailed import LINKS, Mailed, email
from tests.tasks.returns.mails import MARK, others, printed

ALL = (AddressKind.EMAIL, AddressKind.PHONE, AddressKind.TELEGRAM)
SCANNER = {"user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with web_of_its_own(tmp_path) as web:
        yield web


@pytest.fixture
def mailed(web: Web) -> Mailed:
    made = Mailed(web.house.sessions, web.clock)
    made.customers(2, ALL)
    made.mailing()
    return made


@pytest.fixture
def mark(mailed: Mailed) -> str:
    return marks.mark_of(printed, mailed.letter(1))


@pytest.fixture
def reader(web: Web) -> Browser:
    return web.browser()


def events(web: Web, mailed: Mailed) -> list[tuple[str, int | None, bool]]:
    web.app.state.premises.looks.flush()
    return [(event.what, event.link, event.robot) for event in mailed.rows(MailEvent)]


def shown(page: str) -> str:
    return str(html.fromstring(page).xpath("normalize-space(string(//main))"))


def test_a_link_leads_on_and_is_counted(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    answer = reader.get(f"/l/{mark}/2")
    assert (answer.status_code, answer.headers["location"]) == (302, LINKS[2])
    assert "no-store" in answer.headers["cache-control"] and answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    reader.get(f"/l/{mark.upper()}/2.1")
    reader.get(f"/l/{mark}/3")
    assert events(web, mailed) == [("clicked", 2, False), ("clicked", 3, False)]


def test_what_nobody_looked_at_is_not_counted(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    assert reader.http.head(f"/l/{mark}/1").status_code == 302
    for header in ("sec-purpose", "purpose", "x-purpose", "x-moz"):
        assert reader.get(f"/l/{mark}/1", **{header: "prefetch;prerender"}).status_code == 302
    assert reader.http.head(f"/o/{mark}.gif").status_code == 200 and events(web, mailed) == []


def test_machines_are_counted_apart(web: Web, mailed: Mailed, mark: str) -> None:
    scanner = web.browser(**SCANNER)
    scanner.get(f"/l/{mark}/1")
    scanner.get(f"/o/{mark}.gif")
    web.browser(**{"accept-language": ""}).get(f"/l/{mark}/2")
    reader = web.browser()
    assert reader.get(f"/l/{mark}/0").headers["location"] == "/", "the link that nobody sees"
    assert {*events(web, mailed)} == {
        ("clicked", 1, True), ("opened", None, True), ("clicked", 2, True), ("clicked", 0, True),
    }  # fmt: skip


def test_the_pixel_is_one_dot_that_nothing_keeps(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    for name in (f"{mark}.gif", mark, "forged.gif"):
        answer = reader.get(f"/o/{name}")
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/gif"
        assert answer.content.startswith(b"GIF89a") and len(answer.content) < 50
        assert "no-store" in answer.headers["cache-control"] and "set-cookie" not in answer.headers
    assert events(web, mailed) == [("opened", None, False)]


WRONG = ["forged", "x", MARK, MARK[:-1], "%00", "..%2f..%2fetc", marks.mark_of(others, 1), marks.mark_of(printed, 99)]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_forged_mark_opens_nothing_and_says_so_in_our_design(web: Web, mailed: Mailed, mark: str, wrong: str) -> None:
    reader = web.browser()
    for path in (f"/l/{wrong}/1", f"/u/{wrong}", f"/c/{wrong}", f"/v/{wrong}"):
        answer = reader.get(path)
        assert answer.status_code in (404, 400), path
        if answer.status_code == 404 and "%2f" not in wrong:
            assert "Эта ссылка не работает" in answer.text and "Семь чашек" in answer.text
    for path in (f"/u/{wrong}", f"/c/{wrong}"):
        assert reader.post(path, ONE_CLICK).status_code in (404, 400, 405), path
    assert events(web, mailed) == [] and mailed.open(1)["email"]


@pytest.mark.parametrize(
    "link", ["9", "-1", "x", "1e3", "%D9%A3", "https:%2f%2fevil.example", "1.9", "1.x", "99999999999"]
)
def test_no_link_leads_where_none_is_stored(mailed: Mailed, mark: str, reader: Browser, link: str) -> None:
    answer = reader.get(f"/l/{mark}/{link}?url=https://evil.example")
    assert answer.status_code == 404 and "location" not in answer.headers


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "data:text/html,x", ""])
def test_a_link_that_is_no_address_leads_nowhere(web: Web, mailed: Mailed, reader: Browser, url: str) -> None:
    letter = mailed.letter(2, mailed.mailing("odd", {1: url}))
    assert reader.get(f"/l/{marks.mark_of(printed, letter)}/1").status_code == 404 and events(web, mailed) == []


def test_looking_at_a_page_unsubscribes_nobody(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    for _ in range(2):
        page = reader.get(f"/u/{mark}")
        assert page.status_code == 200 and "c•••@e•••.net" in page.text and email(1) not in page.text
    reader.http.head(f"/u/{mark}")
    web.browser(**SCANNER).get(f"/u/{mark}?do=leave&List-Unsubscribe=One-Click")
    assert mailed.open(1)["email"] and not list(mailed.said()) and events(web, mailed) == []
    assert len(html.fromstring(page.text).xpath("//main//button")) == 1


@pytest.mark.parametrize("multipart", [False, True])
def test_one_press_of_a_mail_programs_button_is_enough(web: Web, mailed: Mailed, mark: str, multipart: bool) -> None:
    """RFC 8058: no cookie, no origin, no form of ours; the answer redirects nowhere."""
    sender = web.browser(origin="", **{"user-agent": "mail-service/1"})
    for _ in range(2):
        if multipart:
            answer = sender.http.post(f"/u/{mark}", files={"List-Unsubscribe": (None, "One-Click")})
        else:
            answer = sender.http.post(f"/u/{mark}", data=ONE_CLICK)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
    assert mailed.open(1) == {"email": False, "phone": True, "telegram": True}
    assert [line.source for line in mailed.said()] == ["mailing:1"]


def test_many_presses_from_one_place_are_all_heard(web: Web, mailed: Mailed) -> None:
    """A mail provider's servers pass on thousands within a minute."""
    letters = [mailed.letter(1, mailed.mailing(f"m{n}", {})) for n in range(CHOICES_A_MINUTE + WRONG_A_MINUTE)]
    sender = web.browser()
    with ThreadPoolExecutor(4) as pool:
        codes = list(
            pool.map(lambda n: sender.http.post(f"/u/{marks.mark_of(printed, n)}", data=ONE_CLICK).status_code, letters)
        )
    assert set(codes) == {200} and len(mailed.rows(MailEvent)) == len(letters)


def test_by_the_button_of_the_page_and_back(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    page = reader.said(reader.post(f"/u/{mark}", {"do": "leave"}))
    assert "Вы отписаны" in page and not mailed.open(1)["email"]
    why = html.fromstring(page).xpath("//input[@name='answer']/@value")
    assert why == ["too_often", "not_interesting", "never_asked", "another_way", "other"]
    page = reader.said(reader.post(f"/u/{mark}", {"do": "why", "answer": "never_asked"}))
    assert "Почему" not in page and mailed.rows(MailEvent)[0].code == "never_asked"
    web.clock.at += timedelta(minutes=1)
    page = reader.said(reader.post(f"/u/{mark}", {"do": "back"}))
    assert "Вы отписаны" not in page and mailed.open(1)["email"]
    [line] = mailed.said(Act.GIVEN)
    assert line.wording == "letter-preferences-1" and line.proof.startswith("message 1, event")


@pytest.mark.parametrize("fields", [{}, {"do": "x"}, {"List-Unsubscribe": "Two-Click"}])
def test_a_form_that_says_nothing_does_nothing(
    mailed: Mailed, mark: str, reader: Browser, fields: dict[str, str]
) -> None:
    assert reader.post(f"/u/{mark}", fields).status_code == 400
    assert reader.post(f"/c/{mark}", fields).status_code == 400
    assert reader.post(f"/u/{mark}", {"do": "why", "answer": "nonsense"}).status_code == 303
    assert mailed.open(1)["email"] and not mailed.rows(MailEvent)


def test_a_recipient_chooses_how_to_be_reached(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    page = reader.get(f"/c/{mark}")
    ticked = html.fromstring(page.text).xpath("//input[@checked]/@value")
    assert ticked == ["email", "phone", "telegram"] and email(1) not in page.text and "79000000001" not in page.text
    page_after = reader.said(reader.post(f"/c/{mark}", {"do": "save", "kind": ["telegram"]}))
    assert "Сохранено" in page_after and mailed.open(1) == {"email": False, "phone": False, "telegram": True}
    assert events(web, mailed) == [("unsubscribed", None, False)]
    web.clock.at += timedelta(minutes=1)
    reader.post(f"/c/{mark}", {"do": "save", "kind": ["phone", "telegram", "nonsense"]})
    assert mailed.open(1) == {"email": False, "phone": True, "telegram": True}
    web.clock.at += timedelta(minutes=1)
    reader.post(f"/c/{mark}", {"do": "none"})
    assert not any(mailed.open(1).values()) and all(mailed.open(2).values())


def test_what_the_house_has_barred_cannot_be_switched_on_by_a_page(
    web: Web, mailed: Mailed, mark: str, reader: Browser
) -> None:
    with mailed.sessions.begin() as session:
        session.add(Suppression(kind="email", print=printed("email", email(1)), why="bounced", since=web.clock.at))
    reader.post(f"/u/{mark}", {"do": "leave"})
    page = reader.get(f"/c/{mark}").text
    assert html.fromstring(page).xpath("//input[@value='email']/@disabled") and "Здесь это не включить" in page
    web.clock.at += timedelta(minutes=1)
    reader.post(f"/c/{mark}", {"do": "save", "kind": ["email"]})
    assert not mailed.open(1)["email"] and "Подписаться снова" not in reader.get(f"/u/{mark}").text
    assert reader.post(f"/u/{mark}", {"do": "back"}).status_code == 303
    assert list(mailed.said(Act.GIVEN)) == [], "no page has shown these words"


def test_a_test_letter_shows_its_pages_and_changes_nothing(web: Web, mailed: Mailed, reader: Browser) -> None:
    trial = marks.test_mark(printed, 1, "A")
    for path in (f"/u/{trial}", f"/c/{trial}"):
        assert "Это пробное письмо" in reader.get(path).text
        assert reader.post(path, {"do": "none", **ONE_CLICK}).status_code in (200, 303)
    assert reader.get(f"/l/{trial}/1").headers["location"] == LINKS[1]
    reader.get(f"/o/{trial}.gif")
    assert events(web, mailed) == [] and mailed.open(1)["email"]


def test_a_letter_is_shown_as_a_page_that_can_do_nothing(web: Web, mailed: Mailed, mark: str, reader: Browser) -> None:
    assert reader.get(f"/v/{mark}").status_code == 404, "what was sent is not kept"
    web.app.state.premises.verbs.letter_page = lambda mark: (
        f"<p style='color:red'>Чай {mark}</p><script>alert(1)</script>"
    )
    answer = reader.get(f"/v/{mark}")
    assert answer.status_code == 200 and f"Чай {mark}" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy and "script-src" not in policy and "default-src 'none'" in policy
    assert reader.get("/v/forged").status_code == 404


def test_who_tries_many_keys_is_slowed_down_and_good_ones_are_not(web: Web, mark: str, reader: Browser) -> None:
    codes = [reader.get(f"/u/forged{n}").status_code for n in range(WRONG_A_MINUTE + 5)]
    assert codes == [404] * WRONG_A_MINUTE + [429] * 5
    assert reader.get("/c/forged").headers["retry-after"] == "60"
    assert reader.get(f"/u/{mark}").status_code == 200 and reader.get(f"/l/{mark}/1").status_code == 302
    web.clock.at += timedelta(minutes=1)
    assert reader.get("/u/forged").status_code == 404


def test_one_letters_choices_are_bounded(mailed: Mailed, mark: str, reader: Browser) -> None:
    codes = [reader.post(f"/c/{mark}", {"do": "save"}).status_code for _ in range(CHOICES_A_MINUTE + 2)]
    assert codes == [303] * CHOICES_A_MINUTE + [429] * 2
    assert reader.http.post(f"/u/{mark}", data=ONE_CLICK).status_code == 200, "one press is always heard"


def test_pages_are_kept_nowhere_and_carry_no_script(mailed: Mailed, mark: str, reader: Browser) -> None:
    for path in (f"/u/{mark}", f"/c/{mark}", "/u/forged"):
        answer = reader.get(path)
        assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
        assert (
            "noindex" in answer.headers["x-robots-tag"]
            and "script-src" not in answer.headers["content-security-policy"]
        )
        assert "set-cookie" not in answer.headers
        tree = html.fromstring(answer.text)
        assert not tree.xpath("//script | //style | //@style | //@onclick")


def test_pages_speak_the_readers_language(web: Web, mailed: Mailed, mark: str) -> None:
    english = web.browser(**{"accept-language": "en-GB,en;q=0.9"})
    assert "sends no more advertising" in english.get(f"/u/{mark}").text
    assert "больше не пришлёт рекламу" in web.browser().get(f"/u/{mark}").text


def test_a_burst_of_clicks_is_written_together(web: Web, mailed: Mailed) -> None:
    letters = [marks.mark_of(printed, mailed.letter(1, mailed.mailing(f"m{n}"))) for n in range(20)]
    browsers = [web.browser() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda n: browsers[n % 4].get(f"/l/{letters[n % 20]}/{n % 3 + 1}").status_code, range(120)))
    assert set(got) == {302}
    assert sorted(events(web, mailed)) == sorted([("clicked", n, False) for n in (1, 2, 3)] * 20)


def test_no_key_is_in_the_log(web: Web, mark: str, reader: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for path in (f"/l/{mark}/1", f"/o/{mark}.gif", f"/u/{mark}", f"/c/{mark}?saved=1"):
        reader.get(path)
    said = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("otdel"))
    assert mark not in said and "/u/{mark} 200" in said and FIREFOX not in said
