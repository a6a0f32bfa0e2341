"""What the department does: one file per operation, one flow per file; nothing is registered."""

import pkgutil
from importlib import import_module

from prefect import Flow


def discovered() -> dict[str, Flow]:  # type: ignore[type-arg]
    """Every flow of this folder by the name of its function."""
    found: dict[str, Flow] = {}  # type: ignore[type-arg]
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        for member in vars(import_module(module.name)).values():
            if isinstance(member, Flow) and member.fn.__module__ == module.name:
                found[member.fn.__name__] = member
    return found
