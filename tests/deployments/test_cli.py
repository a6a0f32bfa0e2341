"""The commands: fast help in both languages, JSON on request, exit codes that mean something."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import typer.rich_utils
from typer.testing import CliRunner

from deployments.cli import TITLES, build, main
from deployments.settings import CODE_ROOT
from models.locale import spoken

HEAVY = ("prefect", "alembic", "polars", "openpyxl", "fastapi")


def process(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "120", **variables}
    command = (sys.executable, "-m", "deployments.cli", *arguments)
    return subprocess.run(command, cwd=CODE_ROOT, env=environment, capture_output=True, text=True, check=False)


def otdel(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The same within this process: what its start takes is most of what a command takes."""
    said, complained, kept = StringIO(), StringIO(), typer.rich_utils
    titles = {name: getattr(kept, name) for name in TITLES}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        for name in os.environ:
            if name.startswith(("OTDEL_", "LC_", "LANG")):
                patch.delenv(name)
        for name, value in {"HOME": "/nonexistent", "COLUMNS": "120", **variables}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["otdel", *arguments])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        else:
            code = 0
        finally:
            for name, title in titles.items():
                setattr(kept, name, title)
    return subprocess.CompletedProcess(["otdel", *arguments], code, said.getvalue(), complained.getvalue())


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {
        "OTDEL_WORKSPACE": str(tmp_path / "company"),
        "OTDEL_CONFIG_HOME": str(tmp_path / "private"),
        "OTDEL_LOCALE": "en",
    }


def test_asking_for_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['otdel', '--help']\nfrom deployments.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('HEAVY', [name for name in sys.modules if '.' not in name])"
    )
    said = subprocess.run(
        (sys.executable, "-c", code), cwd=CODE_ROOT, capture_output=True, text=True, check=True
    ).stdout
    loaded = said.partition("HEAVY")[2]
    assert not [name for name in HEAVY if f"'{name}'" in loaded]


@pytest.mark.parametrize(("locale", "word"), [("ru", "Команды"), ("en", "Commands")])
def test_help_speaks_the_readers_language(locale: str, word: str) -> None:
    said = process("--help", OTDEL_LOCALE=locale)
    assert said.returncode == 0
    assert word in said.stdout
    for command in ("init", "up", "doctor", "backup", "restore"):
        assert command in said.stdout
    assert "migrate" not in said.stdout


@pytest.mark.parametrize("command", ["init", "up", "doctor", "backup", "restore", "migrate"])
def test_every_command_explains_itself_in_both_languages(command: str) -> None:
    said = {}
    for language in ("ru", "en"):
        with spoken(language):
            answer = CliRunner().invoke(build(), [command, "--help"])
        assert answer.exit_code == 0
        said[language] = answer.output
    assert said["ru"] != said["en"]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", ["--sample", "--locale"])
def test_a_laid_out_company_is_in_order(home: dict[str, str], kind: str, language: str) -> None:
    made = otdel("init", kind, language, **home)
    assert made.returncode == 0
    assert {"ru": "Компания — в папке", "en": "The company lies"}[language] in made.stdout.replace("\n", " "), (
        made.stdout
    )
    found = json.loads(otdel("doctor", "--json", **home).stdout)["findings"]
    assert [one["level"] for one in found if one["about"] == "workspace"] == ["ok"]


def test_init_overwrites_nothing(home: dict[str, str]) -> None:
    assert otdel("init", **home).returncode == 0
    company = Path(home["OTDEL_WORKSPACE"]) / "company.yaml"
    company.write_text("name: ours\n")
    again = otdel("init", "--sample", "ru", "--json", **home)
    assert again.returncode == json.loads(again.stdout)["exit"] == 4
    assert company.read_text() == "name: ours\n"


def test_a_language_without_a_company_is_wrong_use(home: dict[str, str]) -> None:
    assert otdel("init", "--sample", "de", **home).returncode == 2
    assert otdel("init", "--sample", "../../../etc", **home).returncode == 2
    assert not Path(home["OTDEL_WORKSPACE"]).exists()


def test_up_without_a_company_says_how_to_make_one(home: dict[str, str]) -> None:
    said = process("up", **home)
    assert said.returncode == 4
    assert "otdel init" in said.stderr
    assert "otdel init" in json.loads(otdel("up", "--json", **home).stdout)["mend"]


def test_a_wrong_setting_is_wrong_use(home: dict[str, str]) -> None:
    said = process("doctor", **{**home, "OTDEL_UI_PORT": "seventy"})
    assert said.returncode == 2
    assert "Set OTDEL_UI_PORT to a number from 1 to 65535." in said.stderr
    assert "Traceback" not in said.stderr
    as_data = otdel("doctor", "--json", **{**home, "OTDEL_UI_PORT": "seventy"})
    assert (as_data.returncode, json.loads(as_data.stdout)["exit"]) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "Не хватает «what»."), (("stop", "all"), "Не хватает «--person»."),
        (("rnu",), "Команды «rnu» нет.\n  Похожее: run."), (("run", "A8", "--jsn"), "Параметра --jsn нет."),
        (("run", "A8", "--patience", "long"), "«--patience»: значение указано неверно."),
        (("doctor", "me"), "Это лишнее: me."),
        (("import", "contents", "x"), "Команды «contents» нет.\n  Похожее: content. Справка: otdel import --help"),
    ],
)  # fmt: skip
def test_wrong_use_is_said_in_the_readers_language(home: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    refused = otdel(*arguments, **{**home, "OTDEL_LOCALE": "ru"})
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
    as_data = otdel(*arguments, "--json", **{**home, "OTDEL_LOCALE": "ru"})
    assert as_data.returncode == json.loads(as_data.stdout)["exit"] == 2


def test_what_the_disk_refuses_is_no_traceback(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "company").write_text("a file where a folder should be")
    said = otdel("init", "--json", **home)
    assert said.returncode == 4
    assert "this is a file, not a folder" in json.loads(said.stdout)["error"]


def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing(home: dict[str, str], tmp_path: Path) -> None:
    otdel("init", **home)
    otdel("migrate", **home)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        f"sys.argv = ['otdel', 'backup', {str(tmp_path / 'b.tar.gz')!r}, '--json']\n"
        "from deployments.cli import main\nmain()"
    )
    environment = {"PATH": os.environ["PATH"], **home}
    said = subprocess.run(
        (sys.executable, "-c", code), cwd=CODE_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 4, said.stderr
    assert "Make room in" in json.loads(said.stdout)["mend"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["company", "private"]


def test_the_doctor_of_a_standing_company_has_remarks(home: dict[str, str]) -> None:
    otdel("init", **home)
    said = otdel("doctor", **home)
    assert said.returncode == 1
    assert "Otdel is not running." in said.stdout


def test_backup_and_restore_answer_in_json(home: dict[str, str], tmp_path: Path) -> None:
    otdel("init", **home)
    never_started = json.loads(otdel("backup", "--json", **home).stdout)
    assert never_started["exit"] == 4
    assert json.loads(otdel("migrate", "--json", **home).stdout)["exit"] == 0
    saved = json.loads(otdel("backup", str(tmp_path / "b.tar.gz"), "--json", **home).stdout)
    assert saved["path"] == str(tmp_path / "b.tar.gz")
    assert json.loads(otdel("restore", saved["path"], "--json", **home).stdout)["exit"] == 4
    back = json.loads(otdel("restore", saved["path"], "--force", "--json", **home).stdout)
    assert Path(back["former"]).is_dir()


def test_lost_secrets_are_made_anew_only_on_demand(home: dict[str, str]) -> None:
    otdel("init", **home)
    assert otdel("init", "--new-secrets", **home).returncode == 0
    assert otdel("init", "--new-secrets", **home).returncode == 4
    for path in Path(home["OTDEL_CONFIG_HOME"]).glob("*.json"):
        path.unlink()
    assert "secrets" in otdel("doctor", **home).stdout
    assert otdel("init", "--new-secrets", **home).returncode == 0
