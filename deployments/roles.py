"""The processes of a house beyond one machine, by their roles: `python -m deployments.roles <role>`.

Each takes the place of this one, in the same environment that the launcher gives its children. compose.yaml starts
them; so may systemd, or hands. Which machines they run on makes no difference, as long as all see one workspace.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deployments.catalogue import DOORS
from deployments.children import PYTHON
from deployments.environment import environment, server_environment
from deployments.front import read_front
from deployments.refusal import Exit, Refusal
from deployments.screen import Screen
from deployments.secrets import read_secrets
from deployments.settings import CODE_ROOT, Settings, read_settings
from models.locale import speak
from models.reason import because

PREFECTS_DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
SERVER = (PYTHON, "-m", "prefect", "server")
SERVERS = {
    "prefect": (*SERVER, "start", "--no-services"),
    "prefect-services": (*SERVER, "services", "start"),
}
OURS = {
    "pools": (PYTHON, "-m", "deployments.pools"),
    "web": (PYTHON, "-m", "deployments.web"),
    **{f"worker-{door}": (PYTHON, "-m", "deployments.worker", door) for door in DOORS},
}
ROLES = {**SERVERS, **OURS}


def main(arguments: list[str]) -> None:
    try:
        settings = read_settings()
        speak(read_front(settings).locale)
        command = command_of(arguments)
        _refuse_one_machine(arguments[0], settings, os.environ)
        settings.make_folders()
        surroundings = surroundings_of(arguments[0], settings, os.environ)
    except Refusal as refusal:
        Screen().refuse(refusal)
        sys.exit(refusal.code)
    os.chdir(CODE_ROOT)
    os.execve(command[0], command, surroundings)  # noqa: S606 (the command is one of ROLES)


def command_of(arguments: list[str]) -> tuple[str, ...]:
    """The command of the role that was named."""
    if len(arguments) != 1 or arguments[0] not in ROLES:
        what = because("There is no such role: {named}.", named=" ".join(arguments) or "—")
        raise Refusal(what, because("Possible: {roles}.", roles=", ".join(ROLES)), Exit.USAGE)
    return ROLES[arguments[0]]


def surroundings_of(role: str, settings: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of a role: as in a house on one machine, and what only several machines need."""
    secrets, front = read_secrets(settings), read_front(settings)
    if role in SERVERS:
        return server_environment(settings, secrets, front, inherited) | shared(settings)
    here = f"{Path(PYTHON).parent}{os.pathsep}{inherited.get('PATH', '')}"  # runs are started as plain `python`
    return environment(settings, secrets, front, inherited) | {
        "PATH": here,
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_WORKER_ENABLE_CANCELLATION": "true",
    }


def shared(settings: Settings) -> dict[str, str]:
    """What Prefect's server processes share in Redis: events, their order, leases, the work of the services."""
    return {
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_SERVER_WORKER_CHANNEL_CLEANUP_QUEUE_STORAGE": "prefect_redis.cleanup_queue",
        "PREFECT_REDIS_MESSAGING_URL": settings.redis_url,
        "PREFECT_REDIS_WORKER_CLEANUP_QUEUE_URL": settings.redis_url,
        "PREFECT_SERVER_DOCKET_URL": settings.redis_url,
    }


def _refuse_one_machine(role: str, settings: Settings, inherited: Mapping[str, str]) -> None:
    """SQLite serves one machine; several would each write a file of their own, or spoil a common one."""
    given = {"OTDEL_DATABASE_URL": settings.database_url.startswith("postgresql")}
    if role in SERVERS:
        given["OTDEL_REDIS_URL"] = settings.redis_url.startswith("redis")
        given[PREFECTS_DATABASE] = inherited.get(PREFECTS_DATABASE, "").startswith("postgresql")
    missing = ", ".join(name for name, is_right in given.items() if not is_right)
    if missing:
        what = because("Beyond one machine Otdel needs PostgreSQL and Redis; set: {names}.", names=missing)
        raise Refusal(what, because("On one machine: otdel up"), Exit.USAGE)


if __name__ == "__main__":
    main(sys.argv[1:])
