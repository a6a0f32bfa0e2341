"""Before every start beyond one machine: the folders, the secrets of the first start, our tables at this version.

`python -m deployments.prepare`. While the house runs there is nothing to prepare, unless the tables must change: then
it is refused, and the house has to be stopped first.
"""

import sys

from deployments.database import migrate, opened, stands_at
from deployments.front import read_front
from deployments.house import is_running, locked
from deployments.refusal import Refusal
from deployments.screen import Screen
from deployments.secrets import ensure_secrets
from deployments.settings import Settings, read_settings
from models.locale import speak, translate


def prepare(settings: Settings, screen: Screen) -> None:
    """Bring it all up to this version. Raises Refusal."""
    if is_running(settings) and _is_newest(settings):
        screen.done(translate("Otdel runs, and its tables are of this version."))
        return
    with locked(settings):
        settings.make_folders()
        ensure_secrets(settings)
        migrate(settings.database, settings.backups, screen.done)


def _is_newest(settings: Settings) -> bool:
    with opened(settings.database) as engine:
        former, wanted = stands_at(engine)
    return former == wanted


def main() -> None:
    screen = Screen()
    try:
        settings = read_settings()
        speak(read_front(settings).locale)
        prepare(settings, screen)
    except Refusal as refusal:
        screen.refuse(refusal)
        sys.exit(refusal.code)


if __name__ == "__main__":
    main()
