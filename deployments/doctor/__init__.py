"""The doctor: looks at everything the house stands on, and says of each what it found and how to mend it."""

from collections.abc import Iterator
from datetime import datetime

from deployments.doctor.finding import Finding, Level, bad
from deployments.refusal import Refusal
from deployments.settings import Settings
from models.reason import because


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at one thing after another; a look that itself goes wrong is a finding, not the end."""
    from deployments.doctor import company, machine, mailers, running

    looks = (
        machine.versions, machine.disk, machine.clock, machine.ports,
        company.secrets, company.workspace, company.tables, company.database, company.addresses, mailers.mailers,
        running.processes, running.server, running.deployments,
    )  # fmt: skip
    for look in looks:
        try:
            yield from look(settings, now)
        except Refusal as refusal:
            yield Finding(level=Level.BAD, about=look.__name__, what=refusal.what, mend=refusal.mend)
        except Exception as error:
            what = because("This could not be looked at: {error}", error=repr(error))
            yield bad(look.__name__, what, because("Look again in a minute; if it stays, show a technician var/logs."))


def is_well(findings: list[Finding]) -> bool:
    return all(finding.level == Level.OK for finding in findings)
