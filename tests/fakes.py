"""Ten-line stand-ins for what is outside: a channel that remembers and misbehaves on request."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from integrations.channels.base import Call, Capabilities, Limits, Live, Part, Presence, Receipt, Remark
from integrations.errors import Unsupported
from models.delivery import Delivery, Lateness, State, Verb
from models.post import Post
from models.reason import because
from tasks.delivery.jobs import Terms
from tasks.delivery.rows import Claim

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUICK_TERMS = Terms(
    lease=timedelta(seconds=5),
    longest_call=timedelta(seconds=1),
    allowance=timedelta(0),
    upkeep=timedelta(milliseconds=20),
    wait=lambda attempts, asked: asked or timedelta(milliseconds=10),
)


class FakeChannel:
    """Accepts everything; `misbehave[text]` is a queue of what to do instead, one per call."""

    name: ClassVar[str] = "fake"
    title: ClassVar[str] = "Fake"
    Settings: ClassVar[type[BaseModel]] = BaseModel
    limits: ClassVar[Limits] = Limits(text_max=100)

    def __init__(self, parts: tuple[Part, ...] = (Part("post"),), finds: bool = True, **capable: Any) -> None:
        self.capabilities = Capabilities(
            verbs=frozenset(Verb), finds=finds,
            **{"call_timeout": timedelta(seconds=1), "connections": 2, **capable},
        )  # fmt: skip
        self.plan = parts
        self.accepted: list[tuple[str, str, str]] = []
        self.misbehave: dict[str, deque[Callable[[Call], Any]]] = {}
        self.lock = Lock()

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        return self.plan

    def act(self, call: Call) -> Receipt:
        queue = self.misbehave.get(call.post.text)
        if queue:
            queue.popleft()(call)
        return self.accept(call)

    def accept(self, call: Call) -> Receipt:
        with self.lock:
            self.accepted.append((call.part, call.key, call.post.text))
            number = len(self.accepted)
        return Receipt(str(number), f"http://fake/{number}", {"n": number})

    def find(self, call: Call) -> Receipt | None:
        if not self.capabilities.finds:
            raise Unsupported(because("blind"))
        return next(
            (Receipt(str(n), "", {}) for n, a in enumerate(self.accepted, 1) if a[:2] == (call.part, call.key)), None
        )

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        return Live(Presence.LIVE, text=self.accepted[int(remote_id) - 1][2])

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        return {id: {"views": 10} for id in remote_ids}

    def comments(self, remote_id: str) -> list[Remark]:
        return []

    def audience(self) -> dict[str, int]:
        return {"members": 5}

    def check(self) -> None:
        return None

    def texts(self) -> list[str]:
        return [text for _, _, text in self.accepted]


@dataclass
class Contents:
    """Contents by the delivery's key: the post says what its row is called."""

    missing: set[int] = field(default_factory=set)

    def __call__(self, session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
        return {c.id: Post(text=c.key) for c in claims if c.id not in self.missing}


def delivery(key: str, at: datetime = NOW, **fields: Any) -> Delivery:
    """A planned, approved placement that is due at `at`."""
    common: dict[str, Any] = {
        "kind": "placement", "account": "fake", "subject_id": "1", "content_id": 1, "content_hash": "h",
        "approved_hash": "h", "due_at": at, "lateness": Lateness.PUBLISH, "created_at": NOW, "state": State.PLANNED,
    }  # fmt: skip
    return Delivery(key=key, **(common | fields))
