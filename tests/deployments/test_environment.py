"""The children's environment: what Prefect must be told, what it must not inherit, who is told which secret."""

import ssl

import pytest
from prefect import Task
from prefect.cache_policies import NO_CACHE

from deployments.environment import environment, server_environment
from deployments.front import Front, read_front
from deployments.secrets import Secrets, ensure_secrets
from deployments.settings import CODE_ROOT, Settings

STRANGER = {
    "PATH": "/usr/bin",
    "PREFECT_API_URL": "https://api.prefect.cloud/x",
    "PREFECT_API_KEY": "pnu_of_another_house",
    "PREFECT_HOME": "/home/somebody/.prefect",
    "PREFECT_PROFILE": "cloud",
    "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://db/prefect",
    "PYTHONPATH": "/somewhere",
}


@pytest.fixture
def house(settings: Settings) -> tuple[Settings, Secrets, Front]:
    return settings, ensure_secrets(settings), read_front(settings)


def test_another_installation_of_prefect_is_not_inherited(house: tuple[Settings, Secrets, Front]) -> None:
    ours, prefects = environment(*house, STRANGER), server_environment(*house, STRANGER)
    for given in (ours, prefects):
        assert "PREFECT_API_KEY" not in given
        assert "PREFECT_PROFILE" not in given
        assert given["PREFECT_HOME"] == str(house[0].prefect_home)
    assert ours["PREFECT_API_URL"] == f"{house[0].ui_here}/api"
    assert prefects["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://db/prefect"


def test_the_server_has_no_api_url_which_its_pages_would_call(house: tuple[Settings, Secrets, Front]) -> None:
    given = server_environment(*house, STRANGER)
    assert "PREFECT_API_URL" not in given
    assert given["PREFECT_SERVER_UI_API_URL"] == "/api"


def test_only_the_server_knows_the_key_of_prefects_database(house: tuple[Settings, Secrets, Front]) -> None:
    key = house[1].prefect_key.get_secret_value()
    assert key in server_environment(*house, {}).values()
    assert key not in environment(*house, {}).values()


def test_the_keys_of_the_house_are_in_no_environment(house: tuple[Settings, Secrets, Front]) -> None:
    hidden = {house[1].house_key.get_secret_value(), house[1].session_key.get_secret_value()}
    assert not hidden & {*server_environment(*house, {}).values(), *environment(*house, {}).values()}


def test_nobody_is_vouched_for_only_where_nothing_is_encrypted(house: tuple[Settings, Secrets, Front]) -> None:
    given = environment(*house, {})["PREFECT_API_SSL_CERT_FILE"]
    assert ssl.create_default_context(cafile=given).cert_store_stats() == {"x509": 1, "crl": 0, "x509_ca": 0}
    elsewhere = house[0].model_copy(update={"prefect_url": "https://prefect.example.org"})
    assert "PREFECT_API_SSL_CERT_FILE" not in environment(elsewhere, *house[1:], {})


def test_no_stranger_may_call_the_api_from_a_browser(house: tuple[Settings, Secrets, Front]) -> None:
    front = house[2].model_copy(update={"ui_url": "https://prefect.example.org/somewhere"})
    given = server_environment(house[0], house[1], front, {})
    origins = given["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"].split(",")
    assert "*" not in origins
    assert "https://prefect.example.org" in origins
    assert given["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] == "true"


def test_our_code_comes_before_anybody_elses(house: tuple[Settings, Secrets, Front]) -> None:
    assert environment(*house, STRANGER)["PYTHONPATH"] == f"{CODE_ROOT}:/somewhere"


def test_the_children_speak_the_companys_language(house: tuple[Settings, Secrets, Front]) -> None:
    assert environment(*house, {"OTDEL_LOCALE": "ru"})["OTDEL_LOCALE"] == "en"


def test_the_operator_may_set_how_many_runs_go_at_once(house: tuple[Settings, Secrets, Front]) -> None:
    assert environment(*house, {})["PREFECT_RUNNER_PROCESS_LIMIT"] == "8"
    assert environment(*house, {"PREFECT_RUNNER_PROCESS_LIMIT": "3"})["PREFECT_RUNNER_PROCESS_LIMIT"] == "3"


def test_prefect_knows_every_setting_by_its_name(house: tuple[Settings, Secrets, Front]) -> None:
    """A misspelt variable is silently ignored by Prefect; every one of ours must be a setting of this version."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.settings import get_current_settings
        from prefect.settings.legacy import _get_settings_fields

        known = set(_get_settings_fields(type(get_current_settings())))
    ours = {**environment(*house, {}), **server_environment(*house, {})}
    said = {name for name in ours if name.startswith("PREFECT_") and name != "PREFECT_SERVER_ENCRYPTION_KEY"}
    assert said <= known


def test_prefects_memory_is_short_unless_the_operator_wants_it_long(house: tuple[Settings, Secrets, Front]) -> None:
    runs = "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD"
    assert server_environment(*house, {})[runs] == str(30 * 86_400)
    assert server_environment(*house, {runs: "7776000"})[runs] == "7776000"


def test_prefect_reads_how_long_it_is_to_remember(
    house: tuple[Settings, Secrets, Front], monkeypatch: pytest.MonkeyPatch
) -> None:
    import warnings
    from datetime import timedelta

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.settings.models.server.events import ServerEventsSettings
        from prefect.settings.models.server.services import ServerServicesDBVacuumSettings

    for name, value in server_environment(*house, {}).items():
        monkeypatch.setenv(name, value)
    assert ServerEventsSettings().retention_period == timedelta(days=2)
    read = ServerServicesDBVacuumSettings()
    assert read.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert read.retention_period == timedelta(days=30)
    assert read.event_retention_overrides["prefect.task-run.Completed"] == timedelta(hours=1)


def test_prefects_server_is_given_no_access_to_a_channel(house: tuple[Settings, Secrets, Front]) -> None:
    inherited = {"OTDEL_VK_WALL_TOKEN": "token", "OTDEL_SMTP_PASSWORD": "word"}
    assert not {"token", "word"} & set(server_environment(*house, inherited).values())
    assert {"token", "word"} <= set(environment(*house, inherited).values())


def test_no_result_of_a_step_is_kept_by_prefect(house: tuple[Settings, Secrets, Front]) -> None:
    """Kept, they would be a file per step for ever; nobody reads them."""
    import importlib
    import pkgutil

    import tasks

    assert environment(*house, {})["PREFECT_RESULTS_PERSIST_BY_DEFAULT"] == "false"
    names = [found.name for found in pkgutil.walk_packages(tasks.__path__, "tasks.") if found.name.endswith(".steps")]
    steps = [made for name in names for made in vars(importlib.import_module(name)).values() if isinstance(made, Task)]
    assert len(steps) > 20
    assert [step.name for step in steps if step.persist_result or step.cache_policy is not NO_CACHE] == []
