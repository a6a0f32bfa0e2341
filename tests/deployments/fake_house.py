"""A whole house with the fake catalogue; started as `python -m tests.deployments.fake_house`."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import replace

from deployments import launcher
from deployments.children import PYTHON, Child, children
from deployments.front import Front
from deployments.refusal import Refusal
from deployments.screen import Screen
from deployments.secrets import Secrets
from deployments.settings import Settings, read_settings

FAKES = {
    "web": "tests.deployments.fake_web", "runner": "tests.deployments.fake_runner",
    "runner-bulk": "tests.deployments.fake_bulk_runner",
}  # fmt: skip


def family(settings: Settings, secrets: Secrets, front: Front, inherited: Mapping[str, str]) -> tuple[Child, ...]:
    real = children(settings, secrets, front, inherited)
    return tuple(
        replace(child, command=(PYTHON, "-m", FAKES[child.name])) if child.name in FAKES else child for child in real
    )


def main() -> int:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the suite itself may run under nohup, and children inherit that
    screen = Screen()
    try:
        return launcher.up(read_settings(), lambda house: house.screen.say("EVERYTHING STANDS"), screen, family)
    except Refusal as refusal:
        screen.refuse(refusal)
        return refusal.code


if __name__ == "__main__":
    sys.exit(main())
