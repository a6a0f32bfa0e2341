"""The supervisor: starts the children in order, brings back the ones that die, ends them all in reverse."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from deployments import processes
from deployments.children import Child
from deployments.house import Tenant, tenant
from deployments.logs import last_lines, open_log, rotate
from deployments.screen import Screen
from deployments.settings import CODE_ROOT
from models.locale import translate

TICK = 0.2
DEATHS_BORNE = 5
WITHIN = 120.0
LONGEST_PAUSE = 30.0


class Fell(Exception):
    """A child died too often; the house cannot stand without it."""

    def __init__(self, child: Child, log: Path, lines: list[str]) -> None:
        super().__init__(child.name)
        self.child, self.log, self.lines = child, log, lines


class Ward:
    """A child with its process and its deaths."""

    def __init__(self, child: Child, logs: Path) -> None:
        self.child = child
        self.log = logs / f"{child.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.since = self.not_before = 0.0
        self.written_before = 0
        self.deaths: list[float] = []

    def start(self, now: float) -> None:
        """Start it in a group of its own, on a leash of this process."""
        leash = (sys.executable, "-m", "deployments.leash", str(os.getpid()))
        rotate(self.log)
        with open_log(self.log) as output:
            self.written_before = output.tell()
            self.process = subprocess.Popen(  # noqa: S603 (the command comes from deployments.children)
                (*leash, *self.child.command), cwd=CODE_ROOT, env=dict(self.child.environment),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.since, self.ready = now, False

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def is_dead(self, now: float) -> bool:
        """Dead, or not ready although its patience has run out."""
        if self.process is None:
            return False
        return self.process.poll() is not None or (not self.ready and now - self.since > self.child.patience)

    def bury(self, now: float) -> float:
        """Clear away what is left of it; returns the seconds that its deaths have earned it."""
        self.end(0, threading.Event())
        self.deaths = [death for death in self.deaths if now - death < WITHIN] + [now]
        return float(2 ** (len(self.deaths) - 1))

    def end(self, grace: float, hurry: threading.Event) -> None:
        """End it and its group: the process itself is asked first, because it ends its own runs in order."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            processes.wait_until(lambda: self._is_over() or hurry.is_set(), grace)
        processes.end_group(self.pid, 0 if hurry.is_set() else min(grace, 2.0))
        self.process.wait()
        self.process = None

    def _is_over(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def last_lines(self) -> list[str]:
        return last_lines(self.log, self.written_before)


class Supervisor:
    """Keeps the children up until `stop` is set; `changed` is told of every new process.

    Use it from the main thread: the kernel ends a leashed child when the thread that started it ends.
    """

    def __init__(
        self,
        children: Iterable[Child],
        logs: Path,
        screen: Screen,
        stop: threading.Event,
        changed: Callable[[tuple[Tenant, ...]], None],
        longest_pause: float = LONGEST_PAUSE,
    ) -> None:
        self.longest_pause = longest_pause
        self.wards = [Ward(child, logs) for child in children]
        self.begun: list[Ward] = []
        self.screen, self.stop, self.changed = screen, stop, changed
        self.hurry = threading.Event()

    def tenants(self) -> tuple[Tenant, ...]:
        return tuple(tenant(ward.child.name, ward.pid) for ward in self.begun if ward.process)

    def stand(self) -> bool:
        """Start the children one after another, each when the former is ready; False when told to stop."""
        for ward in self.wards:
            self.begun.append(ward)
            with self.screen.waiting(translate(ward.child.title)):
                while not ward.ready and not self.stop.is_set():
                    self.look_after()
                    self.stop.wait(TICK)
        return not self.stop.is_set()

    def watch(self) -> None:
        """Look after the children until told to stop. Raises Fell."""
        while not self.stop.wait(TICK):
            self.look_after()

    def look_after(self) -> None:
        now = time.monotonic()
        for ward in self.begun:
            rotate(ward.log)
            if ward.is_dead(now):
                self._mourn(ward, now)
            elif ward.process is None and now >= ward.not_before:
                ward.start(now)
                self.changed(self.tenants())
            elif ward.process and not ward.ready and ward.child.is_ready(ward.pid):
                self._greet(ward)

    def end(self) -> None:
        """End all in the reverse order of starting."""
        for ward in reversed(self.begun):
            if ward.process:
                with self.screen.waiting(translate("Stopping: {title}", title=translate(ward.child.title))):
                    ward.end(ward.child.grace, self.hurry)

    def _greet(self, ward: Ward) -> None:
        ward.ready = True
        ward.child.once_ready()
        title, seconds = translate(ward.child.title), f"{time.monotonic() - ward.since:.1f}"
        self.screen.done(translate("{title}: ready in {seconds} s", title=title, seconds=seconds))

    def _mourn(self, ward: Ward, now: float) -> None:
        how, lines = _how_it_ended(ward), ward.last_lines()
        pause = min(self.longest_pause, ward.bury(now))
        ward.not_before = now + pause
        if len(ward.deaths) >= DEATHS_BORNE:
            raise Fell(ward.child, ward.log, lines)
        title = translate(ward.child.title)
        self.screen.warn(
            translate("{title}: {how}; started again in {pause} s", title=title, how=how, pause=f"{pause:.0f}")
        )
        if how != translate("ended by signal {signal}", signal="SIGKILL"):  # then the log says nothing about it
            self.screen.quote(lines[-3:])


def _how_it_ended(ward: Ward) -> str:
    code = ward.process.returncode if ward.process else None
    if code is None:
        return translate("not ready after {seconds} s", seconds=f"{ward.child.patience:.0f}")
    if code < 0:
        return translate("ended by signal {signal}", signal=signal.Signals(-code).name)
    return translate("ended with code {code}", code=code)
