"""Settings: absolute paths, addresses of this machine by default, and an error that names the variable."""

from pathlib import Path

import pytest

from deployments.front import read_front
from deployments.refusal import Exit, Refusal
from deployments.settings import Settings, read_settings


def test_a_relative_workspace_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OTDEL_WORKSPACE", "our/company")
    assert read_settings().workspace == tmp_path / "our/company"


def test_the_database_lies_in_the_workspace_unless_named(settings: Settings) -> None:
    assert settings.database == f"sqlite:///{settings.workspace}/var/otdel.sqlite"
    named = settings.model_copy(update={"database_url": "postgresql://db/otdel"})
    assert named.database == "postgresql://db/otdel"


def test_secrets_lie_in_the_users_private_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OTDEL_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert read_settings().config_home == tmp_path / "otdel"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("OTDEL_UI_PORT", "seventy", id="not a number"),
        pytest.param("OTDEL_WEB_PORT", "70000", id="no such port"),
        pytest.param("OTDEL_PUBLIC_URL", "example.org", id="no scheme"),
        pytest.param("OTDEL_LOCALE", "de", id="no such language"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refusal) as refused:
        read_settings()
    assert name in str(refused.value.what)
    assert value in str(refused.value.what)
    assert refused.value.code == Exit.USAGE


def test_a_host_that_means_everywhere_is_reached_by_loopback(settings: Settings) -> None:
    open_to_all = settings.model_copy(update={"host": "0.0.0.0", "ui_port": 4200})
    assert open_to_all.ui_here == "http://127.0.0.1:4200"


def test_addresses_come_from_the_environment_then_the_company_then_this_machine(settings: Settings) -> None:
    company = settings.workspace / "company.yaml"
    company.write_text("addresses: {staff_url: 'https://desk.example.org/', public_url: https://www.example.org}\n")
    given = settings.model_copy(update={"public_url": "https://other.example.org"})
    front = read_front(given)
    assert front.public_url == "https://other.example.org"
    assert front.staff_url == "https://desk.example.org"
    assert front.ui_url == settings.ui_here


@pytest.mark.parametrize("written", ["", "[", "- a list", "addresses: 5", "\udcff"])
def test_a_company_file_that_cannot_be_read_does_not_keep_the_house_down(settings: Settings, written: str) -> None:
    (settings.workspace / "company.yaml").write_bytes(written.encode(errors="surrogateescape"))
    assert read_front(settings).ui_url == settings.ui_here
