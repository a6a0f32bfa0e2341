"""The environment of the child processes: what Prefect 3.8.8 must be told, and what it must not inherit."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from deployments.front import Front
from deployments.secrets import Secrets
from deployments.settings import CODE_ROOT, Settings

# What an operator may set for Prefect. Everything else that begins with PREFECT_ belongs to another installation
# on this machine (a cloud key, another server's address) and would silently take our processes there.
PASSED_ON = frozenset(
    {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL",
        "PREFECT_SERVER_LOGGING_LEVEL",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD",
        "PREFECT_MESSAGING_BROKER",
        "PREFECT_MESSAGING_CACHE",
        "PREFECT_REDIS_MESSAGING_HOST",
        "PREFECT_REDIS_MESSAGING_PORT",
        "PREFECT_RUNNER_PROCESS_LIMIT",
        "PREFECT_LOGGING_LEVEL",
    }
)
HEARTBEAT_SECONDS = 30
HOUR, DAY = 3600, 86_400
# Prefect's own memory. A run a minute writes forty events, most of them about its steps: at Prefect's own seven and
# ninety days that is gigabytes on a small disk. Ours is in our database; an operator may keep Prefect's longer.
OF_STEPS = ("prefect.task-run.Pending", "prefect.task-run.Running", "prefect.task-run.Completed")
MEMORY = {
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": f"PT{2 * DAY}S",  # bare seconds would keep the server from starting
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * DAY),
    "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": json.dumps(
        dict.fromkeys((*OF_STEPS, "prefect.flow-run.heartbeat"), HOUR)
    ),
}
# Prefect reads the world's authorities for each of its clients, a thirtieth of a second each, several in every run;
# where its server is reached without encryption, a file of one that vouches for nobody serves as well.
NOBODY = CODE_ROOT / "deployments" / "nobody.pem"
RUNS_AT_ONCE = "8"  # each is a process of about 100 MB
LEASES_ON_DISK = "prefect.server.concurrency.lease_storage.filesystem"


def environment(settings: Settings, secrets: Secrets, front: Front, inherited: Mapping[str, str]) -> dict[str, str]:
    """What every child of ours is given: the runner, its runs, the web process."""
    limit = {"PREFECT_RUNNER_PROCESS_LIMIT": RUNS_AT_ONCE}
    return limit | _inherited(inherited) | _house(settings, front) | _client(settings, secrets) | _paths(inherited)


def server_environment(
    settings: Settings, secrets: Secrets, front: Front, inherited: Mapping[str, str]
) -> dict[str, str]:
    """What Prefect's server is given. No PREFECT_API_URL: its UI would call that address instead of its own."""
    ours = _house(settings, front) | _server(settings, secrets, front)
    return MEMORY | _without_access(_inherited(inherited)) | ours | _paths(inherited)


def _inherited(inherited: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in inherited.items() if not name.startswith("PREFECT_") or name in PASSED_ON}


def _without_access(inherited: Mapping[str, str]) -> dict[str, str]:
    """Without the accesses to channels and mail servers: Prefect's server has no need of them."""
    return {name: value for name, value in inherited.items() if not name.startswith("OTDEL_")}


def _house(settings: Settings, front: Front) -> dict[str, str]:
    return {
        "OTDEL_WORKSPACE": str(settings.workspace),
        "OTDEL_HOST": settings.host,
        "OTDEL_UI_PORT": str(settings.ui_port),
        "OTDEL_WEB_PORT": str(settings.web_port),
        "OTDEL_DATABASE_URL": settings.database_url,
        "OTDEL_CONFIG_HOME": str(settings.config_home),
        "OTDEL_LOG_LEVEL": settings.log_level,
        "OTDEL_LOCALE": front.locale,
        "OTDEL_UI_URL": front.ui_url,
        "OTDEL_STAFF_URL": front.staff_url,
        "OTDEL_PUBLIC_URL": front.public_url,
    }


def _paths(inherited: Mapping[str, str]) -> dict[str, str]:
    """Our code first, and output that reaches the log at once."""
    former = inherited.get("PYTHONPATH", "")
    path = f"{CODE_ROOT}:{former}" if former else str(CODE_ROOT)
    return {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"}


def _prefect(settings: Settings) -> dict[str, str]:
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_PROFILES_PATH": str(settings.prefect_home / "profiles.toml"),
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_COLORS": "false",
    }


def _client(settings: Settings, secrets: Secrets) -> dict[str, str]:
    trust = {} if settings.ui_here.startswith("https:") else {"PREFECT_API_SSL_CERT_FILE": str(NOBODY)}
    return (
        _prefect(settings)
        | trust
        | {
            "PREFECT_API_URL": f"{settings.ui_here}/api",
            "PREFECT_API_AUTH_STRING": secrets.prefect_auth.get_secret_value(),
            "PREFECT_RUNNER_POLL_FREQUENCY": "2",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
            # Nobody reads the results of our steps from Prefect; kept, they would be a file per step for ever.
            "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
            "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        }
    )


def _server(settings: Settings, secrets: Secrets, front: Front) -> dict[str, str]:
    return _prefect(settings) | {
        "PREFECT_SERVER_API_HOST": settings.host,
        "PREFECT_SERVER_API_PORT": str(settings.ui_port),
        "PREFECT_SERVER_API_AUTH_STRING": secrets.prefect_auth.get_secret_value(),
        "PREFECT_SERVER_ENCRYPTION_KEY": secrets.prefect_key.get_secret_value(),
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": _origins(settings, front),
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES_ON_DISK,
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        # Relative, so that the UI calls the address it was opened under: 127.0.0.1, localhost or a proxy's name.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(settings.prefect_home / "ui"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }


def _origins(settings: Settings, front: Front) -> str:
    """Who may call the API from a browser: the UI's own pages and nobody else's."""
    given = urlsplit(front.ui_url)
    own = {settings.ui_here, f"http://localhost:{settings.ui_port}", f"{given.scheme}://{given.netloc}"}
    return ",".join(sorted(own))
