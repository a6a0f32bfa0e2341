"""What makes a function a step: a task of Prefect that keeps nothing, called in the reader's language."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

from models.locale import translate

P = ParamSpec("P")
R = TypeVar("R")


def step(title: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step of a function. On Prefect's pages its run is called by its name and its translated title.

    The name goes first, because Prefect's graph of a run draws Latin letters only.
    """

    def made(work: Callable[P, R]) -> Task[P, R]:
        name = work.__name__.replace("_", " ")
        return task(cache_policy=NO_CACHE, task_run_name=lambda: f"{name} · {translate(title)}")(work)

    return made
