"""A folder as a mailbox: no mail is lost or read twice, whatever lies there; nothing outside is read or touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pwd import getpwnam
from tempfile import TemporaryDirectory

import pytest

from integrations.errors import Refused
from integrations.mailboxes import folder
from integrations.mailboxes.folder import FolderMailbox, FolderSettings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def mailbox(path: Path) -> FolderMailbox:
    return FolderMailbox(FolderSettings(folder=str(path / "letters" / "back")), lambda: NOW)


def lay(path: Path, name: str, raw: bytes = b"mail", at: datetime = NOW) -> Path:
    """A file as another program brings it: written beside, then renamed."""
    back = path / "letters" / "back"
    back.mkdir(parents=True, exist_ok=True)
    (back / f".{name}.part").write_bytes(raw)
    os.utime(back / f".{name}.part", (at.timestamp(), at.timestamp()))
    return (back / f".{name}.part").rename(back / name)


def all_of(path: Path, cursor: str = "") -> tuple[list[bytes], str]:
    """Everything behind the cursor, each portion by a mailbox that was opened anew."""
    found: list[bytes] = []
    while True:
        portion = mailbox(path).read(cursor)
        found += [mail.raw for mail in portion.mails]
        cursor = portion.cursor
        if not portion.more:
            return found, cursor


def names(path: Path, *under: str) -> list[str]:
    return sorted(one.name for one in path.joinpath("letters", "back", *under).iterdir() if one.is_file())


def test_each_mail_is_read_once_and_goes_away_when_it_is_recorded(tmp_path: Path) -> None:
    for n in range(250):
        lay(tmp_path, f"{999 - n}.eml", b"mail %d" % n, NOW - timedelta(minutes=250 - n))
    found, cursor = all_of(tmp_path)
    assert found == [b"mail %d" % n for n in range(250)] and len(names(tmp_path)) == 50
    assert mailbox(tmp_path).put_away(cursor) == 50 and mailbox(tmp_path).put_away(cursor) == 0
    assert names(tmp_path) == [] and len(names(tmp_path, "done")) == 250
    lay(tmp_path, "0.eml", b"later", NOW - timedelta(days=9))
    assert all_of(tmp_path, cursor)[0] == [b"later"]


def test_what_was_read_and_not_recorded_stays(tmp_path: Path) -> None:
    lay(tmp_path, "1.eml", b"one")
    assert all_of(tmp_path)[0] == all_of(tmp_path)[0] == [b"one"] and names(tmp_path) == ["1.eml"]


def test_a_mail_that_comes_between_reading_and_putting_away_is_not_lost(tmp_path: Path) -> None:
    lay(tmp_path, "b.eml", b"one")
    _, cursor = all_of(tmp_path)
    lay(tmp_path, "a.eml", b"the same moment, an earlier name")
    lay(tmp_path, "b.eml", b"the same name, another mail")
    assert mailbox(tmp_path).put_away(cursor) == 0, "the mail of that name is another one"
    assert sorted(all_of(tmp_path, cursor)[0]) == [b"the same moment, an earlier name", b"the same name, another mail"]


def test_a_mail_that_was_still_being_written_is_read_again_whole(tmp_path: Path) -> None:
    file = lay(tmp_path, "1.eml", b"half ")
    found, cursor = all_of(tmp_path)
    with file.open("ab") as stream:
        stream.write(b"and half")
    assert found == [b"half "] and all_of(tmp_path, cursor)[0] == [b"half and half"]


def test_what_is_no_mail_is_left_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not for reading")
    file = lay(tmp_path, "1.eml", b"one")
    (file.parent / "link.eml").symlink_to(secret)
    (file.parent / "nowhere.eml").symlink_to(tmp_path / "nothing")
    (file.parent / "folder.eml").mkdir()
    os.mkfifo(file.parent / "pipe.eml")
    lay(tmp_path, ".half.eml", b"half-written")
    lay(tmp_path, "notes.txt", b"notes")
    found, cursor = all_of(tmp_path)
    assert found == [b"one"] and mailbox(tmp_path).put_away(cursor) == 1
    assert secret.read_bytes() == b"not for reading" and (file.parent / "link.eml").is_symlink()
    assert names(tmp_path, "done") == ["1.eml"]


def test_a_huge_file_is_read_in_its_beginning(tmp_path: Path) -> None:
    file = lay(tmp_path, "huge.eml", b"begins")
    os.truncate(file, 100_000_000)
    for n in range(12):
        os.truncate(lay(tmp_path, f"{n}.eml"), 3_000_000)
    [first, *others] = mailbox(tmp_path).read("").mails
    assert 1 + len(others) == folder.PORTION_BYTES // folder.MAIL_BYTES
    assert all(len(mail.raw) == folder.MAIL_BYTES for mail in (first, *others))
    found, _ = all_of(tmp_path)
    assert len(found) == 13 and sum(raw.startswith(b"begins") for raw in found) == 1


@contextmanager
def not_root() -> Iterator[Path]:
    """A folder of somebody whom a closed file is closed to; root, who reads everything, is nobody for as long."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o777)
        before = os.geteuid()
        if before == 0:
            os.seteuid(getpwnam("nobody").pw_uid)
        try:
            yield Path(made)
        finally:
            os.seteuid(before)


def test_a_file_that_is_kept_from_us_keeps_nobody_waiting() -> None:
    with not_root() as path:
        lay(path, "0.eml", b"closed", NOW - timedelta(days=1)).chmod(0)
        for n in range(folder.MAILS_MOST + 1):
            lay(path, f"{n + 1}.eml", b"open")
        found, cursor = all_of(path)
        assert len(found) == folder.MAILS_MOST + 1 and mailbox(path).put_away(cursor) == 1
        assert names(path) == ["0.eml"]


def test_nothing_in_done_is_written_over(tmp_path: Path) -> None:
    for n in range(3):
        lay(tmp_path, "1.eml", b"mail %d" % n, NOW - timedelta(minutes=n))
        _, cursor = all_of(tmp_path)
        mailbox(tmp_path).put_away(cursor)
    done = tmp_path / "letters" / "back" / "done"
    assert sorted(file.read_bytes() for file in done.iterdir()) == [b"mail 0", b"mail 1", b"mail 2"]


def test_a_mail_is_as_old_as_its_file_and_never_from_the_future(tmp_path: Path) -> None:
    lay(tmp_path, "1.eml", at=NOW - timedelta(days=9))
    lay(tmp_path, "2.eml", at=NOW + timedelta(days=9))
    assert [mail.received for mail in mailbox(tmp_path).read("").mails] == [NOW - timedelta(days=9), NOW]


def test_a_mail_is_brought_whole_and_once(tmp_path: Path) -> None:
    box = mailbox(tmp_path)
    assert box.bring("x.eml", b"one") and not box.bring("x.eml", b"another")
    [mail] = box.read("").mails
    assert (mail.raw, mail.received) == (b"one", NOW)
    box.put_away(box.read("").cursor)
    assert not box.bring("x.eml", b"another") and names(tmp_path) == []


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file stands here")
    for work in (
        lambda: mailbox(tmp_path).read(""),
        mailbox(tmp_path).check,
        lambda: mailbox(tmp_path).bring("x", b""),
    ):
        with pytest.raises(Refused, match="cannot be used"):
            work()  # type: ignore[operator]


def test_a_check_makes_the_folder_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    mailbox(tmp_path).check()
    assert names(tmp_path) == names(tmp_path, "done") == []
    assert mailbox(tmp_path).folders() == [str(tmp_path / "letters" / "back")]


def test_what_was_recorded_is_kept_for_a_time_and_no_longer(tmp_path: Path) -> None:
    for n, days in enumerate((1, 89, 91)):
        lay(tmp_path, f"{n}.eml", b"mail %d" % n, NOW - timedelta(days=days))
    _, cursor = all_of(tmp_path)
    mailbox(tmp_path).put_away(cursor)
    lay(tmp_path, "9.eml", b"not recorded yet", NOW - timedelta(days=200))
    assert mailbox(tmp_path).forget(NOW - timedelta(days=90)) == 1
    assert names(tmp_path) == ["9.eml"] and names(tmp_path, "done") == ["0.eml", "1.eml"]
    assert mailbox(tmp_path / "none").forget(NOW) == 0
