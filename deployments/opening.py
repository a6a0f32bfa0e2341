"""The first steps in a house beyond one machine: the pipeline once, then where to look and how to sign in.

`python -m deployments.opening`, by hand, when everything stands; on one machine the launcher does it by itself.
"""

import os
import threading

from deployments.environment import environment
from deployments.front import read_front
from deployments.launcher import Standing
from deployments.screen import Screen
from deployments.secrets import read_secrets
from deployments.settings import read_settings
from deployments.welcome import welcome
from models.locale import speak, translate


def main() -> None:
    settings, screen = read_settings(), Screen()
    secrets, front = read_secrets(settings), read_front(settings)
    speak(front.locale)
    ours = environment(settings, secrets, front, os.environ)
    screen.say(translate("Prefect: {url}", url=front.ui_url), "bold")
    auth = secrets.prefect_auth.get_secret_value()
    screen.say(translate("In Prefect's Login field paste whole: {auth}", auth=auth))
    welcome(Standing(settings, secrets, front, ours, screen, threading.Event()))


if __name__ == "__main__":
    main()
