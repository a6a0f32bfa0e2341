"""SpamAssassin is asked about a letter where it is installed, waited for a while, and taken at its word."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.spamassassin import Judged, judge

LETTER = (
    b"From: Seven Cups <news@example.org>\r\nTo: anna@example.org\r\nSubject: Tea of the week\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <abcdefgh1234@example.org>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nThree sorts of tea have come. Come and taste them.\r\n"
)
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"  # scores 1000 everywhere
needs_filter = pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")


def program(folder: Path, name: str, said: str) -> str:
    """A filter of our own, of which only what it says is like the real one."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{said}\n")
    path.chmod(0o755)
    return str(folder)


def test_where_there_is_no_filter_it_says_so(tmp_path: Path) -> None:
    assert judge(LETTER, path=str(tmp_path)) == Judged(is_here=False)


@needs_filter
def test_an_honest_letter_passes_and_the_test_of_all_filters_does_not() -> None:
    plain, spam = judge(LETTER), judge(LETTER + GTUBE + b"\r\n")
    assert plain.score is not None and plain.score < 3
    assert spam.score is not None and spam.score > 900 and "GTUBE" in spam.rules


@pytest.mark.parametrize(
    ("said", "judged"),
    [
        ("X-Spam-Status: Yes, score=5.3 required=5.0 tests=A_B,\\n\\tC_1,D autolearn=no",
         Judged(5.3, ("A_B", "C_1", "D"))),
        ("X-Spam-Status: No, score=-0.1 required=5.0 tests=none version=4.0", Judged(-0.1)),
        ("Subject: nothing was said", Judged()),
    ],
    ids=["folded", "no rules", "silent"],
)  # fmt: skip
def test_what_the_filter_writes_is_read(tmp_path: Path, said: str, judged: Judged) -> None:
    path = program(tmp_path, "spamc", f"/bin/cat > /dev/null; printf '{said}\\n\\nbody\\n'")
    assert judge(LETTER, path=path) == judged


def test_a_filter_that_does_not_answer_is_waited_for_so_long_and_no_longer(tmp_path: Path) -> None:
    path = program(tmp_path, "spamassassin", "exec /bin/sleep 600")
    assert judge(LETTER, timedelta(milliseconds=50), path) == Judged()


def test_a_filter_that_breaks_down_stops_nothing(tmp_path: Path) -> None:
    assert judge(LETTER, path=program(tmp_path, "spamassassin", "exit 70")) == Judged()
