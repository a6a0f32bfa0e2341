"""The channels: every class of this folder that has `Settings` of its own; nothing is registered."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from integrations.channels.base import Channel

ATTRIBUTES = (
    "name", "title", "Settings", "limits", "capabilities", "parts", "act", "find", "observe", "reactions", "comments",
    "audience", "check",
)  # fmt: skip


def discovered() -> dict[str, type[Channel]]:
    """Every channel provider by its name."""
    found: dict[str, type[Channel]] = {}
    for module in pkgutil.iter_modules(__path__):
        for provider in _providers(import_module(f"{__name__}.{module.name}")):
            assert provider.name not in found, f"two channels are called {provider.name}"
            found[provider.name] = provider
    return found


def _providers(module: ModuleType) -> Iterator[Any]:
    for member in vars(module).values():
        if inspect.isclass(member) and member.__module__ == module.__name__ and hasattr(member, "Settings"):
            lacking = [attribute for attribute in ATTRIBUTES if not hasattr(member, attribute)]
            if lacking:
                raise TypeError(f"{member.__name__} is no channel yet: it lacks {', '.join(lacking)}")
            yield member
