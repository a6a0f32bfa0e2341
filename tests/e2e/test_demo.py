"""`otdel demo`: the pipeline from first to last, ended by itself, with nothing left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.settings import CODE_ROOT


def demo(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "OTDEL_LOCALE": "en",
        **variables,
    }
    command = (sys.executable, "-m", "deployments.cli", "demo", "--json", *arguments)
    return subprocess.run(
        command, cwd=CODE_ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def left_behind(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}".encode() in entry.read_bytes():
                found.append((entry.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.prefect
def test_the_whole_pipeline_runs_and_ends(tmp_path: Path) -> None:
    done = demo(tmp_path, "--keep", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["published"] >= 4
    assert said["facts"] > 0
    assert all(step["ok"] for step in said["steps"])
    reports = {
        path.name.partition("-")[0].partition(".")[0] for path in (tmp_path / "kept/company/var/reports").iterdir()
    }
    assert reports == {"plan", "week"}
    assert left_behind(tmp_path) == []


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path: Path) -> None:
    done = demo(tmp_path, "--keep", str(CODE_ROOT / "models"))
    assert (done.returncode, "is not empty" in json.loads(done.stdout)["error"]) == (2, True)
