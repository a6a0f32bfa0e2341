"""Providers' servers that check every request against the providers' own schemas and misbehave on demand.

In this process: `with TelegramServer(...) as server:`. In a process of its own: `with launched("vk", ...) as server:`.
"""

from tests.servers.faults import KINDS, Fault, Faults
from tests.servers.journal import Publication
from tests.servers.plain import PlainServer, Spelling
from tests.servers.remote import Remote, launched
from tests.servers.telegram import TelegramServer
from tests.servers.vk import VkServer

__all__ = [
    "KINDS", "Fault", "Faults", "PlainServer", "Publication", "Remote", "Spelling", "TelegramServer", "VkServer",
    "launched",
]  # fmt: skip
