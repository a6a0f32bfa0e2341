"""The local mailbox: a file each, whole or absent, the same file for the same letter."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations.errors import Refused
from integrations.mailers.mailbox import Mailbox, MailboxSettings, file_name
from models.delivery import State
from models.letters import Letter
from tests.integrations.mailers.forms import FORM, VALUES, filled_in, letter, read


def mailbox(path: Path) -> Mailbox:
    return Mailbox(MailboxSettings(path=str(path / "letters")))


def posted(mailer: Mailbox, *letters: Letter, within: float = 20) -> list[State]:
    line = mailer.open()
    line.post(letters, datetime.now(UTC) + timedelta(seconds=within))
    return [answer.state for answer in line.answers(timedelta(0))] + [answer.state for answer in line.close()]


def test_a_letter_is_a_file_that_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert posted(mailbox(tmp_path), letter(1), letter(2)) == [State.SENT] * 2
    assert sorted(file.name for file in (tmp_path / "letters").iterdir()) == ["key00000001.eml", "key00000002.eml"]
    found = read((tmp_path / "letters" / "key00000001.eml").read_bytes())
    assert (found.text, found.html) == (filled_in(FORM.text, VALUES), filled_in(FORM.html, VALUES))


def test_a_repeated_letter_is_one(tmp_path: Path) -> None:
    for _ in range(3):
        assert posted(mailbox(tmp_path), letter(1)) == [State.SENT]
    assert len(list((tmp_path / "letters").iterdir())) == 1


def test_what_was_taken_is_found(tmp_path: Path) -> None:
    mailer = mailbox(tmp_path)
    posted(mailer, letter(1))
    found = mailer.find([letter(1), letter(2)], datetime.now(UTC))
    assert [(each.id, each.state, each.remote_id) for each in found] == [
        (1, State.SENT, "key00000001.eml"), (2, State.PLANNED, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", ".", "a b", "ключ", "\x00", "x" * 500, "\ud800"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    one = Letter(1, key, "anna@example.com", FORM, VALUES)
    assert posted(mailbox(tmp_path), one) == [State.SENT]
    assert [file.name for file in (tmp_path / "letters").iterdir()] == [file_name(key)]
    assert len(list(tmp_path.iterdir())) == 1


def test_letters_that_are_late_or_unfit_are_not_written(tmp_path: Path) -> None:
    assert posted(mailbox(tmp_path), letter(1), within=-1) == [State.PLANNED]
    assert posted(mailbox(tmp_path), letter(1, to="nobody")) == [State.REJECTED]
    assert list((tmp_path / "letters").iterdir()) == []


def test_more_than_there_is_room_for_is_put_off(tmp_path: Path) -> None:
    states = posted(mailbox(tmp_path), *(letter(n) for n in range(101)))
    assert states.count(State.SENT) == 100 and states.count(State.PLANNED) == 1


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file")
    for ask in (mailbox(tmp_path).open, mailbox(tmp_path).check):
        with pytest.raises(Refused):
            ask()


def test_a_folder_that_went_away_puts_letters_off(tmp_path: Path) -> None:
    mailer = mailbox(tmp_path)
    line = mailer.open()
    (tmp_path / "letters").rmdir()
    (tmp_path / "letters").write_text("a file")
    line.post([letter(1)], datetime.now(UTC) + timedelta(seconds=20))
    assert [each.state for each in line.close()] == [State.PLANNED]


def test_a_letter_is_read_as_it_lies_there(tmp_path: Path) -> None:
    mailer = mailbox(tmp_path)
    posted(mailer, letter(1))
    file = tmp_path / "letters" / "key00000001.eml"
    assert mailer.letter("key00000001.eml") == file.read_bytes()
    file.unlink()
    assert mailer.letter("key00000001.eml") is None


@pytest.mark.parametrize("name", ["../secret.eml", "/etc/passwd", "", "secret", ".secret.eml", "a/b.eml", "\x00.eml"])
def test_no_name_of_a_letter_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    mailer = mailbox(tmp_path)
    mailer.check()
    (tmp_path / "secret.eml").write_bytes(b"not for reading")
    (tmp_path / "letters" / "link.eml").symlink_to(tmp_path / "secret.eml")
    (tmp_path / "letters" / "folder.eml").mkdir()
    assert mailer.letter(name) is mailer.letter("link.eml") is mailer.letter("folder.eml") is None
