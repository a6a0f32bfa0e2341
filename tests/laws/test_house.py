"""The house itself: no machine's path, no registry's address, no word of how it was made; files stay small."""

import ast
import re
import subprocess

import pytest

from tests.laws.source import ROOT, Module, modules

LONGEST_FILE, LONGEST_FUNCTION = 350, 50


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    return [name for name in listed if name and (ROOT / name).is_file()]


def test_nothing_tracked_names_a_place_of_one_machine_or_a_registry() -> None:
    homes = "|".join(f"/{name}/" for name in ("work", "root"))  # put together here, so that this file names none either
    wrong = re.compile(homes + r"|files\.pythonhosted|pypi\.org/simple|registry\.npmjs")
    for name in tracked():
        path = ROOT / name
        if path.suffix in (".png", ".jpg", ".xlsx", ".pdf") or name == "tests/laws/test_house.py":
            continue
        found = wrong.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found.group() if found else ''}"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_files_and_functions_stay_small(module: Module) -> None:
    lines = module.path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{module.name} has {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{module.name}: {node.name} has {length} lines"


def test_requirements_have_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==[^ \\]+", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"(?m)^[a-zA-Z0-9]", text))
        assert text.count("--hash=sha256:") >= len(pins)
