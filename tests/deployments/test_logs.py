"""The children's logs: they stop growing, and their last lines are those of the last start."""

from pathlib import Path

from deployments.logs import KEPT, last_lines, open_log, rotate


def test_a_grown_log_is_put_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with open_log(path) as writer:
        writer.write(b"first\n")
        assert rotate(path, largest=3)
        writer.write(b"second\n")
    assert (tmp_path / "web.1.log").read_text() == "first\n"
    assert path.read_text() == "second\n"


def test_only_so_many_old_logs_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    for number in range(KEPT + 3):
        with open_log(path) as writer:
            writer.write(f"{number}\n".encode())
        assert rotate(path, largest=0)
    assert sorted(p.name for p in tmp_path.glob("web.*.log")) == [f"web.{n}.log" for n in range(1, KEPT + 1)]
    assert (tmp_path / "web.1.log").read_text() == f"{KEPT + 2}\n"


def test_a_log_that_cannot_be_put_aside_is_cut_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("much")
    (tmp_path / "web.1.log" / "in the way").mkdir(parents=True)
    (tmp_path / "web.2.log" / "too").mkdir(parents=True)
    assert rotate(path, largest=3)
    assert path.read_text() == ""


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    assert not rotate(tmp_path / "none.log")


def test_the_last_lines_are_those_since_the_start(tmp_path: Path) -> None:
    path = tmp_path / "runner.log"
    path.write_text("of the former start\n")
    since = path.stat().st_size
    with open_log(path) as writer:
        writer.write("раз\n\nдва\nтри\n".encode())
    assert last_lines(path, since) == ["раз", "два", "три"]
    assert last_lines(path, since, count=1) == ["три"]
    assert last_lines(path, since=10_000) == ["of the former start", "раз", "два", "три"]
    assert last_lines(tmp_path / "none.log") == []
