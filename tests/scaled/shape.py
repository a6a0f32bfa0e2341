"""The shape beyond one machine without containers: Debian's PostgreSQL and Redis, and every role as a process."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from sqlalchemy import create_engine, text

from deployments import processes
from deployments.prefect_api import PrefectApi
from deployments.roles import SERVERS, surroundings_of
from deployments.secrets import read_secrets
from deployments.settings import CODE_ROOT, Settings
from tests.e2e.running import awaited, free_port

GRACE_SECONDS = 30


def missing() -> str:
    """What this machine lacks for it; empty when nothing."""
    wanted = {
        "PostgreSQL of the distribution (package postgresql)": _postgresql() is not None,
        "redis-server of the distribution": shutil.which("redis-server") is not None,
        "the package prefect-redis (requirements-scaled.txt)": find_spec("prefect_redis") is not None,
    }
    return ", ".join(name for name, is_there in wanted.items() if not is_there)


def _postgresql() -> Path | None:
    """The folder of its programs; Prefect needs pg_trgm, which builds from package indexes lack."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgresql() -> Iterator[str]:
    """A server with the databases of Otdel and Prefect on a loopback port; yields its address without a driver."""
    programs, port = _postgresql(), free_port()
    assert programs is not None
    # PostgreSQL refuses to run as root; then it runs as somebody who owns nothing else.
    other = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="otdel-pg-"))
    who: dict[str, Any] = {"cwd": folder, "user": other.pw_uid, "group": other.pw_gid} if other else {"cwd": folder}
    if other:
        os.chown(folder, other.pw_uid, other.pw_gid)
    data, log = folder / "data", folder / "log"
    try:
        making = (programs / "initdb", "-D", data, "-U", "otdel", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        subprocess.run(making, check=True, capture_output=True, **who)
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        starting = (programs / "postgres", "-D", data, *options.split())
        with log.open("wb") as output, subprocess.Popen(starting, stdout=output, stderr=output, **who) as server:
            try:
                url = f"otdel@127.0.0.1:{port}"
                awaited(lambda: _make_databases(url), "PostgreSQL", 30)
                yield url
            finally:
                server.send_signal(signal.SIGINT)  # fast: its clients are ended too
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_databases(url: str) -> bool:
    try:
        with psycopg.connect(f"postgresql://{url}/postgres", autocommit=True) as connection:
            for name in ("otdel", "prefect"):
                connection.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    with subprocess.Popen(("redis-server", *options), stdout=subprocess.DEVNULL) as server:
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


class Shape:
    """The roles of one house, each a process with a log of its own."""

    def __init__(self, folder: Path, database: str, redis_url: str, **variables: str) -> None:
        self.folder, self.ui, self.webs = folder, free_port(), (free_port(), free_port())
        self.settings = Settings(
            workspace=folder / "company", config_home=folder / "private", ui_port=self.ui,
            database_url=f"postgresql://{database}/otdel", redis_url=redis_url,
            prefect_url=f"http://127.0.0.1:{self.ui}",
        )  # fmt: skip
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "OTDEL_LOCALE": "ru",
            "OTDEL_WORKSPACE": str(self.settings.workspace), "OTDEL_CONFIG_HOME": str(self.settings.config_home),
            "OTDEL_UI_PORT": str(self.ui), "OTDEL_PREFECT_URL": f"http://127.0.0.1:{self.ui}",
            "OTDEL_DATABASE_URL": self.settings.database_url, "OTDEL_REDIS_URL": redis_url,
            "OTDEL_PUBLIC_URL": f"http://127.0.0.1:{self.webs[0]}",
            "OTDEL_STAFF_URL": f"http://127.0.0.1:{self.webs[1]}",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://{database}/prefect", **variables,
        }  # fmt: skip
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def otdel(self, *arguments: str, code: int = 0) -> str:
        return self._run(self.environment, "-m", "deployments.cli", *arguments, code=code)

    def prepare(self) -> str:
        return self._run(self.environment, "-m", "deployments.prepare")

    def opened(self) -> str:
        """The first steps, as a person takes them; returns what was said."""
        return self._run(self.environment, "-m", "deployments.opening")

    def prefect(self, *arguments: str, zone: str) -> str:
        """Prefect's own command line, in the environment of our processes."""
        surroundings = surroundings_of("pools", self.settings, self.environment) | {"OTDEL_ZONE": zone}
        return self._run(surroundings, "-m", "prefect", *arguments)

    @staticmethod
    def _run(environment: dict[str, str], *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            (sys.executable, *arguments), cwd=CODE_ROOT, env=environment, capture_output=True, text=True, timeout=400,
            check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def start(self, role: str, name: str = "", **variables: str) -> None:
        """Start a role; `name` tells two of a kind apart."""
        name = name or role
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                (sys.executable, "-m", "deployments.roles", role), cwd=CODE_ROOT, env=self.environment | variables,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def stop(self, name: str, by: signal.Signals = signal.SIGTERM) -> int:
        process = self.running.pop(name)
        process.send_signal(by)
        return process.wait(GRACE_SECONDS)

    def end(self) -> None:
        """End ours, then Prefect's servers, which ours report to; whoever does not hear is killed with its group."""
        ours = [process for name, process in self.running.items() if name not in SERVERS]
        servers = [process for name, process in self.running.items() if name in SERVERS]
        for together in (ours, servers):
            for process in together:
                process.terminate()
            for process in together:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def runs_alive(self) -> list[int]:
        """The processes of runs of this house."""
        found = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        here = str(self.settings.workspace)
        ours = [pid for pid in found if processes.variable_of(pid, "OTDEL_WORKSPACE") == here]
        return [pid for pid in ours if processes.variable_of(pid, "PREFECT__FLOW_RUN_ID")]

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def ask(self, path: str, **question: Any) -> Any:
        with PrefectApi(self.settings, read_secrets(self.settings), timeout=30) as api:
            return api.every(path, **question) if path.endswith("/filter") else api.ask(path, **question)

    def order(self, tag: str, **form: Any) -> str:
        """Start a deployment as the Run button does."""
        [found] = self.ask("/deployments/filter", deployments={"tags": {"all_": [tag]}})
        return str(
            self.ask(
                f"/deployments/{found['id']}/create_flow_run", parameters={"form": form}, idempotency_key=uuid4().hex
            )["id"]
        )

    def state(self, run: str) -> dict[str, Any]:
        [found] = self.ask("/flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        return dict(found["state"] or {})

    def finished(self, run: str, seconds: float = 180) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            state = self.state(run)
            return state if state.get("type") in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

        return awaited(ended, f"the end of {run}", seconds)  # type: ignore[return-value]

    def rows(self, statement: str, **binds: Any) -> list[Any]:
        """Ask our database, or change it as time would."""
        engine = create_engine(self.settings.database.replace("postgresql://", "postgresql+psycopg://"))
        try:
            with engine.begin() as connection:
                answer = connection.execute(text(statement), binds)
                return [tuple(row) for row in answer] if answer.returns_rows else []
        finally:
            engine.dispose()

    def get(self, web: int, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.webs[web]}{path}", trust_env=False, timeout=20)
