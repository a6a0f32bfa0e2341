"""What SpamAssassin thinks of a letter, by rules that need no network: https://spamassassin.apache.org (version 4.0).

`spamassassin -L` reads a letter and gives it back with a header X-Spam-Status. Where only `spamc` is installed, its
daemon is asked, which writes the same header; that way was not tried against a live daemon. Nothing is learned from
letters of ours.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes

COMMANDS = (("spamassassin", "-L", "-x", "--cf=bayes_auto_learn 0"), ("spamc", "-x"))
PATIENCE = timedelta(seconds=20)
_SAID = re.compile(r"score=(-?\d+(?:\.\d+)?).*?tests=([\w,\s]*?)(?:\s+\w+=|$)", re.DOTALL)


@dataclass(frozen=True)
class Judged:
    """`score` is None where no filter said anything; `is_here`: there is one on this computer."""

    score: float | None = None
    rules: tuple[str, ...] = ()
    is_here: bool = True


def judge(letter: bytes, patience: timedelta = PATIENCE, path: str | None = None) -> Judged:
    """Ask the filter; `path` is where programs are looked for, None: where this computer has them."""
    for name, *arguments in COMMANDS:
        program = shutil.which(name, path=path)
        if program:
            return _asked([program, *arguments], letter, patience)
    return Judged(is_here=False)


def _asked(command: list[str], letter: bytes, patience: timedelta) -> Judged:
    try:
        done = subprocess.run(command, input=letter, capture_output=True, timeout=patience.total_seconds())  # noqa: S603
    except (subprocess.TimeoutExpired, OSError):
        return Judged()
    found = _SAID.search(str(message_from_bytes(done.stdout).get("X-Spam-Status", "")))
    if found is None:
        return Judged()
    rules = tuple(rule for rule in re.split(r"[,\s]+", found[2]) if rule and rule != "none")
    return Judged(float(found[1]), rules)
