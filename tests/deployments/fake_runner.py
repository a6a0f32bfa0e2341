"""A runner with a small catalogue; started as `python -m tests.deployments.fake_runner`."""

import os
import warnings

from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from deployments.runner import main
from tests.deployments.fake_flows import beat, bulk, long_work, question

BULKY = ("Много дел",)


def catalogue() -> list[RunnerDeployment]:
    """Without the cron deployment when FAKE_DEPARTED is set: it has left the catalogue."""
    kind = EntrypointType.MODULE_PATH
    here = [
        long_work.to_deployment("Долгая работа", entrypoint_type=kind),
        question.to_deployment("Вопрос", entrypoint_type=kind),
        bulk.to_deployment("Много дел", entrypoint_type=kind),
    ]
    if not os.environ.get("FAKE_DEPARTED"):
        cron = Cron("0 9 * * *", timezone="Europe/Moscow")
        here.append(beat.to_deployment("Удар", schedules=[cron], tags=["X1"], entrypoint_type=kind))
    return here


if __name__ == "__main__":
    warnings.simplefilter("default")
    main(catalogue, bulk=BULKY)
