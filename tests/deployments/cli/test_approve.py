"""`otdel approve`: listed, decided as stated, and never against four eyes."""

from models.approval import Approval
from models.database import reading
from models.delivery import State
from tests.deployments.cli.conftest import FOUR_EYES, Otdel, Town


def decisions(town: Town) -> list[tuple[str, str, str, bool, str]]:
    with reading(town.engine) as session:
        found = session.query(Approval).order_by(Approval.id)
        return [(a.subject, a.decision, a.person, a.proven, a.reason) for a in found]


def test_what_waits_is_listed(town: Town, otdel: Otdel) -> None:
    assert otdel("approve").text.strip() == "Nothing waits for approval."
    town.plan("7", approved_hash="")
    town.plan("8", "vk", approved_hash="")
    said = otdel("approve", "--list", "--json").data["waiting"]
    assert [(row["number"], row["account"], row["channel"]) for row in said] == [
        ("7", "fake", "Fake"),
        ("8", "vk", "VK wall"),
    ]
    assert "№ 8:vk · Tea 8 · VK wall" in otdel("approve").text


def test_rows_are_approved_as_stated_and_let_out(town: Town, otdel: Otdel) -> None:
    for number in ("7", "8", "9"):
        town.plan(number, approved_hash="")
    said = otdel("approve", "--rows", "№ 7, 8:fake", "--person", "Marina", "--reason", "fine", "--json")
    assert (said.code, said.data["done"]) == (0, 2)
    assert decisions(town) == [
        ("1:fake", "approved", "marina", False, "fine"),
        ("2:fake", "approved", "marina", False, "fine"),
    ]
    assert [row.approved_hash == row.content_hash for row in town.rows()] == [True, True, False]
    assert otdel("approve", "--all", "--person", "vera").text.strip() == "1 version is approved."


def test_what_is_sent_back_is_held(town: Town, otdel: Otdel) -> None:
    town.plan("7", approved_hash="")
    said = otdel("approve", "--all", "--back", "--person", "marina", "--reason", "no picture")
    assert said.text.strip() == "1 version is sent back; its author has been told."
    held, letter = town.rows()
    assert (held.state, letter.kind, letter.subject_id) == (State.HELD, "notice", "olga")


def test_four_eyes_are_obeyed(town: Town, otdel: Otdel) -> None:
    town.company(FOUR_EYES)
    town.plan("7", approved_hash="")
    said = otdel("approve", "--all", "--person", "marina")
    assert said.code == 4
    assert "needs a signed-in person" in said.text
    assert "Signed in: http://127.0.0.1:8080" in said.text
    assert decisions(town) == []


def test_who_may_not_and_what_is_not_there(town: Town, otdel: Otdel) -> None:
    town.plan("7", approved_hash="")
    assert otdel("approve", "--all").code == 2
    assert otdel("approve", "--rows", "77", "--person", "marina").code == 2
    refused = otdel("approve", "--all", "--person", "Gleb", "--json")
    assert (refused.code, refused.data["error"]) == (
        4, "Gleb Technician may not approve. An approver or the head of the department decides.",
    )  # fmt: skip
    unknown = otdel("approve", "--all", "--person", "Marinna")
    assert (unknown.code, "Nearest: Marina Approver" in unknown.text or "Nearest: marina" in unknown.text) == (4, True)
    assert decisions(town) == []
