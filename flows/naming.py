"""Names of runs in the reader's language, chosen when the run starts."""

from collections.abc import Callable

from models.locale import translate


def named(title: str) -> Callable[[], str]:
    return lambda: translate(title)
