"""The small rules of the web process: language, machines, colours, passwords, counters."""

import re
from itertools import product
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from fastapi import Request, Response
from pydantic import SecretStr

from integrations.web import flash
from integrations.web.access import inside
from integrations.web.brand import contrast, legible, stylesheet
from integrations.web.language import preferred
from integrations.web.measures import counters
from integrations.web.passwords import Passwords, objection
from integrations.web.robots import is_guess, is_robot
from integrations.web.screen import money
from models.locale import spoken
from models.post import Picture, Post
from models.reason import because

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_what_is_said_after_an_order_fits_into_a_cookie() -> None:
    """A browser throws away one of more than four kilobytes, and then nobody is told anything."""
    here = SimpleNamespace(settings=SimpleNamespace(secret=SecretStr("of the tests")))
    app = SimpleNamespace(state=SimpleNamespace(premises=here))
    url = {"type": "http", "scheme": "http", "path": "/", "server": ("here", 80), "headers": [], "query_string": b""}
    request, answer = Request(url | {"app": app}), Response()
    noise = "".join(chr(0x430 + (n * n * 7919) % 32) for n in range(3000))
    flash.tell(request, answer, [because("{said}", code="done", said=noise[n:]) for n in range(6)])
    cookie = answer.headers["set-cookie"]
    assert len(cookie) < 4096
    back = Request(url | {"app": app, "headers": [(b"cookie", cookie.partition(";")[0].encode())]})
    told = flash.told(back)
    assert str(told[0]).startswith(noise[:100]) and told[0].code == "done"


@pytest.mark.parametrize(
    ("header", "chosen", "expected"),
    [
        pytest.param("ru-RU,ru;q=0.9,en;q=0.8", "", "ru", id="first wish"),
        pytest.param("de,en;q=0.3,ru;q=0.7", "", "ru", id="the greater wish"),
        pytest.param("de-DE, fr", "", "ru", id="none of ours"),
        pytest.param("", "", "ru", id="nothing said"),
        pytest.param("ru", "en", "en", id="chosen on the page"),
        pytest.param("en", "xx", "en", id="chosen nonsense"),
        pytest.param("en;q=0, ru;q=0.1", "", "ru", id="refused"),
        pytest.param("en;q=abc,,;;=", "", "ru", id="garbage"),
    ],
)
def test_a_reader_is_spoken_to_in_their_language(header: str, chosen: str, expected: str) -> None:
    assert preferred(header, chosen, "ru") == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        pytest.param(FIREFOX, False, id="firefox"),
        pytest.param("Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36",
                     False, id="a phone called Cubot"),
        pytest.param("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 YaBrowser/24.10 Safari/537.36", False, id="yabrowser"),
        pytest.param("Mozilla/5.0 (Linux; Android 14) Chrome/130 YandexSearch/24.1 Safari/537.36", False, id="app"),
        pytest.param("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", True, id="yandexbot"),
        pytest.param("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True, id="googlebot"),
        pytest.param("TelegramBot (like TwitterBot)", True, id="telegram"),
        pytest.param("Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)", True, id="vk"),
        pytest.param("python-httpx/0.28.1", True, id="httpx"),
        pytest.param("Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/130 Safari/537.36", True, id="headless"),
        pytest.param("", True, id="silent"),
    ],
)  # fmt: skip
def test_machines_are_told_from_people(agent: str, expected: bool) -> None:
    assert is_robot(agent) is expected


def test_what_is_fetched_ahead_is_nobodys_visit() -> None:
    assert is_guess("prefetch;prerender") and is_guess("Prefetch") and not is_guess("")


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example", "/a\\b", "/\t/evil.example", "",
     "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", " /staff", "/ /evil.example", "http:evil.example",
     "///evil.example", "staff"],
)  # fmt: skip
def test_the_way_on_never_leads_away(target: str) -> None:
    assert inside(target, "/staff") == "/staff"


def test_the_way_on_may_be_any_page_of_ours() -> None:
    assert inside("/approval/7?x=1#row-2", "/staff") == "/approval/7?x=1#row-2"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        pytest.param("короткий", "too_short", id="short"),
        pytest.param("x1" * 200, "too_long", id="long"),
        pytest.param("1212121212", "same_signs", id="few signs"),
        pytest.param("password2026!", "common", id="common with a year"),
        pytest.param("ПАРОЛЬ123456", "common", id="common in capitals"),
        pytest.param("йцукенгшщзх", "common", id="a row of keys"),
        pytest.param("1234567890", "common", id="digits in order"),
        pytest.param("ладогина1980", "about_you", id="a name"),
        pytest.param("marina@2026", "about_you", id="a mail address"),
        pytest.param("тёплый самовар в углу", "", id="a sentence"),
        pytest.param("correct horse battery", "", id="words"),
        pytest.param("Zk4!vR9#pq2W", "", id="chance"),
    ],
)
def test_a_password_that_could_be_guessed_is_refused(password: str, code: str) -> None:
    assert objection(password, ["marina", "Марина", "Ладогина"]).code == code


def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords(CHEAP)
    kept = passwords.hash("тёплый самовар")
    assert passwords.fits(kept, "тёплый самовар")
    assert not passwords.fits(kept, "тёплый самовар ")
    assert not passwords.fits("", "nobody has this password")
    assert not passwords.fits("spoilt", "тёплый самовар")
    assert "самовар" not in kept and passwords.hash("тёплый самовар") != kept


def test_a_password_under_old_parameters_is_renewed() -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert stronger.is_outdated(Passwords(CHEAP).hash("x")) and not stronger.is_outdated(stronger.hash("x"))


SEVEN_CUPS = {"background": "#fbf6ec", "text": "#2b2320", "accent": "#a84a24", "link": "#2f5d44"}


def colours(css: str) -> list[dict[str, str]]:
    return [dict(re.findall(r"(--[\w-]+):([^;]+);", half)) for half in css.split("@media")]


@pytest.mark.parametrize(
    "palette",
    [
        pytest.param(SEVEN_CUPS, id="a brand"),
        pytest.param({}, id="none"),
        pytest.param({"background": "#ffffff", "text": "#eeeeee", "accent": "#ffff00", "link": "#ffffff"}, id="pale"),
        pytest.param({"background": "#101010", "text": "#fafafa", "accent": "#000000"}, id="a dark brand"),
    ],
)  # fmt: skip
def test_a_brand_can_always_be_read(palette: dict[str, str]) -> None:
    for scheme in colours(stylesheet(palette, {})):
        for name, ground in product(("--ink", "--soft", "--accent", "--link"), ("--ground", "--paper")):
            assert contrast(scheme[name], scheme[ground]) >= 4.5, (name, ground)
        assert contrast(scheme["--on-accent"], scheme["--accent"]) >= 4.5


def test_a_brand_cannot_write_rules_of_its_own() -> None:
    css = stylesheet(
        {"accent": "red;}body{display:none", "link": "#12345"}, {"text": "x;}*{display:none}", "heading": "A, 'B'"}
    )
    assert "display" not in css and "--heading:A, 'B'" in css


def test_a_colour_moves_only_as_far_as_it_must() -> None:
    assert legible("#a84a24", "#fbf6ec", "#000000") == "#a84a24"


@pytest.mark.parametrize(
    ("language", "minor", "currency", "expected"),
    [
        pytest.param("ru", 49000, "RUB", "490\u00a0₽", id="rubles"),
        pytest.param("ru", 49050, "RUB", "490,50\u00a0₽", id="kopecks"),
        pytest.param("en", 490000, "GBP", "£4,900", id="pounds"),
        pytest.param("en", 490050, "GBP", "£4,900.50", id="pence"),
        pytest.param("en", 49000, "RUB", "RUB\u00a0490", id="a code"),
        pytest.param("en", 490, "JPY", "¥490", id="no minor units"),
    ],
)
def test_a_price_is_written_as_its_reader_writes_it(language: str, minor: int, currency: str, expected: str) -> None:
    with spoken(language):
        assert money(minor, currency) == expected


PICTURE = Picture(sha256="0" * 64, media_type="image/jpeg", width=1, height=1, size=1)


@pytest.mark.parametrize(
    ("post", "provider", "expected"),
    [
        pytest.param(Post(text="чай"), "telegram", [("Text", 3, 4096)], id="text"),
        pytest.param(Post(text="ч" * 1025, pictures=(PICTURE,)), "telegram",
                     [("Text", 1025, 4096), ("Pictures", 1, 10)], id="too long for a caption"),
        pytest.param(Post(text="чай", pictures=(PICTURE,)), "telegram",
                     [("Text under pictures", 3, 1024), ("Pictures", 1, 10)], id="caption"),
        pytest.param(Post(text="x", title="t" * 111), "site", [("Text", 1, None), ("Headline", 111, 110)], id="site"),
        pytest.param(Post(text="чай"), "unheard of", [("Text", 3, None)], id="unknown"),
    ],
)  # fmt: skip
def test_counters_count_as_the_channel_does(
    post: Post, provider: str, expected: list[tuple[str, int, int | None]]
) -> None:
    assert [(count.title, count.number, count.limit) for count in counters(post, provider)] == expected
