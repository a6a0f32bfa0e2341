"""Writing into the company's files: validated, one at a time, over nobody's change, with a copy of the former."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import yaml

from integrations.errors import Refused
from integrations.folder import Folder
from integrations.workspace import read_workspace
from tasks.company_file.edits import Add, Change, Remove, SetField
from tasks.company_file.engine import KEPT, CompanyFile
from tests.laws.source import ROOT
from tests.tasks.company_file.rooms import COMPANY, furnished_room

VERA = {"key": "vera", "name": "Вера", "email": "vera@example.org", "roles": ["head"]}


@pytest.fixture
def house(tmp_path: Path) -> Any:
    return furnished_room(tmp_path)


def text(house: Any) -> str:
    return str((house.root / "company.yaml").read_text(encoding="utf-8"))


def refusal(house: Any, *edits: Any, **more: Any) -> Any:
    before = (house.root / "company.yaml").read_bytes()
    with pytest.raises(Refused) as refused:
        CompanyFile(house).change(edits, **more)
    assert (house.root / "company.yaml").read_bytes() == before
    return refused.value.reason


def test_a_change_is_written_and_everything_else_stays(house: Any) -> None:
    file = CompanyFile(house)
    new = file.change([Add("people", VERA)])
    line = "  - {key: vera, name: Вера, email: vera@example.org, roles: [head]}\n"
    assert text(house) == COMPANY.replace("# кто согласует", f"{line}# кто согласует")
    assert new == file.read().print and file.change([SetField(("approval", "approver"), "olga")]) == new
    assert [copy.read_text(encoding="utf-8") for copy in (house.var / "company").glob("*.yaml")] == [COMPANY]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(Change("people", {"key": "olga"}, {"deputy": "nobody"}), "“nobody”", id="nobody there"),
        pytest.param(Remove("people", {"key": "olga"}), "approval.approver", id="the approver leaves"),
        pytest.param(Change("people", {"key": "olga"}, {"email": "olga"}), "not an e-mail", id="no mail address"),
        pytest.param(Change("people", {"key": "olga"}, {"roles": ["boss"]}), "author", id="no such role"),
        pytest.param(Add("people", VERA | {"key": "olga"}), "already stands", id="the key is taken"),
        pytest.param(Add("people", VERA | {"key": "Вера"}), "not a key", id="no key"),
        pytest.param(SetField(("zone",), "Moscow"), "time zone", id="no zone"),
        pytest.param(SetField(("name",), ""), "missing", id="no name"),
        pytest.param(Add("absences", {"person": "olga", "from": "2026-12-09", "to": "2026-12-01"}), "before",
                     id="upside down"),
        pytest.param(SetField(("approval", "channels", "nowhere"), "policy"), "nowhere", id="no channel"),
    ],
)  # fmt: skip
def test_what_the_reader_would_complain_of_is_refused_in_its_words(house: Any, edit: Any, said: str) -> None:
    reason = refusal(house, Add("people", VERA), edit)
    assert reason.code == "unsound" and said in str(reason) and "company.yaml" in str(reason)


def test_what_was_wrong_before_stops_nobody(tmp_path: Path) -> None:
    wrong = COMPANY.replace("zone:", "goals:\n  - {key: a, title: b}\nzone:")
    house = furnished_room(tmp_path, wrong)
    CompanyFile(house).change([Add("people", VERA)])
    assert len(read_workspace(tmp_path, date(2026, 11, 22))[0].company.people) == 3


@pytest.mark.parametrize(
    "broken", [b"name: [\n", b"people:\n\t- {key: a}\n", "имя".encode("cp1251"), b"\x00", b"- a\n", b""],
    ids=["open", "tab", "cp1251", "zero", "a list", "empty"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_left_alone(house: Any, broken: bytes) -> None:
    (house.root / "company.yaml").write_bytes(broken)
    assert refusal(house, Add("people", VERA))


def test_a_file_that_is_not_there_is_said_to_be_absent(house: Any) -> None:
    (house.root / "company.yaml").unlink()
    with pytest.raises(Refused, match="no file"):
        CompanyFile(house).change([Add("people", VERA)])


def test_a_change_meant_for_another_file_is_told(house: Any) -> None:
    seen = CompanyFile(house).read().print
    CompanyFile(house).change([Add("people", VERA)])
    assert refusal(house, SetField(("name",), "x"), expected=seen).code == "changed"
    CompanyFile(house).change([SetField(("name",), "x")])


ABSENCES = """\
absences:
  - {person: olga, from: 2026-11-25, to: 2026-11-27}
  - {person: olga, from: 2026-12-01, to: 2026-12-31, deputy: petr}
"""
OLGAS = {"person": "olga", "from": "2026-11-25", "to": "2026-11-27"}


def test_an_old_fault_that_moves_up_in_its_list_is_not_a_new_one(house: Any) -> None:
    with (house.root / "company.yaml").open("a", encoding="utf-8") as file:
        file.write(ABSENCES)
    assert "“petr”" in str(refusal(house, Change("absences", OLGAS, {"deputy": "petr"}))), "one more of the same"
    CompanyFile(house).change([Remove("absences", OLGAS)])
    assert "2026-11-25" not in text(house) and "deputy: petr" in text(house)


def test_a_law_judges_what_it_comes_to(house: Any) -> None:
    def law(before: Any, after: Any) -> None:
        assert len(before["people"]) == 2 and len(after["people"]) == 3
        raise Refused(refused)

    from models.reason import because

    refused = because("no", code="law")
    assert refusal(house, Add("people", VERA), law=law).code == "law"


class Hasty(Folder):
    """Somebody saves the file by hand just before it is replaced, so many times."""

    def __init__(self, root: Path, times: int) -> None:
        super().__init__(root)
        self.times = times

    def renew(self, path: str, former: bytes, data: bytes) -> None:
        if self.times:
            self.times -= 1
            with self.place(path).open("a", encoding="utf-8") as file:
                file.write(f"# сохранил руками {self.times}\n")
        super().renew(path, former, data)


def test_what_somebody_saves_by_hand_in_between_is_kept(house: Any) -> None:
    file = CompanyFile(house)
    file.folder = Hasty(house.root, 1)
    file.change([Add("people", VERA)])
    assert "# сохранил руками 0" in text(house) and "key: vera" in text(house)


def test_who_is_overtaken_again_and_again_is_told_and_nothing_is_lost(house: Any) -> None:
    file = CompanyFile(house)
    file.folder = Hasty(house.root, 3)
    with pytest.raises(Refused) as refused:
        file.change([Add("people", VERA)])
    assert refused.value.reason.code == "changed" and "vera" not in text(house)
    assert text(house).count("# сохранил руками") == 3


def test_many_at_once_lose_nobody(house: Any) -> None:
    """Six threads here, and two processes beside them."""
    start = Barrier(6)

    def enlist(n: int) -> None:
        start.wait()
        CompanyFile(house).change([Add("people", VERA | {"key": f"vera-{n}", "email": f"v{n}@example.org"})])

    command = [sys.executable, "-m", "tests.tasks.company_file.writer", str(house.root)]
    others: list[subprocess.Popen[bytes]] = []
    try:
        others += (subprocess.Popen([*command, name, "3"], cwd=ROOT) for name in ("ilya", "nina"))
        threads = [Thread(target=enlist, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [other.wait(60) for other in others] == [0, 0]
    finally:
        for other in others:
            other.kill()
            other.wait()
    people = [person["key"] for person in yaml.safe_load(text(house))["people"]]
    assert len(people) == len(set(people)) == 2 + 6 + 6
    assert "# ключи у него" in text(house) and not list(house.root.glob(".company*"))


def test_of_two_who_change_one_person_the_second_is_told(house: Any) -> None:
    seen = CompanyFile(house).read().print_of("people", key="olga")
    told: list[str] = []
    start = Barrier(2)

    def rename(name: str) -> None:
        start.wait()
        try:
            CompanyFile(house).change([Change("people", {"key": "olga"}, {"name": name}, seen)])
        except Refused as refused:
            told.append(refused.reason.code)

    threads = [Thread(target=rename, args=(name,)) for name in ("Оля", "Лёля")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["otherwise"] and ("Оля" in text(house)) is not ("Лёля" in text(house))


def test_the_last_copies_are_kept(house: Any) -> None:
    for n in range(KEPT + 3):
        CompanyFile(house).change([SetField(("name",), f"Чашки {n}")])
    copies = sorted((house.var / "company").glob("company-*.yaml"))
    assert len(copies) == KEPT
    assert "Чашки 21" in copies[-1].read_text(encoding="utf-8")


def test_a_folder_that_may_not_be_written_is_said_so(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("integrations.folder.tempfile.mkstemp", full)
    assert refusal(house, Add("people", VERA)).code == "not_written"


def test_channels_are_changed_the_same_way(house: Any) -> None:
    card = {"key": "shop", "provider": "folder", "title": "Витрина"}
    CompanyFile(house, "channels.yaml").change([Add("channels", card)])
    assert read_workspace(house.root, date(2026, 11, 22))[0].channels[0].title == "Витрина"
    with pytest.raises(Refused, match="provider"):
        CompanyFile(house, "channels.yaml").change([Add("channels", card | {"key": "b", "provider": "none"})])
