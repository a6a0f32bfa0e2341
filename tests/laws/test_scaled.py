"""The shape beyond one machine is written down in files no interpreter reads here: they must say what the code says."""

import re
from typing import Any

import pytest
import yaml

from deployments.environment import PASSED_ON
from deployments.prefect_file import PLACE, written
from deployments.roles import OURS, ROLES, SERVERS
from deployments.settings import Settings
from integrations.web.headers import PUBLIC_PATHS
from tests.laws.source import LAYERS, ROOT

HERE = ROOT / "deployments"
COMPOSE: dict[str, Any] = yaml.safe_load((HERE / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
RECIPES = {"Caddyfile": "caddy", "nginx.conf": "nginx"}


def role_of(service: dict[str, Any]) -> str:
    """The role of a container of our image; empty for another's."""
    command = service.get("command", [])
    return command[3] if command[1:3] == ["-m", "deployments.roles"] else ""


def test_prefect_yaml_is_the_catalogue() -> None:
    assert PLACE.read_text(encoding="utf-8") == written(), "write it anew: python -m deployments.prefect_file"


def test_compose_starts_every_role_and_two_web_processes() -> None:
    started = [role_of(service) for service in SERVICES.values() if role_of(service)]
    assert set(started) == set(ROLES)
    assert started.count("web") == 2


@pytest.mark.parametrize("service", [name for name in SERVICES if role_of(SERVICES[name])])
def test_a_container_is_told_what_its_role_needs(service: str) -> None:
    told, role = set(SERVICES[service]["environment"]), role_of(SERVICES[service])
    needed = {"OTDEL_DATABASE_URL", "OTDEL_PREFECT_URL", "OTDEL_UI_URL", "OTDEL_STAFF_URL", "OTDEL_PUBLIC_URL"}
    assert needed <= told
    shared = {"OTDEL_REDIS_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"}
    assert shared & told == (shared if role in SERVERS else set())
    for name in told - {"FORWARDED_ALLOW_IPS"}:
        assert name in PASSED_ON or name.removeprefix("OTDEL_").lower() in Settings.model_fields, name


def test_nothing_of_ours_starts_before_its_tables_are_there() -> None:
    for name, service in SERVICES.items():
        if role_of(service) in (*OURS, *SERVERS):
            assert service["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}, name


def test_everything_waited_for_can_say_that_it_is_healthy() -> None:
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            assert name in SERVICES
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name], name


def test_only_the_proxy_has_ports() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_no_password_stands_in_a_file() -> None:
    text = (HERE / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"PASSWORD: \"?([^\"}]*)", text)) <= {"${OTDEL_DATABASE_PASSWORD:?"}
    assert set(re.findall(r"://otdel:([^@]*)@", text)) == {
        "${OTDEL_DATABASE_PASSWORD:?a password}", "${OTDEL_DATABASE_PASSWORD:?}",
    }  # fmt: skip


def test_the_image_holds_all_of_our_code() -> None:
    text = (HERE / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE)) == set(LAYERS)
    for needed in ("requirements.txt", "requirements-scaled.txt", "pyproject.toml"):
        assert needed in text
        assert (ROOT / needed).exists()


def test_prefects_redis_is_locked_with_its_hash() -> None:
    assert re.match(r"prefect-redis==[\d.]+ \\\n    --hash=sha256:", (ROOT / "requirements-scaled.txt").read_text())


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_proxy_shows_clients_what_is_public_and_nothing_else(recipe: str) -> None:
    text = (HERE / "proxy" / recipe).read_text(encoding="utf-8").replace("\\.", ".")
    for path in PUBLIC_PATHS:
        assert path.lstrip("/") in text, f"{recipe} does not know {path}"
    assert "/staff" not in text


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_guide_shows_the_recipe_that_ships(language: str, recipe: str) -> None:
    page = (ROOT / "docs" / language / "proxy.md").read_text(encoding="utf-8")
    [block] = re.findall(rf"```{RECIPES[recipe]}\n(.*?)```", page, re.DOTALL)
    assert block == (HERE / "proxy" / recipe).read_text(encoding="utf-8")
