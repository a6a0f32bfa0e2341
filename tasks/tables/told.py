"""What came of the company's tables, as a person reads it beside the run: numbers, rows and columns. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from models.desk.drop import COUNT_TITLES, Said, Wrong
from models.ending import Ending
from models.locale import mark, translate, translate_plural
from models.post import Value
from models.reason import NO_REASON, Reason

TITLE = mark("The company's tables")
AS_BEFORE = mark("As it was loaded before.")
LOADED = mark("Loaded: {number} rows.")
PUT_ASIDE = mark("Somebody has put these contents aside, so they are not loaded. What comes next is looked at anew.")
UNKNOWN = mark("Columns that are not known")
TO_MEND = mark("To be mended in the file")
COLUMN = mark("Column “{field}”")
ROWS_WRONG = (mark("{number} row"), mark("{number} rows"))
LEFT_OUT = mark("row left out")
ROWS_LEFT_OUT = (
    mark("{number} row was left out until it is mended."),
    mark("{number} rows were left out until they are mended."),
)


class Fate(StrEnum):
    SAME = "same"
    LOADED = "loaded"
    ASKED = "asked"
    ASIDE = "aside"
    REFUSED = "refused"


class TableTold(Value):
    """One file and what came of it. `left_out` are rows that no customer or receipt came of."""

    file: str
    fate: Fate = Fate.SAME
    rows: int = 0
    counts: Mapping[str, int] = {}
    said: Said = Said()
    wrong: tuple[Wrong, ...] = ()
    unknown: tuple[str, ...] = ()
    left_out: int = 0
    reason: Reason = NO_REASON

    @property
    def ending(self) -> Ending:
        """Files are counted, not rows: what waits or cannot be read is left."""
        if self.fate in (Fate.SAME, Fate.ASIDE):
            return Ending()
        told = [str(self.reason)] if self.reason else [*self.said.remarks]
        if self.left_out and self.fate is Fate.LOADED:
            told.append(translate_plural(*ROWS_LEFT_OUT, self.left_out))
        remarks = tuple(f"{self.file}: {line}" for line in told)
        return Ending(done=int(self.fate is Fate.LOADED), total=1, remarks=remarks)

    def markdown(self) -> str:
        return "\n\n".join([f"### {self.file}", *self._parts()])

    def _parts(self) -> Iterator[str]:
        if self.fate is not Fate.LOADED:
            yield str(self.reason) or translate(AS_BEFORE if self.fate is Fate.SAME else PUT_ASIDE)
            return
        yield translate(LOADED, number=self.rows)
        counted = [
            (translate(words), self.counts[what]) for what, words in COUNT_TITLES.items() if self.counts.get(what)
        ]
        yield "\n".join(f"- {words}: {number}" for words, number in counted)
        if self.unknown:
            yield f"{translate(UNKNOWN)}: {', '.join(self.unknown)}"
        if self.wrong:
            yield "\n".join([f"{translate(TO_MEND)}:", "", *(f"- {wrong_line(one)}" for one in self.wrong)])


def wrong_line(one: Wrong) -> str:
    """A fault of a table in a line: where, in how many rows and which first, what is wrong and how to mend it."""
    rows = ", ".join(map(str, one.rows)) + ("…" if one.number > len(one.rows) else "")
    place = f"{translate(COLUMN, field=one.field)}, {translate_plural(*ROWS_WRONG, one.number)}: {rows}"
    return f"{place}{f' ({translate(LEFT_OUT)})' if one.left_out else ''}. {one.reason}"


def markdown(told: Sequence[TableTold]) -> str:
    return "\n\n".join([f"## {translate(TITLE)}", *(one.markdown() for one in told)])


def ending_of(told: Iterable[TableTold]) -> Ending:
    return sum((one.ending for one in told), Ending())
