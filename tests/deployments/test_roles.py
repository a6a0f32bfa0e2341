"""The roles beyond one machine: the same environment as on one, what several share, and no half of it by mistake."""

from collections.abc import Mapping

import pytest

from deployments.catalogue import DOORS
from deployments.refusal import Refusal
from deployments.roles import OURS, PREFECTS_DATABASE, ROLES, SERVERS, _refuse_one_machine, command_of, surroundings_of
from deployments.secrets import ensure_secrets
from deployments.settings import Settings

POSTGRESQL = "postgresql://otdel@127.0.0.1/otdel"
PREFECTS = {PREFECTS_DATABASE: "postgresql+asyncpg://otdel@127.0.0.1/prefect"}


@pytest.fixture
def scaled(settings: Settings) -> Settings:
    ensure_secrets(settings)
    shared = {"database_url": POSTGRESQL, "redis_url": "redis://127.0.0.1:6379/0", "prefect_url": "http://prefect:4200"}
    return settings.model_copy(update=shared)


def test_every_door_has_a_worker() -> None:
    assert {f"worker-{door}" for door in DOORS} <= set(OURS)


@pytest.mark.parametrize("arguments", [[], ["sweeper"], ["web", "web"]], ids=["none", "unknown", "two"])
def test_only_a_role_is_started(arguments: list[str]) -> None:
    with pytest.raises(Refusal, match="no such role"):
        command_of(arguments)


@pytest.mark.parametrize("role", SERVERS)
def test_prefects_servers_share_everything_in_redis(scaled: Settings, role: str) -> None:
    given = surroundings_of(role, scaled, PREFECTS)
    kept_alone = [name for name, value in given.items() if "memory" in value or "filesystem" in value]
    assert kept_alone == []
    assert [given[name] for name in given if name.endswith("_URL") and "REDIS" in name] == [scaled.redis_url] * 2
    assert given[PREFECTS_DATABASE] == PREFECTS[PREFECTS_DATABASE]


@pytest.mark.parametrize("role", OURS)
def test_our_processes_go_to_the_server_wherever_it_is(scaled: Settings, role: str) -> None:
    given = surroundings_of(role, scaled, {"PATH": "/usr/bin"})
    assert given["PREFECT_API_URL"] == "http://prefect:4200/api"
    assert given["PATH"].endswith(":/usr/bin")
    assert PREFECTS_DATABASE not in given


WRONG: dict[str, tuple[dict[str, str], Mapping[str, str], str]] = {
    "sqlite": ({"database_url": ""}, PREFECTS, "OTDEL_DATABASE_URL"),
    "no redis": ({"redis_url": ""}, PREFECTS, "OTDEL_REDIS_URL"),
    "prefect on sqlite": ({}, {}, PREFECTS_DATABASE),
}


@pytest.mark.parametrize(("lacking", "inherited", "named"), WRONG.values(), ids=WRONG)
def test_a_server_without_what_it_shares_is_refused(
    scaled: Settings, lacking: dict[str, str], inherited: Mapping[str, str], named: str
) -> None:
    with pytest.raises(Refusal, match=named):
        _refuse_one_machine("prefect", scaled.model_copy(update=lacking), inherited)


def test_what_is_complete_is_started(scaled: Settings) -> None:
    for role in ROLES:
        _refuse_one_machine(role, scaled, PREFECTS)


def test_a_role_of_ours_needs_no_access_to_redis_nor_to_prefects_database(scaled: Settings) -> None:
    for role in OURS:
        _refuse_one_machine(role, scaled.model_copy(update={"redis_url": ""}), {})


def test_every_variable_is_a_setting_of_prefect_or_of_its_redis(scaled: Settings) -> None:
    """A misspelt one is silently ignored: the servers would then go to a Redis on their own machine."""
    import warnings

    prefect_redis = pytest.importorskip("prefect_redis", reason="the package prefect-redis is missing")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from prefect.settings import get_current_settings
        from prefect.settings.legacy import _get_settings_fields
        from prefect_redis.cleanup_queue import RedisWorkerCleanupQueueSettings
        from prefect_redis.client import RedisMessagingSettings

        known = set(_get_settings_fields(type(get_current_settings())))
    assert prefect_redis
    for shape in (RedisMessagingSettings, RedisWorkerCleanupQueueSettings):
        known |= {f"{shape.model_config['env_prefix']}{field}".upper() for field in shape.model_fields}
    given = {name for role in ROLES for name in surroundings_of(role, scaled, PREFECTS)}
    said = {name for name in given if name.startswith("PREFECT_") and name != "PREFECT_SERVER_ENCRYPTION_KEY"}
    assert said <= known
