"""How a run ends, as a person reads it in the list of runs. Pure."""

from models.locale import mark, translate
from models.post import Value

DONE = mark("Done")
DONE_WITH_REMARKS = mark("Done with remarks: {done} of {total}")
NOTHING = mark("Nothing to do")
FAILED = mark("Not done: 0 of {total}")


class Ending(Value):
    """`done` of `total`; `remarks` are sentences about what was left, one each."""

    done: int = 0
    total: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return self.total > 0 and self.done == 0

    @property
    def title(self) -> str:
        if self.failed:
            return translate(FAILED, total=self.total)
        if self.remarks or self.done < self.total:
            return translate(DONE_WITH_REMARKS, done=self.done, total=self.total)
        return translate(DONE) if self.total else translate(NOTHING)

    def __add__(self, other: "Ending") -> "Ending":
        remarks = tuple(dict.fromkeys(self.remarks + other.remarks))
        return Ending(done=self.done + other.done, total=self.total + other.total, remarks=remarks)
