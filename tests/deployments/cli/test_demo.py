"""`otdel demo` beside a real house: nothing of that house has a part in it."""

from pathlib import Path

import pytest

from deployments.cli.demo import prepare, settings_in
from tests.deployments.cli.conftest import Otdel

REAL = {
    "OTDEL_SMTP_HOST": "mail.example.org",
    "OTDEL_TELEGRAM_TELEGRAM_TOKEN": "real-token",
    "OTDEL_PUBLIC_URL": "https://www.example.org",
    "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://db/prefect",
}


def test_the_real_house_has_no_part_in_the_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tmp_path / "real.sqlite"
    for name, value in {**REAL, "OTDEL_DATABASE_URL": f"sqlite:///{real}"}.items():
        monkeypatch.setenv(name, value)
    settings = settings_in(tmp_path / "show")
    surroundings = prepare(settings, "en")
    assert not real.exists()
    assert Path(settings.database.removeprefix("sqlite:///")).is_relative_to(tmp_path / "show")
    assert not set(REAL.values()) & set(surroundings.values())
    assert not surroundings["OTDEL_DATABASE_URL"]


def test_a_language_without_a_sample_is_wrong_use(otdel: Otdel, tmp_path: Path) -> None:
    said = otdel("demo", "--locale", "de", "--keep", str(tmp_path / "kept"))
    assert (said.code, "“de”" in said.text) == (2, True)
