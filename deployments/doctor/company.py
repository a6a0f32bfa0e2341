"""What the doctor sees of the company: its secrets, its files, its database, its addresses."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from sqlalchemy.exc import SQLAlchemyError

from deployments.doctor.finding import Finding, bad, ok, warn
from deployments.front import read_front
from deployments.house import is_running
from deployments.secrets import read_secrets, secrets_path
from deployments.settings import Settings
from models.content import Effect
from models.database import connect
from models.migrations.upgrade import is_known, newest, present
from models.reason import because

OURS = ("site", "folder")  # channels that never leave this machine by themselves


def secrets(settings: Settings, now: datetime) -> Iterator[Finding]:
    """There, whole and private; a Refusal of the reading is the finding."""
    if not (settings.var / "id").exists():
        yield ok("secrets", because("The secrets are made on the first start"))
        return
    read_secrets(settings)
    yield ok("secrets", because("The secrets are private: {path}. Keep a copy apart.", path=secrets_path(settings)))


def workspace(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every problem in the company's files, as the operations see it."""
    from integrations.channels import discovered
    from integrations.workspace import read_workspace

    _, problems = read_workspace(settings.workspace, now.date(), discovered().keys())
    for problem in problems:
        said = because("{problem}", problem=str(problem))
        yield bad("workspace", said) if problem.effect == Effect.STOPS else warn("workspace", said)
    if not problems:
        yield ok("workspace", because("The company's files are in order: {folder}", folder=settings.workspace))


def database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Reachable, and at the revision of this code."""
    if not settings.database_url and not (settings.var / "otdel.sqlite").exists():
        yield ok("database", because("The database is made on the first start"))
        return
    engine = connect(settings.database)
    try:
        stands, wanted = present(engine), newest()
    except SQLAlchemyError as error:
        what = because("The database cannot be opened: {error}.", error=str(getattr(error, "orig", error)).strip())
        yield bad("database", what, because("Check OTDEL_DATABASE_URL, and that the server or the disk is there."))
        return
    finally:
        engine.dispose()
    if stands == wanted:
        yield ok("database", because("The database is at revision {revision}", revision=stands))
    elif stands and not is_known(stands):
        what = because("The database is at revision {stands}, newer than this Otdel.", stands=stands)
        yield bad("database", what, because("Start the newer Otdel, or restore the copy made before the upgrade."))
    else:
        what = because("The database is at revision {stands}, the code at {wanted}.", stands=stands, wanted=wanted)
        yield warn("database", what, because("It is brought up on the next start: otdel up"))


def addresses(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Each address opens, and clients are not sent to this machine's own loopback."""
    front = read_front(settings)
    named = {"ui_url": front.ui_url, "staff_url": front.staff_url, "public_url": front.public_url}
    if is_running(settings):
        for name, url in named.items():
            yield _opens(name, url)
    yield from _leads_out(settings, front.public_url, now)


def _opens(name: str, url: str) -> Finding:
    try:
        answer = httpx.get(url, timeout=8, follow_redirects=True, trust_env=False)
    except httpx.HTTPError as error:
        what = because("{name} does not open: {url} ({error}).", name=name, url=url, error=type(error).__name__)
        return bad("addresses", what, because("Check the address in company.yaml and the proxy in front of it."))
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        what = because("{name} answers with {status}: {url}.", name=name, status=answer.status_code, url=url)
        return bad("addresses", what, because("Check the proxy in front of it and var/logs."))
    return ok("addresses", because("{name} opens: {url}", name=name, url=url))


def _leads_out(settings: Settings, public_url: str, now: datetime) -> Iterator[Finding]:
    from integrations.channels import discovered
    from integrations.workspace import read_workspace

    read, _ = read_workspace(settings.workspace, now.date(), discovered().keys())
    real = [channel.key for channel in read.channels if channel.enabled and channel.provider not in OURS]
    if real and is_loopback(public_url):
        what = because(
            "Channels {channels} go out for real, and their links would lead to {url}, which only this machine opens.",
            channels=", ".join(real), url=public_url,
        )  # fmt: skip
        yield bad("addresses", what, because("Write the public address into company.yaml: addresses: public_url."))


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
