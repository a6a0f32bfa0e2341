"""A provider's server that misbehaves on demand: what Telegram's and VK's have in common."""

import json
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from tests.servers.calls import Call, Refusal, Wait
from tests.servers.contract import Wrong
from tests.servers.faults import DONE_LATER, NOTHING_DONE, Fault, Faults
from tests.servers.journal import Accepted, Journal, Publication, digest, published
from tests.servers.wire import Answer, Later, Listener, Request

CONTROL = "/__test__/"
HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Please come back later</body></html>"


class ProviderServer:
    """Listens on 127.0.0.1; use as a context manager, or `start()` and `close()`.

    `faults` is a `Faults` or its arguments as a mapping; `log` a file for the journal; `now` the clock of the server,
    in Unix seconds, which `advance` moves on. `violations` are the requests that broke the contract.
    """

    controls: ClassVar[tuple[str, ...]] = ("published", "journal_events", "complaints", "add_faults", "advance")

    def __init__(
        self,
        *,
        port: int = 0,
        faults: Faults | dict[str, Any] | None = None,
        log: Path | str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self._noted_more = threading.Condition(self.lock)
        self.faults = faults if isinstance(faults, Faults) else Faults(**(faults or {}))
        self.violations: list[str] = []
        self.broken: list[str] = []
        self.accepted: list[Accepted] = []
        self._real_now = now
        self._ahead = 0.0
        self.journal = Journal(self.now, log, self._noted_more.notify_all)
        self._listener = Listener(self._meet, port)

    # how it is used

    def start(self) -> None:
        self._listener.start()

    def close(self) -> None:
        """Stop, free the port, and say so if an answer of this server itself broke the contract."""
        self._listener.close()
        self.journal.close()
        if self.broken:
            raise AssertionError(f"the test server broke the contract itself: {self.broken[:3]}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> float:
        return self._real_now() + self._ahead

    def advance(self, seconds: float) -> float:
        """Move the clock of the server on."""
        with self.lock:
            self._ahead += seconds
            return self.now()

    def add_faults(self, method: str, faults: list[Any]) -> None:
        """Append to the script of a method: each next call uses one up; None lets a call go well."""
        with self.lock:
            self.faults.add(method, *faults)

    def published(self, marker: str | None = None) -> dict[str, list[Publication]]:
        """By place: each content, its remote ids and how often it was accepted; the proof of "once"."""
        with self.lock:
            return published(self.accepted, marker)

    def journal_events(self, event: str | None = None, method: str | None = None) -> list[dict[str, Any]]:
        """The journal so far, or one kind of event of it, or what concerns the calls of one method."""
        with self.lock:
            calls = {e["call"] for e in self.journal.events if e.get("method") == method}
            return [
                e for e in self.journal.events if event in (None, e["event"]) and (not method or e["call"] in calls)
            ]

    def wait_for(self, event: str, count: int = 1, seconds: float = 10) -> None:
        """Wait, in the process of the server, until the journal has so many of these events."""
        with self.lock:
            there = self._noted_more.wait_for(lambda: len(self.journal_events(event)) >= count, seconds)
        if not there:
            raise TimeoutError(f"{count} × {event} did not come within {seconds} s")

    def complaints(self) -> dict[str, list[str]]:
        """What broke the contract: requests, and answers of ours."""
        with self.lock:
            return {"violations": list(self.violations), "broken": list(self.broken)}

    # what a provider says for itself

    def read(self, request: Request) -> Call:
        """Find the method, its parameters and whose call it is."""
        raise NotImplementedError

    def perform(self, call: Call) -> Any:
        """Do it and give the result. Raises `Refusal`, `Wrong` or `Wait`."""
        raise NotImplementedError

    def check(self, call: Call, result: Any) -> None:
        """Refuse a result of ours that the documented method could not give; raises `Wrong`."""
        raise NotImplementedError

    def envelop(self, result: Any) -> Answer:
        raise NotImplementedError

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        raise NotImplementedError

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        """Say in the provider's way that the request breaks the contract."""
        raise NotImplementedError

    def flooded(self, call: Call, fault: Fault) -> Answer:
        raise NotImplementedError

    def failed(self, call: Call, fault: Fault) -> Answer:
        """A 5xx."""
        raise NotImplementedError

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        raise NotImplementedError

    def without_id(self, result: Any) -> Any:
        raise NotImplementedError

    def aside(self, request: Request) -> Answer | None:
        """Answer what is not a call of the API: a file to download."""
        return None

    def take(self, call: Call, place: str, text: str, files: tuple[str, ...], ids: tuple[str, ...]) -> Accepted:
        """Write down that a content was published."""
        accepted = Accepted(place, digest(text, files), text, ids)
        self.accepted.append(accepted)
        self.journal.note(call.number, "accepted", place=place, digest=accepted.digest, remote_id=ids[0], ids=list(ids))
        return accepted

    def nudge(self) -> None:
        """Wake the calls that wait for an event."""
        self._listener.nudge()

    # how a call is met

    def _meet(self, request: Request) -> Answer | Later:
        with self.lock:
            try:
                return self._control(request) if request.path.startswith(CONTROL) else self._call(request)
            except Exception:  # a fault of this server must fail the test, not pass for one of those it was asked for
                self.broken.append(traceback.format_exc())
                return Answer(500, self.broken[-1].encode(), "text/plain")

    def _call(self, request: Request) -> Answer | Later:
        aside = self.aside(request)
        if aside is not None:
            return aside
        try:
            call = self.read(request)
        except Wrong as wrong:
            call = Call(request.path.rpartition("/")[2], {})
            call.number = self.journal.received(call.method, {})
            return self._refused(call, self._complained(call, wrong))
        call.number = self.journal.received(call.method, call.described())
        return self._misbehave(call, self.faults.next_for(call.method))

    def _misbehave(self, call: Call, fault: Fault | None) -> Answer | Later:
        if fault is None:
            return self._answer(call)
        if fault.kind in DONE_LATER:
            self._listener.call_later(fault.delay_ms, lambda: self._act_late(call, fault))
            return self._answered(call, Answer(0, b"", delivery="hold", delay_ms=fault.delay_ms), fault)
        if fault.kind in NOTHING_DONE:
            return self._answered(call, self._instead(call, fault), fault)
        answer = self._answer(call, fault)
        return answer if isinstance(answer, Later) else self._spoil(call, answer, fault)

    def _act_late(self, call: Call, fault: Fault) -> None:
        with self.lock:
            self._answer(call, fault)

    def _answer(self, call: Call, fault: Fault | None = None) -> Answer | Later:
        try:
            result = self.perform(call)
            self.confirm(lambda: self.check(call, result))
            answer = self.envelop(self.without_id(result) if fault and fault.kind == "no_id" else result)
        except Wait as wait:
            return Later(lambda in_full: self._ask_again(call, in_full), wait.seconds)
        except Refusal as refusal:
            return self._refused(call, refusal, fault)
        except Wrong as wrong:
            return self._refused(call, self._complained(call, wrong), fault)
        return answer if fault else self._answered(call, answer)

    def _ask_again(self, call: Call, in_full: bool) -> Answer | None:
        with self.lock:
            call.patient = not in_full
            answer = self._answer(call)
            return None if isinstance(answer, Later) else answer

    def _complained(self, call: Call, wrong: Wrong) -> Refusal:
        self.violations.append(f"{call.method}: {wrong}")
        return self.misunderstood(call, wrong)

    def _refused(self, call: Call, refusal: Refusal, fault: Fault | None = None) -> Answer:
        self.journal.note(call.number, "refused", method=call.method, code=refusal.code, why=refusal.says)
        answer = self.refuse(call, refusal)
        return answer if fault else self._answered(call, answer)

    def _instead(self, call: Call, fault: Fault) -> Answer:
        """The answer to a call that is not going to be made."""
        if fault.kind in ("timeout_before", "close_before"):
            how: Any = "hold" if fault.kind == "timeout_before" else "drop"
            return Answer(0, b"", delivery=how, delay_ms=fault.delay_ms)
        if fault.kind == "html":
            return Answer(fault.code or 200, HTML, "text/html", delay_ms=fault.delay_ms)
        makers = {"429": self.flooded, "5xx": self.failed, "ok_with_error": self.error_in_ok}
        return replace(makers[fault.kind](call, fault), delay_ms=fault.delay_ms)

    def _spoil(self, call: Call, answer: Answer, fault: Fault) -> Answer:
        """Bend the answer to a call that was made."""
        changes: dict[str, dict[str, Any]] = {
            "timeout_after": {"delivery": "hold"},
            "close_after": {"delivery": "drop"},
            "truncated": {"body": answer.body[: max(1, len(answer.body) // 2)]},
            "truncated_wire": {"delivery": "short"},
            "html_after": {"status": fault.code or 200, "body": HTML, "content_type": "text/html"},
            "slow": {"delivery": "drip"},
        }
        if fault.kind == "5xx_after":
            answer = self.failed(call, fault)
        return self._answered(call, replace(answer, delay_ms=fault.delay_ms, **changes.get(fault.kind, {})), fault)

    def _answered(self, call: Call, answer: Answer, fault: Fault | None = None) -> Answer:
        told = {"status": answer.status, "delivery": answer.delivery}
        self.journal.note(call.number, "answered", **told, fault=fault.kind if fault else None)
        return answer

    def confirm(self, check: Callable[[], None]) -> None:
        """Check an answer of ours; a fault found here is this server's and fails the test that used it."""
        try:
            check()
        except Wrong as wrong:
            self.broken.append(str(wrong))

    # how another process sets and asks

    def _control(self, request: Request) -> Answer:
        name = request.path.removeprefix(CONTROL)
        if name not in self.controls:
            return Answer(404, json.dumps({"error": f"{name} is not one of {self.controls}"}).encode())
        try:
            result = getattr(self, name)(**json.loads(request.body or b"{}"))
        except (Refusal, LookupError, TypeError, ValueError) as error:
            return Answer(400, json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return Answer(200, json.dumps({"result": result}, default=_plain, ensure_ascii=False).encode())


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")
