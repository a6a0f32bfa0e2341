"""What services tell: believed with its proof only, written down before it is answered, once however often it comes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from logging import LogRecord, getLogger
from logging.handlers import QueueHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col

from deployments.secrets import ensure_secrets
from deployments.settings import Settings
from deployments.typed_in_over_http import GOOD_FOR, TypedInOverHttp
from integrations.errors import Refused
from integrations.mailers.webhooks import PATH_SECRET
from integrations.web.routes.webhooks import BODY_MOST, WRONG_A_MINUTE
from models.database import SetClock, connect
from models.mailings import MailEvent, Message
from models.reason import because
from tasks.returns import marks
from tests.deployments.served import Web, serving
from tests.fakes import NOW, FakeChannel
from tests.house import empty_database, furnished
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import KINDS, Harness, beside
from tests.tasks.reactions_to_mailings.fakes import with_mailers
from tests.tasks.returns.mailed import Mailed, email
from tests.tasks.returns.mails import printed

TELLING = sorted(name for name, kind in KINDS.items() if kind.tell)


@contextmanager
def house_of(root: Path, **others: Any) -> Iterator[tuple[Web, Mailed]]:
    """A web process whose mailers are all that tell something, each called as its provider, `_` for `-`."""
    (root / "otdel.sqlite").write_bytes(empty_database())
    engine, clock = connect(f"sqlite:///{root / 'otdel.sqlite'}"), SetClock(NOW)
    with ExitStack() as stack:
        harnesses: list[Harness] = [stack.enter_context(beside(name)) for name in TELLING]
        mailers = {one.name.replace("_", "-"): one.mailer(lambda: NOW) for one in harnesses}
        house = with_mailers(furnished(root, engine, {"fake": FakeChannel()}, clock), mailers | others)
        mailed = Mailed(house.sessions, clock)
        mailed.customers(2)
        mailed.mailing()
        with serving(house, clock) as web:
            yield web, mailed
    engine.dispose()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Mailed]]:
    no_key = Refused(because("No key.", code="no_credentials"))
    with house_of(tmp_path_factory.mktemp("house"), keyless=no_key) as both:
        yield both


@pytest.fixture
def web(both: tuple[Web, Mailed]) -> Web:
    both[0].clock.at += GOOD_FOR  # another minute: who was slowed down is not any more
    return both[0]


@pytest.fixture
def mailed(both: tuple[Web, Mailed]) -> Mailed:
    return both[1]


def tell(name: str, letter: int, number: str, **more: Any) -> tuple[str, dict[str, str], bytes]:
    """What a provider tells of a letter: where to, by which headers, with which body."""
    told: Any = KINDS[name].tell
    headers, body = told(email(1), marks.mark_of(printed, letter), number, NOW, **more)
    path = f"/hooks/{name.replace('_', '-')}"
    return path + (f"/{headers.pop(PATH_SECRET)}" if PATH_SECRET in headers else ""), headers, body


def post(web: Web, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    return httpx.post(web.url + path, headers=headers, content=body, timeout=30, trust_env=False)


def events(mailed: Mailed, letter: int) -> list[str]:
    return [event.what for event in mailed.rows(MailEvent) if event.message_id == letter]


@pytest.mark.parametrize("name", TELLING)
def test_what_a_service_proves_is_written_down_before_it_is_answered(web: Web, mailed: Mailed, name: str) -> None:
    letter = mailed.letter(1, account=name.replace("_", "-"), occasion=name, remote_id=f"number-{name}")
    web.clock.at = NOW
    path, headers, body = tell(name, letter, f"number-{name}")
    answer = post(web, path, headers, body)
    assert (answer.status_code, answer.content) == (200, b"") and "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store" and events(mailed, letter) == ["delivered"]
    assert post(web, path, headers, body).status_code == 200 and events(mailed, letter) == ["delivered"]
    source = next(event.source for event in mailed.rows(MailEvent) if event.message_id == letter)
    assert source == "telling", "the provider, by the card"


@pytest.mark.parametrize("name", TELLING)
def test_the_forged_is_told_nothing(web: Web, mailed: Mailed, name: str) -> None:
    letter = mailed.letter(1, account=name.replace("_", "-"), occasion=f"forged {name}", remote_id=f"forged-{name}")
    path, headers, body = tell(name, letter, f"forged-{name}")
    path = path if path.count("/") == 2 else path.rpartition("/")[0]
    unsigned = {name: value for name, value in headers.items() if "ignature" not in name}
    another = body.replace(b"customer1", b"customer2")
    assert another != body
    forgeries = [post(web, f"{path}/guessed", unsigned, another)]
    if name != "mailgun":  # its proof is in the body, and not over the events
        forgeries.append(post(web, path, unsigned, another))
    else:
        forgeries = [post(web, path, {}, body.replace(b'"signature": "', b'"signature": "0'))]
    assert [(one.status_code, one.content) for one in forgeries] == [(403, b"")] * len(forgeries)
    stranger = post(web, "/hooks/nobody", headers, body)
    assert (stranger.status_code, stranger.content) == (403, b"") and events(mailed, letter) == []


def test_the_secret_of_an_address_is_not_taken_from_a_header(web: Web, mailed: Mailed) -> None:
    letter = mailed.letter(1, account="sendpulse", occasion="path", remote_id="path-1")
    path, headers, body = tell("sendpulse", letter, "path-1")
    short = path.rpartition("/")[0]
    assert post(web, short, headers | {PATH_SECRET: hooks.PATH}, body).status_code == 403
    assert events(mailed, letter) == [] and post(web, path, headers, body).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"auth": 1}', b"[" * 5000, b"null", b'{"a": NaN}'])
@pytest.mark.parametrize("name", TELLING)
def test_junk_is_refused_and_breaks_nothing(web: Web, name: str, body: bytes) -> None:
    web.clock.at += GOOD_FOR
    path, headers, _ = tell(name, 1, "1")
    is_nothing = name == "sendpulse" and body == b"[]"  # by its address it is the service, and it tells of nothing
    assert post(web, path, headers, body).status_code in ((200,) if is_nothing else (400, 403))


def test_what_is_too_large_is_not_read(web: Web) -> None:
    path, headers, _ = tell("mailgun", 1, "1")
    assert post(web, path, headers, b"x" * (BODY_MOST + 1)).status_code == 413


def test_an_amazon_topic_is_confirmed(web: Web, mailed: Mailed) -> None:
    address = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    asked = hooks.notice("You have chosen to subscribe", web.clock.at, Type="SubscriptionConfirmation", Token="t",
                         SubscribeURL=address)  # fmt: skip
    web.clock.at = NOW
    headers, body = hooks.notice(
        "You have chosen to subscribe", NOW, Type="SubscriptionConfirmation", Token="t", SubscribeURL=address
    )
    assert post(web, "/hooks/amazon-ses", headers, body).status_code == 200 and asked
    mailer: Any = web.house.mailer_of(web.house.mailer_card("amazon-ses"))  # type: ignore[arg-type]
    assert address in mailer.http._transport.asked
    evil = hooks.notice("x", NOW, Type="SubscriptionConfirmation", Token="t", SubscribeURL="https://evil.example/")
    assert post(web, "/hooks/amazon-ses", *evil).status_code == 403


def test_whose_keys_are_not_known_just_now_is_asked_to_come_again(web: Web) -> None:
    answer = post(web, "/hooks/keyless", {}, b"{}")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "60"


def test_an_address_answers_whoever_only_looks(web: Web) -> None:
    for path in ("/hooks/mailgun", "/hooks/sendpulse/x", "/hooks/nobody"):
        for method in ("GET", "HEAD"):
            answer = httpx.request(method, web.url + path, trust_env=False)
            assert (answer.status_code, answer.content) == (200, b"")


def test_who_guesses_is_slowed_down_and_the_service_is_not(web: Web, mailed: Mailed) -> None:
    web.clock.at = NOW
    codes = [post(web, "/hooks/nobody", {}, b"{}").status_code for _ in range(WRONG_A_MINUTE + 60)]
    assert codes[-1] == 429 and set(codes) == {403, 429}
    letter = mailed.letter(1, account="mailgun", occasion="slow", remote_id="slow-1")
    assert post(web, *tell("mailgun", letter, "slow-1")).status_code == 200


def test_many_at_once_are_each_written_before_they_are_answered(web: Web, mailed: Mailed) -> None:
    web.clock.at = NOW
    letters = [mailed.letter(1, account="mailgun", occasion=f"many {n}", remote_id=f"many-{n}") for n in range(40)]

    def told(n: int) -> bool:
        path, headers, body = tell("mailgun", letters[n], f"many-{n}")
        said = json.loads(body)
        said["event-data"]["id"] = f"many {n}"
        is_taken = post(web, path, headers, json.dumps(said).encode()).status_code == 200
        return is_taken and events(mailed, letters[n]) == ["delivered"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(told, range(40)))


def test_what_cannot_be_written_is_told_again(tmp_path: Path) -> None:
    with house_of(tmp_path) as (web, mailed):
        letter = mailed.letter(1, account="mailgun", remote_id="m-1")
        with web.house.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE mail_event RENAME TO away")
        path, headers, body = tell("mailgun", letter, "m-1")
        answer = post(web, path, headers, body)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        with web.house.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO mail_event")
        assert post(web, path, headers, body).status_code == 200 and events(mailed, letter) == ["delivered"]


def test_no_log_keeps_the_secret_of_an_address(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    """The line is written when the answer has gone, so whoever has the answer waits for the line."""
    caplog.set_level("INFO")
    written: SimpleQueue[LogRecord] = SimpleQueue()
    listening, log = QueueHandler(written), getLogger("otdel")
    log.addHandler(listening)
    try:
        path, headers, body = tell("sendpulse", 1, "1")
        post(web, path, headers, body)
        assert "/hooks/{account}/{secret}" in written.get(timeout=30).getMessage()
    finally:
        log.removeHandler(listening)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("otdel"))
    assert hooks.PATH not in said and email(1) not in said


def test_a_letter_of_another_account_is_not_told_of(web: Web, mailed: Mailed) -> None:
    web.clock.at = NOW
    letter = mailed.letter(2, account="sendgrid", occasion="other", remote_id="same-number")
    with web.house.sessions.begin() as session:
        session.execute(update(Message).where(col(Message.id) == letter).values(print=""))
    path, headers, body = tell("mailgun", letter, "same-number")
    said = json.loads(body)
    said["event-data"]["user-variables"] = {}
    assert post(web, path, headers, json.dumps(said).encode()).status_code == 200 and events(mailed, letter) == []


# What is typed into Prefect.


def test_keys_are_asked_of_prefect_once_and_kept_where_it_is_away(settings: Settings) -> None:
    clock, asked = SetClock(NOW), []

    class Prefect(TypedInOverHttp):
        is_away = False

        def _asked(self, provider: str, account: str) -> dict[str, Any]:
            asked.append((provider, account))
            if self.is_away:
                raise httpx.ConnectError("away")
            return {"api_key": "k"}

    typed_in = Prefect(settings, lambda: ensure_secrets(settings), {"mailgun"}, lambda: clock.at)
    assert typed_in("telegram", "tg") == {} and asked == []
    assert typed_in("mailgun", "post") == typed_in("mailgun", "post") == {"api_key": "k"} and len(asked) == 1
    typed_in.is_away = True
    clock.at += 2 * GOOD_FOR
    assert typed_in("mailgun", "post") == {"api_key": "k"} and len(asked) == 2
    assert typed_in("mailgun", "another") == typed_in("mailgun", "another") == {} and len(asked) == 3
    typed_in.is_away = False
    clock.at += GOOD_FOR
    assert typed_in("mailgun", "another") == {"api_key": "k"}
