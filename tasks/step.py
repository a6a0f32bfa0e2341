"""What makes a function a step: a task of Prefect that keeps nothing, called in the reader's language."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

from models.locale import translate

P = ParamSpec("P")
R = TypeVar("R")


def step(title: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step of a function. `title` is what its run is called on Prefect's pages, translated when it runs."""
    return task(cache_policy=NO_CACHE, task_run_name=lambda: translate(title))
