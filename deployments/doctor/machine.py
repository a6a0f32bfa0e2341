"""What the doctor sees of the machine: versions, disk, clock, ports."""

import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deployments.doctor.finding import Finding, bad, ok, warn
from deployments.front import read_front
from deployments.house import is_running
from deployments.ports import complaints, ports_of
from deployments.settings import Settings
from models.reason import because

# Without these Prefect does not start, or never schedules (DECISIONS 1): package, from, below.
PINS = (
    ("prefect", (3, 8, 8), (3, 8, 9)),
    ("fastapi", (0, 139), (0, 151)),
    ("sqlalchemy", (2, 0), (2, 1)),
)
PYTHONS = ((3, 11), (3, 14))
FULL, TIGHT = 200_000_000, 1_000_000_000
SKEW = timedelta(minutes=5)
OLDEST = datetime(2026, 11, 1, tzinfo=UTC)


def versions(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Python and the packages whose versions decide whether anything runs at all."""
    lowest, above = PYTHONS
    if not lowest <= sys.version_info[:2] < above:
        what = because("Python {version} is not one that Otdel runs on.", version=platform.python_version())
        yield bad("python", what, because("Use Python 3.11, 3.12 or 3.13: make clean up"))
    for package, lowest_version, below in PINS:
        found = version(package)
        numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
        if lowest_version <= numbers < below:
            yield ok("versions", because("{package} {version}", package=package, version=found))
        else:
            what = because("{package} {version}: with it schedules stand still.", package=package, version=found)
            mend = because("Install what belongs together: pip install --no-deps --require-hashes -r requirements.txt")
            yield bad("versions", what, mend)


def disk(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Room for databases, pictures and copies."""
    free = shutil.disk_usage(_there(settings.workspace)).free
    said = because("{free} MB free on the disk of the workspace", free=free // 1_000_000)
    mend = because("Make room: old copies lie in {folder}.", folder=settings.backups)
    yield bad("disk", said, mend) if free < FULL else warn("disk", said, mend) if free < TIGHT else ok("disk", said)


def _there(folder: Path) -> Path:
    return folder if folder.exists() else _there(folder.parent)


def clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """A clock that goes back would publish twice or never; a missing zone would shift every slot."""
    mend = because("Set the clock of this machine, and let it be kept by a time server.")
    written = [path.stat().st_mtime for path in settings.var.glob("*.sqlite*")]
    newest = datetime.fromtimestamp(max(written, default=0), UTC)
    if now < OLDEST or newest - now > SKEW:
        yield bad("clock", because("The clock is wrong: it shows {now}.", now=f"{now:%Y-%m-%d %H:%M} UTC"), mend)
        return
    yield ok("clock", because("The clock shows {now}", now=f"{now:%Y-%m-%d %H:%M} UTC"))
    zone = read_front(settings).zone
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        what = because("This machine does not know the time zone {zone}.", zone=zone)
        yield bad("clock", what, because("Install the time zones (package tzdata), or correct company.yaml."))


def ports(settings: Settings, now: datetime) -> Iterator[Finding]:
    """While the house stands its own processes hold them; otherwise they must be free."""
    if is_running(settings):
        return
    found = [bad("ports", refusal.what, refusal.mend) for refusal in complaints(settings)]
    yield from found or [ok("ports", because("Port {port} is free", port=port)) for port in ports_of(settings).values()]
