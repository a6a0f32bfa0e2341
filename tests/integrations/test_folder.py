from pathlib import Path

import pytest

from integrations.errors import Refused
from integrations.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "company"
    (root / "content" / "pieces" / "deep").mkdir(parents=True)
    (root / "content" / "pieces" / "tea.md").write_text("Чай")
    (root / "content" / "pieces" / "deep" / "Cup.MD").write_text("Чашка")
    (root / "content" / "pieces" / ".hidden.md").write_text("x")
    (root / "content" / "pieces" / "~$tea.md").write_text("x")
    (root / "content" / "pieces" / "note.txt").write_text("x")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "away").symlink_to(tmp_path)
    return Folder(root)


def test_a_file_is_read_by_its_path_in_the_folder(folder: Folder) -> None:
    assert folder.read("content/pieces/tea.md").decode() == "Чай"
    assert folder.read("content\\pieces\\tea.md").decode() == "Чай"
    assert folder.holds("content/pieces")


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "content/../../secret.txt", "link.txt", "away/secret.txt", "/etc/passwd", "~/x", "a\0b", ""],
)
def test_no_path_leads_out_of_the_folder(folder: Folder, path: str) -> None:
    with pytest.raises(Refused) as refused:
        folder.read(path)
    assert refused.value.reason.code in ("outside", "absent")


def test_an_absent_file_and_one_too_large_are_named(folder: Folder) -> None:
    with pytest.raises(Refused) as absent:
        folder.read("content/x.md")
    assert "content/x.md" in str(absent.value)
    with pytest.raises(Refused) as large:
        folder.read("content/pieces/tea.md", limit=3)
    assert large.value.reason.code == "too_large"
    assert not folder.holds("../secret.txt")


def test_files_are_listed_by_their_endings_without_the_hidden_ones(folder: Folder) -> None:
    assert folder.names("content/pieces", (".md",)) == ["deep/Cup.MD", "tea.md"]
    assert folder.names("content/pieces") == ["deep/Cup.MD", "note.txt", "tea.md"]
    assert folder.names("absent") == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param(
            "content/pieces/*", ["content/pieces/note.txt", "content/pieces/tea.md"], id="without hidden ones"
        ),
        pytest.param("content/**/*.md", ["content/pieces/tea.md"], id="at any depth"),
        pytest.param("content/pieces/t?a.md", ["content/pieces/tea.md"], id="one sign"),
        pytest.param("content/x.md", ["content/x.md"], id="a plain name, whether it is there or not"),
        pytest.param("content/*.md", [], id="nothing"),
        pytest.param("/etc/*", ["/etc/*"], id="a place outside, which nobody reads"),
        pytest.param("content/**x/*.md", ["content/**x/*.md"], id="no pattern"),
    ],
)
def test_a_pattern_means_the_files_that_fit_it(folder: Folder, pattern: str, found: list[str]) -> None:
    assert folder.matching(pattern) == found


def test_a_name_with_the_sign_of_a_pattern_means_itself_where_it_is_there(folder: Folder) -> None:
    folder.place("sold [1].csv").write_text("x")
    folder.place("sold 1.csv").write_text("x")
    assert folder.matching("sold [1].csv") == ["sold [1].csv"]


def test_a_file_is_renewed_in_one_move_and_keeps_its_rights(folder: Folder) -> None:
    file = folder.place("content/pieces/tea.md")
    file.chmod(0o640)
    folder.renew("content/pieces/tea.md", "Чай".encode(), "Кофе".encode())
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("Кофе", 0o640)
    assert [path.name for path in file.parent.iterdir() if "tea.md." in path.name] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("content/pieces/tea.md", "changed", id="edited meanwhile"),
        pytest.param("content/pieces/gone.md", "not_written", id="gone meanwhile"),
        pytest.param("nowhere/tea.md", "not_written", id="a folder that is gone"),
        pytest.param("link.txt", "outside", id="outside"),
    ],
)
def test_a_file_that_is_not_the_former_one_is_left_as_it_is(folder: Folder, path: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        folder.renew(path, b"what it was when it was read", b"ours")
    assert refused.value.reason.code == code
    assert folder.read("content/pieces/tea.md").decode() == "Чай"
    assert not [path for path in folder.root.rglob(".*") if path.name != ".hidden.md"]
