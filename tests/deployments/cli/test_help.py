"""The working commands explain themselves in both languages, and asking never imports Prefect."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from deployments.cli import build
from deployments.settings import CODE_ROOT
from models.locale import spoken

COMMANDS = (
    ("run",), ("approve",), ("stop",), ("release",), ("import", "content"), ("import", "products"),
    ("import", "expenses"), ("import", "results"), ("import", "customers"), ("registry", "export"), ("report",),
    ("demo",), ("invite",), ("till-key",),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_in_both_languages(command: tuple[str, ...]) -> None:
    said = {}
    for language in ("ru", "en"):
        with spoken(language):
            answer = CliRunner().invoke(build(), [*command, "--help"], env={"COLUMNS": "200"})
        assert answer.exit_code == 0
        said[language] = answer.output
    assert "--json" in said["ru"]
    assert "Ответить" in said["ru"]
    assert "Answer as JSON" in said["en"]


def test_no_help_imports_prefect() -> None:
    """In a process of its own: every command is asked for help, and what was imported is looked through."""
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom deployments.cli import build\n"
        f"app = build()\nfor command in {COMMANDS!r}:\n"
        "    assert CliRunner().invoke(app, [*command, '--help']).exit_code == 0\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'prefect', 'openpyxl', 'polars', 'typst'}))"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=CODE_ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
