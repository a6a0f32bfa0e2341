"""What a round of reaction control came to: its parts add up, and what a person reads stands once. Pure."""

from collections import Counter
from collections.abc import Mapping

from models.ending import Ending
from models.locale import mark, translate
from models.post import Value

REMARKS = {
    "anomalies": mark("Stands out: {number}. The authors are told."),
    "asked": mark("Questions and complaints: {number}. The authors are told by when to answer."),
    "turned_out": mark("Our bot was turned out: {number}. The technicians are told."),
    "late": mark("Not answered in time: {number}. The authors and the approver are told."),
}


class Round(Value):
    """`counts` are what people were told of, by the keys of REMARKS; `troubles` are sentences, of channels above all.

    `stopped`: nothing was looked at, because nothing may be done now.
    """

    done: int = 0
    later: int = 0
    stopped: bool = False
    counts: Mapping[str, int] = {}
    troubles: tuple[str, ...] = ()

    def __add__(self, other: "Round") -> "Round":
        return Round(
            done=self.done + other.done, later=self.later + other.later, stopped=self.stopped or other.stopped,
            counts=Counter(self.counts) + Counter(other.counts),
            troubles=tuple(dict.fromkeys([*self.troubles, *other.troubles])),
        )  # fmt: skip

    @property
    def ending(self) -> Ending:
        told = [translate(text, number=self.counts[what]) for what, text in REMARKS.items() if self.counts.get(what)]
        total = self.done + self.later + self.stopped
        return Ending(done=self.done, total=total, remarks=(*told, *self.troubles))
