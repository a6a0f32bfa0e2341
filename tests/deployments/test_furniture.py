"""Furnishing: the day of the first start, and the mail server's settings."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from deployments.furniture import first_start, mail_of
from deployments.refusal import Refusal
from deployments.settings import Settings
from models.database import writing
from models.reaction import Mark


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
