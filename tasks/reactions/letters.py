"""What the people of the company are told about reactions: what stands out, who asks, who waits too long. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.locale import mark, translate
from tasks.reactions.anomaly import Anomaly
from tasks.reactions.questions import Judgement, Kind
from tasks.schedule.wall import local
from tasks.watching.duty import Duty
from tasks.watching.letter import Letter
from tasks.watching.placed import Placed

STANDS_OUT = mark("Stands out: “{title}”, {channel}")
ASKED_SUBJECTS = {
    Kind.QUESTION: mark("A question under “{title}”, {channel}: answer by {until}"),
    Kind.COMPLAINT: mark("A complaint under “{title}”, {channel}: answer by {until}"),
}
ASKED_BODY = mark("{reason}\n\n{text}\n\nAnswer on the channel by {until}: {url}")
LATE_SUBJECT = mark("Not answered in time: “{title}”, {channel}")
LATE_BODY = mark(
    "It was to be answered by {until}:\n\n{text}\n\n{url}\n\n"
    "Only an answer in the name of the channel or of its group is counted."
)
OUT_SUBJECT = mark("{channel}: our bot was turned out")
OUT_BODY = mark(
    "Publications, reactions and members of this channel are out of reach. Let the bot in again as an administrator."
)


@dataclass(frozen=True)
class Asked:
    """A comment that wants an answer, until when."""

    remote_id: str
    text: str
    until: datetime


@dataclass(frozen=True)
class Letters:
    """Writes them: to whom by who is on duty, with the titles of the channels and the clocks of the company."""

    duty: Duty
    zone: str
    titles: Mapping[str, str] = field(default_factory=dict)

    def stands_out(self, placed: Placed, anomaly: Anomaly) -> list[Letter]:
        about = f"anomaly:{placed.id}:{anomaly.metric}:{anomaly.turn}"
        body = f"{anomaly.reason}\n\n{placed.url}"
        return self._to(self.duty.author(placed.author), about, translate(STANDS_OUT, **self._names(placed)), body)

    def asked(self, placed: Placed, asked: Asked, judgement: Judgement) -> list[Letter]:
        words = {"text": asked.text, "until": self._said(asked.until), "url": placed.url, "reason": judgement.reason}
        subject = translate(ASKED_SUBJECTS[judgement.kind], until=words["until"], **self._names(placed))
        about = f"asked:{placed.account}:{asked.remote_id}"
        return self._to(self.duty.author(placed.author), about, subject, translate(ASKED_BODY, **words))

    def late(self, placed: Placed, asked: Asked) -> list[Letter]:
        """Told to the approver too: the author has had the time."""
        words = {"text": asked.text, "until": self._said(asked.until), "url": placed.url}
        subject, body = translate(LATE_SUBJECT, **self._names(placed)), translate(LATE_BODY, **words)
        persons = {self.duty.author(placed.author), self.duty.instead_of(self.duty.approver)}
        about = f"late:{placed.account}:{asked.remote_id}"
        return [letter for person in sorted(persons) for letter in self._to(person, about, subject, body)]

    def turned_out(self, account: str, at: datetime) -> list[Letter]:
        subject, body = translate(OUT_SUBJECT, channel=self.titles.get(account, account)), translate(OUT_BODY)
        about = f"turned-out:{account}:{at.isoformat()}"
        return [letter for who in self.duty.technicians() for letter in self._to(who, about, subject, body)]

    def _names(self, placed: Placed) -> dict[str, str]:
        return {"title": placed.title or placed.key, "channel": self.titles.get(placed.account, placed.account)}

    def _said(self, at: datetime) -> str:
        return f"{local(at, self.zone):%d.%m %H:%M}"

    @staticmethod
    def _to(person: str, about: str, subject: str, body: str) -> list[Letter]:
        return [Letter(about, person, subject, body)] if person else []
