"""The mailers: every class of this folder that has `Settings` of its own is one provider; nothing is registered."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from integrations.mailers.base import Mailer

ATTRIBUTES = (
    "name", "title", "Settings", "limits", "capabilities", "open", "find", "pull", "told", "check",
)  # fmt: skip


def discovered() -> dict[str, type[Mailer]]:
    """Every mailer by its name."""
    found: dict[str, type[Mailer]] = {}
    for module in pkgutil.iter_modules(__path__):
        for provider in _providers(import_module(f"{__name__}.{module.name}")):
            assert provider.name not in found, f"two mailers are called {provider.name}"
            found[provider.name] = provider
    return found


def _providers(module: ModuleType) -> Iterator[Any]:
    for member in vars(module).values():
        if inspect.isclass(member) and member.__module__ == module.__name__ and hasattr(member, "Settings"):
            if getattr(member, "_is_protocol", False):
                continue
            lacking = [attribute for attribute in ATTRIBUTES if not hasattr(member, attribute)]
            if lacking:
                raise TypeError(f"{member.__name__} is no mailer yet: it lacks {', '.join(lacking)}")
            yield member
