"""`otdel stop` and `release` on the database itself, with no Prefect anywhere."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import text

from deployments.settings import CODE_ROOT
from models.delivery import State
from models.stop import StopOrder
from tests.deployments.cli.conftest import Otdel, Town


def stops(town: Town) -> list[tuple[str, str, str, str]]:
    from sqlalchemy import select

    from models.database import reading

    with reading(town.engine) as session:
        found = session.execute(select(StopOrder).order_by(StopOrder.id)).scalars()  # type: ignore[arg-type]
        return [(o.scope, o.scope_key, o.pulled_by, o.released_by) for o in found]


def test_a_stop_is_pulled_and_lists_what_is_out(town: Town, otdel: Otdel) -> None:
    town.plan("7", state=State.SENT, url="https://fake/7")
    town.plan("8")
    said = otdel("stop", "channel", "Fake", "--person", "Olga", "--reason", "price", "--json")
    assert said.code == 0
    assert (said.data["number"], said.data["held_back"], said.data["exit"]) == (1, 1, 0)
    assert [(row["number"], row["url"]) for row in said.data["out"]] == [("7", "https://fake/7")]
    assert stops(town) == [("channel", "fake", "olga", "")]
    again = otdel("stop", "канал", "fake", "--person", "gleb")
    assert (again.code, "has stopped this already" in again.text) == (1, True)


def test_a_stop_is_released_by_its_number_or_its_scope(town: Town, otdel: Otdel) -> None:
    otdel("stop", "all", "--person", "olga")
    otdel("stop", "piece", town_piece(town), "--person", "olga")
    assert otdel("release", "1", "--person", "Olga").code == 4
    assert otdel("release", "№1", "--person", "Vera").code == 0
    assert otdel("release", "piece", "7", "--person", "Vera", "--json").data["released"]
    assert [released for *_, released in stops(town)] == ["vera", "vera"]
    assert otdel("release", "all", "--person", "Vera").code == 4


def town_piece(town: Town) -> str:
    town.plan("7")
    return "7"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("stop", "everything?", "--person", "olga"), 2, "It is not clear what “everything?” means."),
        (("stop", "channel", "wk wall", "--person", "olga"), 4, "Nearest: VK wall"),
        (("stop", "all", "--person", "Nina"), 4, "Nina Cashier may not pull the Stop."),
        (("stop", "all"), 2, "--person"),
        (("release", "9", "--person", "vera"), 4, "There is no Stop № 9 in force. In force: none."),
    ],
)
def test_what_cannot_be_stopped_says_why(
    town: Town, otdel: Otdel, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = otdel(*arguments)
    assert (answer.code, said in answer.text) == (code, True), answer.text
    assert stops(town) == []


def test_without_a_database_there_is_nothing_to_stop(town: Town, otdel: Otdel) -> None:
    (town.root / "var" / "otdel.sqlite").unlink()
    said = otdel("stop", "all", "--person", "olga", "--json")
    assert (said.code, said.data["exit"], said.data["mend"]) == (3, 3, "Start the house once: otdel up")


def test_a_database_of_a_newer_otdel_is_not_written_into(town: Town, otdel: Otdel) -> None:
    with town.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    said = otdel("stop", "all", "--person", "olga", "--json")
    assert (said.code, "9999" in said.data["error"]) == (4, True)
    assert stops(town) == []


def test_a_stop_holds_though_the_companys_files_are_broken_and_says_so(town: Town, otdel: Otdel) -> None:
    (town.root / "channels.yaml").write_text("channels: [")
    said = otdel("stop", "all", "--person", "olga")
    assert (said.code, "channels.yaml" in said.text) == (0, True), said.text
    assert len(stops(town)) == 1


def test_an_answer_comes_in_the_language_that_was_asked_for(town: Town) -> None:
    company = town.root / "company.yaml"
    company.write_text(f"locale: ru\n{company.read_text()}")
    command = (sys.executable, "-m", "deployments.cli", "stop", "channel", "nope", "--person", "olga")
    said = subprocess.run(command, cwd=CODE_ROOT, capture_output=True, text=True, check=False,
                          env={**os.environ, "OTDEL_LOCALE": "en"})  # fmt: skip
    assert (said.returncode, "nope" in said.stderr) == (4, True)
    assert "Канал" not in said.stderr


def test_a_stop_needs_no_prefect(town: Town) -> None:
    """In a process of its own: the switch is pulled, and Prefect was never imported."""
    code = (
        "import sys; sys.argv = ['otdel', 'stop', 'all', '--person', 'olga', '--json']\n"
        "from deployments.cli import main\n"
        "try: main()\nexcept SystemExit as end: print(end.code, 'prefect' in sys.modules)"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=CODE_ROOT, capture_output=True, text=True, env=os.environ,
                          check=True)  # fmt: skip
    assert done.stdout.splitlines()[-1] == "0 False", done.stdout + done.stderr
    assert stops(town) == [("all", "", "olga", "")]
