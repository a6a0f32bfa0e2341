"""The web process as a process: what it imports, how it starts and ends, and the first way in."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from deployments.database import sqlite_path
from deployments.processes import obstacle, wait_until
from deployments.secrets import ensure_secrets
from deployments.settings import CODE_ROOT, Settings
from deployments.web import HouseVerbs
from tests.house import empty_database

SAMPLE = CODE_ROOT / "deployments" / "sample" / "ru"


def free_port() -> int:
    return next(port for port in range(18200, 18400) if not obstacle("127.0.0.1", port))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The sample company, as it stands after its first start."""
    shutil.copytree(SAMPLE, tmp_path / "company")
    made = Settings(workspace=tmp_path / "company", config_home=tmp_path / "private", web_port=free_port())
    made.make_folders()
    ensure_secrets(made)
    sqlite_path(made.database).write_bytes(empty_database())
    return made


def environment(settings: Settings) -> dict[str, str]:
    ours = {"OTDEL_WORKSPACE": str(settings.workspace), "OTDEL_CONFIG_HOME": str(settings.config_home),
            "OTDEL_WEB_PORT": str(settings.web_port), "PYTHONPATH": str(CODE_ROOT)}  # fmt: skip
    return {name: value for name, value in os.environ.items() if not name.startswith("OTDEL_")} | ours


def test_the_web_process_never_imports_prefect() -> None:
    code = "import sys, deployments.web; print([name for name in sys.modules if name.split('.')[0] == 'prefect'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=CODE_ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_it_serves_until_it_is_told_to_stop_and_never_met_prefect(settings: Settings) -> None:
    running = subprocess.Popen([sys.executable, "-m", "deployments.web"], cwd=CODE_ROOT, env=environment(settings),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    try:
        assert wait_until(lambda: _answers(settings), 30), running.stdout
        with httpx.Client(base_url=settings.web_here, trust_env=False) as reader:
            assert "Семь чашек" in reader.get("/").text
            assert "Это учебный пример" in reader.get("/sign-in").text
        loaded = Path(f"/proc/{running.pid}/maps")
        assert not loaded.exists() or "/prefect/" not in loaded.read_text()
        running.send_signal(signal.SIGTERM)
        output = running.communicate(timeout=20)[0]
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0 or running.returncode == -signal.SIGTERM
    assert "Finished server process" in output and "Traceback" not in output


def _answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"{settings.web_here}/healthz", trust_env=False, timeout=1).is_success
    except httpx.HTTPError:
        return False


def test_without_secrets_it_says_what_to_do(settings: Settings) -> None:
    shutil.rmtree(settings.config_home)
    done = subprocess.run([sys.executable, "-m", "deployments.web"], capture_output=True, text=True, cwd=CODE_ROOT,
                          env=environment(settings), timeout=60)  # fmt: skip
    assert done.returncode == 4 and "Traceback" not in done.stderr and "otdel init" in done.stderr


def test_no_two_verb_classes_share_a_name() -> None:
    """They are mixed into one: the name of one would silently take the place of the other's."""
    owners: dict[str, list[str]] = {}
    for part in HouseVerbs.__bases__:
        for name in vars(part):
            if not name.startswith("__"):
                owners.setdefault(name, []).append(part.__name__)
    assert {name: who for name, who in owners.items() if len(who) > 1} == {}
