"""Furnishing: the day of the first start, and the mail server's settings."""

import hmac
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from deployments.furniture import first_start, keyed, mail_of, workspace_of
from deployments.refusal import Refusal
from deployments.settings import Settings
from models.database import writing
from models.reaction import Mark
from tests.fakes import NOW
from tests.house import settle_company


def test_the_first_start_is_the_companys_day_not_utcs(database: Engine) -> None:
    at = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    with writing(database) as session:
        session.add(Mark(name="first_start", value=at.isoformat(), at=at))
    days = {
        zone: first_start(database, zone).day for zone in ("UTC", "Asia/Novosibirsk", "America/New_York", "Nowhere/x")
    }
    assert days == {"UTC": 21, "Asia/Novosibirsk": 22, "America/New_York": 21, "Nowhere/x": 21}


def test_processes_that_start_together_agree_on_the_first_start(database: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: first_start(database, "UTC"), range(8)))) == 1


def test_a_wrong_mail_setting_is_named_and_its_value_is_not(settings: Settings) -> None:
    with pytest.raises(Refusal) as refused:
        mail_of(settings, {"OTDEL_SMTP_HOST": "mail", "OTDEL_SMTP_PORT": "my-password"})
    assert "OTDEL_SMTP_PORT" in str(refused.value)
    assert "my-password" not in str(refused.value)
    assert mail_of(settings, {}).settings.mailbox == settings.mailbox


@given(st.binary(min_size=1, max_size=64), st.text(), st.text())
def test_a_keyed_print_is_an_hmac(key: bytes, kind: str, value: str) -> None:
    assert keyed(key)(kind, value) == hmac.new(key, f"{kind}\n{value}".encode(), "sha256").hexdigest()


FEED = "sources:\n  - {key: shop, kind: products, title: Shop, path: shop.xml}\n"


def test_a_file_that_the_settings_name_is_seen_when_it_comes(tmp_path: Path) -> None:
    opened = workspace_of(settle_company(tmp_path, {"tg": "Telegram"}, FEED), NOW.date())
    assert opened()[0].sources == () and "no_path" in [problem.reason.code for problem in opened()[1]]
    (tmp_path / "shop.xml").write_text("<yml_catalog/>")
    assert [source.key for source in opened()[0].sources] == ["shop"]
    assert "no_path" not in [problem.reason.code for problem in opened()[1]]


def test_a_file_outside_the_folder_is_not_waited_for(tmp_path: Path) -> None:
    """It never comes: looked at as if it had, it would make every look read the settings anew."""
    (tmp_path / "shop.xml").write_text("<yml_catalog/>")
    (tmp_path / "company").mkdir()
    feed = FEED.replace("shop.xml", str(tmp_path / "shop.xml"))
    opened = workspace_of(settle_company(tmp_path / "company", {"tg": "Telegram"}, feed), NOW.date())
    assert opened() is opened()


def test_settings_are_read_once_and_again_however_soon_they_change(tmp_path: Path) -> None:
    opened = workspace_of(settle_company(tmp_path, {"tg": "Telegram"}), NOW.date())
    file, first = tmp_path / "company.yaml", opened()
    assert opened()[0] is first[0]
    stood, other = file.stat(), file.with_suffix(".new")
    other.write_text(file.read_text().replace("Seven Cups", "Eight Cup"))
    os.utime(other, ns=(stood.st_atime_ns, stood.st_mtime_ns))
    other.replace(file)
    assert opened()[0].company.name == "Eight Cup"
