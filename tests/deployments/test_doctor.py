"""The doctor: each thing that can be wrong is found, said with its mend, and nothing else is blamed."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deployments import house
from deployments.cli.house import lay_out
from deployments.doctor import examine, is_well
from deployments.doctor.finding import Finding, Level
from deployments.secrets import ensure_secrets, secrets_path
from deployments.settings import Settings
from tests.deployments.conftest import bring_up


@pytest.fixture
def company(settings: Settings) -> Settings:
    """A company laid out and started once, standing still."""
    (settings.workspace / "company.yaml").unlink()
    lay_out(settings.workspace, "skeleton", "en")
    ensure_secrets(settings)
    bring_up(settings)
    return settings


def findings(settings: Settings, about: str = "", ago: timedelta = timedelta()) -> list[Finding]:
    """What the doctor finds now: the files of a test have just been written, however long ago it was collected."""
    return [
        found
        for found in examine(settings, datetime.now(UTC) - ago)
        if found.level != Level.OK and about in ("", found.about)
    ]


def test_a_company_standing_still_is_well_but_not_running(company: Settings) -> None:
    found = findings(company)
    assert [(one.level, one.about) for one in found] == [(Level.WARN, "processes")]
    assert "otdel up" in str(found[0].mend)
    assert not is_well(found)


def test_every_finding_says_what_and_every_bad_one_how_to_mend_it(company: Settings) -> None:
    secrets_path(company).chmod(0o644)
    (company.workspace / "company.yaml").write_text("name: [", encoding="utf-8")
    for found in examine(company, datetime.now(UTC)):
        assert str(found.what)
        if found.level == Level.BAD and found.about != "workspace":  # a problem of a file carries its own mend
            assert str(found.mend)


def test_a_taken_port_is_found_with_another_to_take(company: Settings) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", company.web_port))
        stranger.listen()
        (found,) = findings(company, "ports")
    assert f"OTDEL_WEB_PORT={company.web_port + 100}" in str(found.mend)


def test_a_slip_in_a_file_is_found_by_its_place(company: Settings) -> None:
    channels = company.workspace / "channels.yaml"
    channels.write_text(channels.read_text().replace("provider: site", "provider: myspace"), encoding="utf-8")
    assert any("channels.yaml" in str(found.what) for found in findings(company, "workspace"))


def test_open_secrets_are_found(company: Settings) -> None:
    secrets_path(company).chmod(0o644)
    (found,) = findings(company, "secrets")
    assert found.level == Level.BAD
    assert "chmod 600" in str(found.mend)


def test_a_clock_that_went_back_is_found(company: Settings) -> None:
    (found,) = findings(company, "clock", timedelta(days=2))
    assert found.level == Level.BAD


def test_an_unknown_zone_is_found(company: Settings) -> None:
    path = company.workspace / "company.yaml"
    path.write_text(path.read_text().replace("Europe/London", "Europe/Atlantis"), encoding="utf-8")
    assert any("Europe/Atlantis" in str(found.what) for found in findings(company, "clock"))


def test_a_database_behind_the_code_or_before_it_is_told_apart(company: Settings) -> None:
    import sqlite3

    for revision, level in (("9999", Level.BAD), (None, Level.WARN)):
        with sqlite3.connect(company.var / "otdel.sqlite") as connection:
            connection.execute("DELETE FROM alembic_version")
            if revision:
                connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.close()
        (found,) = findings(company, "database")
        assert found.level == level


@pytest.fixture
def real_channel(company: Settings) -> Settings:
    path = company.workspace / "channels.yaml"
    card = '  - {key: tg, provider: telegram, title: Telegram, settings: {chat: "@example"}}\n'
    path.write_text(path.read_text(encoding="utf-8") + card, encoding="utf-8")
    return company


def test_real_channels_with_loopback_links_are_refused(real_channel: Settings) -> None:
    (found,) = findings(real_channel, "addresses")
    assert found.level == Level.BAD
    assert "tg" in str(found.what)
    assert "public_url" in str(found.mend)


def test_real_channels_with_a_public_address_are_well(real_channel: Settings) -> None:
    assert not findings(real_channel.model_copy(update={"public_url": "https://www.example.org"}), "addresses")


def test_a_channel_that_calls_this_machine_only_may_lead_here(
    real_channel: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTDEL_TELEGRAM_TG_API_URL", "http://127.0.0.1:9")
    assert not findings(real_channel, "addresses")
    monkeypatch.setenv("OTDEL_TELEGRAM_TG_API_URL", "https://api.example.org")
    assert findings(real_channel, "addresses")


class Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def desk() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_addresses_of_a_running_house_are_opened(company: Settings, desk: str) -> None:
    urls = {"ui_url": desk, "staff_url": f"{desk}/broken", "public_url": "http://127.0.0.1:9"}
    with house.locked(company):
        found = {str(one.what).split()[0] for one in findings(company.model_copy(update=urls), "addresses")}
    assert found == {"staff_url", "public_url"}


def test_a_dead_child_and_a_silent_runner_are_found(company: Settings, tmp_path: Path) -> None:
    launcher = house.tenant("launcher", __import__("os").getpid())
    gone = house.Tenant(name="web", pid=2**22 - 3, born="before")
    with house.locked(company):
        house.write_record(company, house.Record(launcher=launcher, children=(gone,)))
        said = [str(found.what) for found in findings(company, "processes") + findings(company, "runner")]
        assert said == ["Desk and pages does not run.", "The runner has not asked for work yet."]
        (company.var / "runner.json").write_text('{"polled_at": "2026-11-21T10:00:00+00:00"}')
        assert "last asked" in str(findings(company, "runner")[0].what)


def test_a_server_that_does_not_answer_is_found(company: Settings) -> None:
    with house.locked(company):
        (found,) = findings(company, "server")
    assert found.level == Level.BAD


def test_a_table_that_is_named_and_not_there_is_found(company: Settings) -> None:
    file = company.workspace / "company.yaml"
    named = "\ntables: {customers: [customers.csv], purchases: [sold/*.csv]}\n"
    file.write_text(file.read_text("utf-8") + named, "utf-8")
    (found,) = findings(company, "tables")
    assert "customers.csv" in str(found.what) and "company.yaml: tables" in str(found.mend)
    (company.workspace / "customers.csv").write_text("Code")
    assert findings(company, "tables") == []
