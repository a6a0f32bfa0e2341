"""Writing into a file of the company: one writer at a time, over nobody's change, and never a file that is broken.

The former file is kept beside; what the readers would complain of is refused in their words, and nothing is written.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from integrations.channels import discovered
from integrations.errors import Refused
from integrations.folder import Folder, alone
from integrations.mailers import discovered as discovered_mailers
from integrations.workspace import COMPANY, SETTINGS_BYTES_MAX, read_workspace
from models.content import Effect, Problem
from models.locale import mark
from models.reason import because
from tasks.company_file.edits import Edit, place_of, print_of
from tasks.company_file.splice import edited, value_of
from tasks.house import House

Edits = Callable[[Mapping[str, Any]], Sequence[Edit]]
Law = Callable[[Mapping[str, Any], Mapping[str, Any]], None]
KEPT = 20
IN_LIST = re.compile(r"\.\d+(?=\.|$)")
ATTEMPTS = 3
CHANGED = mark("{file} has been changed meanwhile, so nothing was written. Open the page again and repeat your change.")
UNSOUND = mark("{problem} Nothing was written.")
NOT_UTF8 = mark("{file} is not in UTF-8. Save it in this encoding and repeat your change.")


@dataclass(frozen=True)
class Written:
    """A file as it stands now."""

    file: str
    data: bytes

    @cached_property
    def text(self) -> str:
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            raise Refused(because(NOT_UTF8, code="not_utf8", file=self.file)) from None

    @cached_property
    def value(self) -> dict[str, Any]:
        """What it says, as texts in lists and groups. Raises Refused where it cannot be read."""
        return value_of(self.text.removeprefix("\ufeff"), self.file)

    @cached_property
    def print(self) -> str:
        return print_of(self.text)

    def item(self, section: str, **where: Any) -> dict[str, Any] | None:
        """An item of a list as it is written; None where there is none. Raises Refused where nothing can be read."""
        value = self.value
        try:
            found: dict[str, Any] = value[section][place_of(value, section, where)]
        except Refused:
            return None
        return found

    def print_of(self, section: str, **where: Any) -> str:
        """What a page keeps of an item it shows, so that a change over somebody else's is noticed."""
        item = self.item(section, **where)
        return print_of(item) if item is not None else ""


class CompanyFile:
    """company.yaml, or another file of the company's settings."""

    def __init__(self, house: House, file: str = COMPANY) -> None:
        self.house, self.file = house, file
        self.folder = Folder(house.root)
        self.copies = house.var / "company"

    def read(self) -> Written:
        """The file as it stands now. Raises Refused where it is absent or closed."""
        return Written(self.file, self.folder.read(self.file, SETTINGS_BYTES_MAX))

    def change(self, edits: Sequence[Edit] | Edits, expected: str = "", law: Law = lambda before, after: None) -> str:
        """Make the edits, all or none, and return the file's new print. Raises Refused, and then nothing was written.

        `edits` may depend on what the file says now. `expected` is the print of the file they were meant for; empty
        where only their own items matter. A `law` sees what the file says before and after, and refuses by raising.
        """
        with alone(self.copies / "lock"):
            for _ in range(ATTEMPTS):
                former = self.read()
                if expected and former.print != expected:
                    raise Refused(because(CHANGED, code="changed", file=self.file))
                meant = edits(former.value) if callable(edits) else edits
                data = edited(former.text, meant, self.file).encode()
                if data == former.data:
                    return former.print
                law(former.value, Written(self.file, data).value)
                self._examine(data)
                if self._replaced(former, data):
                    return Written(self.file, data).print
        raise Refused(because(CHANGED, code="changed", file=self.file))

    def _replaced(self, former: Written, data: bytes) -> bool:
        """Whether the file is written; not where somebody has saved it by hand in this very moment."""
        self._keep(former)
        try:
            self.folder.renew(self.file, former.data, data)
        except Refused as refused:
            if refused.reason.code == "changed":
                return False
            raise
        return True

    def _examine(self, data: bytes) -> None:
        """Refuse what the readers of the company's files would complain of, and did not before."""
        before = Counter(map(_complaint, self._problems(None)))
        for problem in self._problems(data):
            before[_complaint(problem)] -= 1
            if problem.effect is not Effect.NOTE and before[_complaint(problem)] < 0:
                raise Refused(because(UNSOUND, code="unsound", problem=problem))

    def _problems(self, data: bytes | None) -> list[Problem]:
        instead = {} if data is None else {self.file: data}
        return read_workspace(
            self.house.root, self.house.first_start, discovered().keys(), instead, discovered_mailers().keys()
        )[1]

    def _keep(self, former: Written) -> None:
        """A copy of what stood there, the last of them."""
        name, _, suffix = Path(self.file).name.rpartition(".")
        stamp = self.house.now().strftime("%Y-%m-%dT%H-%M-%S.%f")
        (self.copies / f"{name}-{stamp}.{suffix}").write_bytes(former.data)
        for old in sorted(self.copies.glob(f"{name}-*.{suffix}"))[:-KEPT]:
            old.unlink(missing_ok=True)


def _complaint(problem: Problem) -> tuple[str, str, str]:
    """A problem apart from its line and its place in a list, which every edit above it moves."""
    words = {name: word for name, word in problem.reason.words.items() if name != "line"}
    return problem.place.file, IN_LIST.sub(".*", problem.place.field), f"{problem.reason.text}{words}"
