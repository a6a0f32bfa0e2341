"""`otdel up`: one launcher per workspace that migrates, starts the house, keeps it up and stops it cleanly."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from deployments import database, ports
from deployments.children import Child, children, pulse_path
from deployments.entries import DOORS
from deployments.environment import environment
from deployments.front import Front, read_front
from deployments.house import Record, Tenant, locked, sweep, tenant, write_record
from deployments.refusal import Exit, Refusal
from deployments.screen import Screen
from deployments.secrets import Secrets, ensure_secrets
from deployments.settings import Settings
from deployments.supervisor import Fell, Supervisor
from models.locale import speak, translate
from models.reason import because

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MakeChildren = Callable[[Settings, Secrets, Front, Mapping[str, str]], tuple[Child, ...]]


@dataclass(frozen=True)
class Standing:
    """The house once everything is up: what the first steps and the summary need."""

    settings: Settings
    secrets: Secrets
    front: Front
    environment: Mapping[str, str]
    screen: Screen
    stop: threading.Event


OnReady = Callable[[Standing], None]


def up(
    settings: Settings,
    on_ready: OnReady = lambda standing: None,
    screen: Screen | None = None,
    make_children: MakeChildren = children,
    copy_made: bool = False,
) -> Exit:
    """Start the house and stay with it until it is told to stop; every way of telling ends with 0."""
    screen = screen or Screen()
    front = read_front(settings)
    speak(front.locale)
    _refuse_no_workspace(settings)
    with locked(settings), _signals() as (stop, hurry):
        for name in sweep(settings):
            screen.warn(translate("{name}: left behind by a killed launcher, ended", name=name))
        secrets = ensure_secrets(settings)
        settings.make_folders()
        for door in DOORS:
            pulse_path(settings, door).unlink(missing_ok=True)
        _refuse_taken_ports(settings)
        database.migrate(settings.database, settings.backups, screen.done, copy_made)
        family = make_children(settings, secrets, front, os.environ)
        ours = environment(settings, secrets, front, os.environ)
        house = Standing(settings, secrets, front, ours, screen, stop)
        return _live(house, family, on_ready, hurry)


def _live(house: Standing, family: tuple[Child, ...], on_ready: OnReady, hurry: threading.Event) -> Exit:
    keep = _record_keeper(house)
    keep(())
    supervisor = Supervisor(family, house.settings.logs, house.screen, house.stop, keep)
    supervisor.hurry = hurry
    try:
        if supervisor.stand():
            _show(house)
            threading.Thread(target=_first_steps, args=(house, on_ready), daemon=True).start()
            supervisor.watch()
    except Fell as fell:
        _explain(fell, house.screen)
        return Exit.NOT_RUNNING
    finally:
        house.stop.set()
        supervisor.end()
        sweep(house.settings, patience=0)
    house.screen.done(translate("Otdel has stopped. Nothing is lost: start it again with otdel up"))
    return Exit.OK


def _first_steps(house: Standing, on_ready: OnReady) -> None:
    """Run the hook beside the watch, so that a child that dies meanwhile is brought back."""
    try:
        on_ready(house)
    except Refusal as refusal:
        house.screen.refuse(refusal)
    except Exception as error:
        house.screen.warn(translate("The first steps ended with an error: {error}", error=repr(error)))


def _show(house: Standing) -> None:
    """Say where to look; the only place that ever shows a secret: what to type into Prefect's Login field."""
    front, say = house.front, house.screen.say
    say("")
    say(translate("Desk:    {url}", url=front.staff_url), "bold")
    say(translate("Prefect: {url}", url=front.ui_url), "bold")
    auth = house.secrets.prefect_auth.get_secret_value()
    say(translate("In Prefect's Login field paste whole: {auth}", auth=auth))
    say(translate("Ctrl-C stops everything."), "dim")


def _explain(fell: Fell, screen: Screen) -> None:
    title = translate(fell.child.title)
    screen.quote(fell.lines)
    what = because("{title} died five times within two minutes, so the house is stopped.", title=title)
    mend = because(
        "Its last lines are above, all of them in {log}. Look: otdel doctor; then start again: otdel up", log=fell.log
    )
    screen.refuse(Refusal(what, mend))


def _record_keeper(house: Standing) -> Callable[[tuple[Tenant, ...]], None]:
    launcher = tenant("launcher", os.getpid())
    front = house.front

    def keep(tenants: tuple[Tenant, ...]) -> None:
        record = Record(launcher=launcher, children=tenants, ui_url=front.ui_url, staff_url=front.staff_url)
        try:
            write_record(house.settings, record)
        except OSError as error:  # a full disk must not stop what runs; the record only helps to find it
            house.screen.warn(translate("What runs could not be written down: {error}", error=error.strerror))

    return keep


def _refuse_no_workspace(settings: Settings) -> None:
    if not (settings.workspace / "company.yaml").exists():
        what = because("There is no company in {folder}: company.yaml is missing.", folder=settings.workspace)
        mend = because("Make one: otdel init (or otdel init --sample ru), or name another folder in OTDEL_WORKSPACE.")
        raise Refusal(what, mend)


def _refuse_taken_ports(settings: Settings) -> None:
    for refusal in ports.complaints(settings):
        raise refusal


@contextmanager
def _signals() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Turn Ctrl-C, SIGTERM and the closing of the terminal into `stop`, a second Ctrl-C into `hurry`."""
    stop, hurry = threading.Event(), threading.Event()
    last = [0.0]

    def heard(number: int, frame: FrameType | None) -> None:
        # A closing terminal says it twice (kernel and shell), a person waits a moment before insisting.
        if stop.is_set() and number == signal.SIGINT and time.monotonic() - last[0] > 1:
            hurry.set()
        stop.set()
        last[0] = time.monotonic()

    # nohup has SIGHUP ignored, and meant it.
    heeded = [number for number in STOPPING if signal.getsignal(number) is not signal.SIG_IGN]
    former = {number: signal.signal(number, heard) for number in heeded}
    try:
        yield stop, hurry
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
