"""CONTRIBUTING's recipe for a channel, followed to the letter by a program: its files are made, its contract is run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIECE = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE_GOES = re.compile(r"^HARNESSES: .*\{\n", re.MULTILINE)
NEEDED = ("integrations", "models", "tests/servers", "tests/contracts", "tests/integrations/channels")
FILES = ("pyproject.toml", "tests/__init__.py", "tests/depth.py", "tests/integrations/__init__.py",
         "deployments/__init__.py", "deployments/blocks.py")  # fmt: skip
HOUSE_KNOWS_IT = """
from datetime import date
from pathlib import Path
from deployments.blocks import block_types
from integrations.channels import discovered
from integrations.workspace import read_workspace
Path("company.yaml").write_text("name: X\\nzone: Europe/Moscow\\n")
Path("channels.yaml").write_text("channels: [{key: hook, provider: webhook, title: Hook}]\\n")
assert block_types()["webhook"].model_fields.keys() >= {"token", "api_url"}
workspace, problems = read_workspace(Path("."), date(2026, 11, 21), discovered().keys())
assert [channel.provider for channel in workspace.channels] == ["webhook"], problems
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which somebody did what the page says, and nothing else."""
    copy = tmp_path_factory.mktemp("recipe")
    for name in NEEDED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        (copy / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    pieces = {path: text for _, path, text in PIECE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))}
    assert [Path(path).suffix for path in pieces] == [".py", ".py", ".po"]
    for path, text in pieces.items():
        if (copy / path).exists():
            text = _with_its_line((copy / path).read_text(encoding="utf-8"), text)
        (copy / path).write_text(text, encoding="utf-8")
    return copy


def _with_its_line(file: str, line: str) -> str:
    assert line.count("\n") == 1, "the recipe promises one line"
    (place,) = LINE_GOES.finditer(file)
    return file[: place.end()] + line + file[place.end() :]


def run(copy: Path, *order: str) -> str:
    done = subprocess.run([sys.executable, *order], cwd=copy, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_the_channel_of_the_recipe_passes_the_whole_contract(followed: Path) -> None:
    said = run(followed, "-m", "pytest", "-q", "tests/integrations/channels/test_contract.py",
               "tests/integrations/channels/test_failures.py", "tests/integrations/channels/test_discovery.py",
               "-k", "webhook or every_channel or everything")  # fmt: skip
    assert int(re.findall(r"(\d+) passed", said)[0]) > 120
    assert "skipped" not in said


def test_the_channel_of_the_recipe_has_its_block_and_can_be_named(followed: Path) -> None:
    run(followed, "-c", HOUSE_KNOWS_IT)


def test_the_channel_of_the_recipe_is_written_as_the_house_writes(followed: Path) -> None:
    file = "integrations/channels/webhook.py"
    run(followed, "-m", "ruff", "check", "--no-cache", file)
    run(followed, "-m", "ruff", "format", "--no-cache", "--check", file)
    assert (followed / file).read_text(encoding="utf-8").count("\n") <= 150
