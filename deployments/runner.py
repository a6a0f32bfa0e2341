"""The runners: what is due is run, each run in a process of its own.

`python -m deployments.runner` registers every deployment of the catalogue and runs those of its own door;
`python -m deployments.runner bulk` runs the others, so that placements never wait behind them. The launcher keeps both.
"""

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from types import FrameType
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner

from deployments.children import pulse_path
from deployments.entries import BULK, PLACEMENTS
from deployments.lists import OfferedLists, lists_now
from deployments.registration import await_registered, register
from deployments.settings import Settings, read_settings
from deployments.tidying import SILENCE, bury_the_dead, declare_dead, drop_pile, fallen_silent, forget_idle
from models.form import Lists

PULSE_SECONDS = 5
TIDY_EVERY = 4  # pulses
SERVER_PATIENCE = 120
SLEPT = timedelta(seconds=60)
RUN_GRACE = 5
LEAVE_WITHIN = 12  # when the server is gone too, reporting the runs would be tried for minutes

Catalogue = Callable[[], Sequence[RunnerDeployment]]


class HouseRunner(Runner):
    """Prefect's runner with another way to stop.

    Its own marks the runs it ends as Cancelled, and here a cancellation is a person's order that cancels what the run
    was to send. So the runs are ended as what they are, crashed, and their work is taken up after the next start.
    """

    def handle_sigterm(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Stop polling, end the runs, leave; called in the main thread between two steps of the loop."""
        asyncio.get_running_loop().call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        if self.stopping:
            return
        if not self.started:
            os._exit(0)  # no run has been started yet
        self.stopping = True
        threading.Thread(target=_leave_at_last, daemon=True).start()
        self._scheduled_run_poller.stopping = True
        self._loops_task_group.cancel_scope.cancel()
        self._ending = asyncio.ensure_future(self._end_runs())

    async def _end_runs(self) -> None:
        """End every run, also one that is just being started; the runner reports each as crashed."""
        while self._scheduled_run_poller._submitting_flow_run_ids:
            for run in self._process_manager.flow_run_ids():
                await self._process_manager.kill(run, grace_seconds=RUN_GRACE)
            await asyncio.sleep(0.2)


def _leave_at_last() -> None:
    """End the whole group, runs included, when leaving takes too long; only where the group is ours alone."""
    time.sleep(LEAVE_WITHIN)
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


async def serve(
    settings: Settings, catalogue: Sequence[RunnerDeployment], lists: Callable[[], Lists | None] = lambda: None,
    door: str = PLACEMENTS, bulk: Collection[str] = (),
) -> None:  # fmt: skip
    """Register, tidy up after the former runner, then run what is due until told to stop.

    `lists` are the names that the forms offer, asked for again and again. `bulk` are the names of what is run behind
    that door; its runner registers nothing, and each runner tidies only its own: the other's runs are alive.
    """
    async with get_client() as client:
        await await_server(client)
        is_first = door == PLACEMENTS
        names = await register(client, catalogue) if is_first else await await_registered(client, catalogue)
        mine = {id: name for id, name in names.items() if (name in bulk) is not is_first}
        await bury_the_dead(client, mine)
        await drop_pile(client, mine, datetime.now(UTC))
        runner = HouseRunner(name="otdel" if is_first else f"otdel-{door}", pause_on_shutdown=False)
        for deployment, name in mine.items():
            runner._deployment_registry.register_deployment(deployment, name)
        offered = OfferedLists(client, lists, _catalogue) if is_first else None
        pulse = asyncio.create_task(Pulse(settings, client, runner, mine, offered, names, door).beat())
        try:
            await runner.start()
        finally:
            pulse.cancel()
            with suppress(asyncio.CancelledError):
                await pulse


async def await_server(client: PrefectClient) -> None:
    """Wait for a server that is being brought back; the launcher starts it first, but it may die alone."""
    for _ in range(SERVER_PATIENCE):
        if await client.api_healthcheck() is None:
            return
        await asyncio.sleep(1)
    raise TimeoutError("Prefect's server does not answer")


class Pulse:
    """The runner's sign of life, and the tidying that goes with it."""

    def __init__(
        self,
        settings: Settings,
        client: PrefectClient,
        runner: Runner,
        names: dict[UUID, str],
        offered: OfferedLists | None = None,
        registered: dict[UUID, str] | None = None,
        door: str = PLACEMENTS,
    ) -> None:
        self.settings, self.client, self.runner, self.names = settings, client, runner, names
        self.offered, self.registered, self.door = offered, registered or names, door
        self.last = self.awake_since = datetime.now(UTC)

    async def beat(self) -> None:
        """Write the pulse, and now and then tidy, until cancelled."""
        for number in count():
            self._notice_sleep(datetime.now(UTC))
            try:
                if self.runner.last_polled:
                    write_pulse(self.settings, self.runner.last_polled, self.registered, self.door)
                if number % TIDY_EVERY == TIDY_EVERY - 1:
                    await self._tidy(datetime.now(UTC))
            except Exception:  # a full disk, a busy server: the next beat comes all the same
                self.runner._logger.exception("A beat of the pulse did not succeed; it is tried again")
            await asyncio.sleep(PULSE_SECONDS if self.runner.last_polled else 0.2)

    def _notice_sleep(self, now: datetime) -> None:
        """After the machine slept every run seems silent; give them their time to speak."""
        if now - self.last > SLEPT:
            self.awake_since = now
        self.last = now

    async def _tidy(self, now: datetime) -> None:
        """Drop the pile that a machine wakes up with; end what is silent; then let the forms follow the files."""
        await drop_pile(self.client, self.names, now)
        await forget_idle(self.client, self.names, now)
        if now - self.awake_since >= SILENCE:
            await self._end_silent(now)
        if self.offered:  # last: whatever is wrong with a form, the runs are looked after
            await self.offered.follow(self.registered)

    async def _end_silent(self, now: datetime) -> None:
        """End the runs that say nothing: frozen here, or lost elsewhere."""
        processes = self.runner._process_manager
        for run in await fallen_silent(self.client, self.names, now):
            if run.id in processes.flow_run_ids():
                await processes.kill(run.id, force=True)  # the runner reports it and frees its place
            else:
                await declare_dead(self.client, run)


def write_pulse(settings: Settings, polled_at: datetime, names: dict[UUID, str], door: str = PLACEMENTS) -> None:
    """Say that the runner lives: whole or not at all, because the launcher and the doctor read it."""
    path = pulse_path(settings, door)
    deployments = {str(deployment): name for deployment, name in names.items()}
    said = {"pid": os.getpid(), "polled_at": polled_at.isoformat(), "deployments": deployments}
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(said, ensure_ascii=False))
    draft.replace(path)


def main(catalogue: Catalogue | None = None, door: str = PLACEMENTS, bulk: Collection[str] | None = None) -> None:
    """Serve a door. A test gives a catalogue of its own, and the names of what is bulk in it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the loop runs, SIGTERM is a plain stop
    with suppress(KeyboardInterrupt):
        listed = (catalogue or _catalogue)()  # outside the loop: inside, Prefect's to_deployment gives a coroutine
        behind = bulk if bulk is not None else _bulk(listed) if catalogue is None else ()
        asyncio.run(serve(read_settings(), listed, lists_now if catalogue is None else lambda: None, door, behind))


def _catalogue() -> Sequence[RunnerDeployment]:
    from deployments.blocks import register as register_blocks
    from deployments.catalogue import catalogue

    register_blocks()
    return catalogue()


def _bulk(listed: Sequence[RunnerDeployment]) -> set[str]:
    """The names of what runs behind the second door."""
    from deployments.catalogue import CATALOGUE

    return {one.name for entry, one in zip(CATALOGUE, listed, strict=True) if entry.door == BULK}


if __name__ == "__main__":
    main(door=sys.argv[1] if len(sys.argv) > 1 else PLACEMENTS)
