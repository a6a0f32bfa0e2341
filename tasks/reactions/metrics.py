"""What providers call a metric, and what the registry calls it. Pure.

A snapshot keeps the provider's own name; a fact is written only for what stands here. What is missing is kept in the
snapshots alone: VK's own count of followed links, say, because our short links are counted by ourselves.
"""

from collections.abc import Mapping
from types import MappingProxyType

REGISTRY: Mapping[str, str] = MappingProxyType({
    "reach_total": "reach",
    "reach": "reach",
    "views": "views",
    "likes": "likes",
    "reactions": "reactions",
    "comments": "comments",
    "reposts": "reposts",
    "clicks": "clicks",
    "members": "members",
})  # fmt: skip


def named(metrics: Mapping[str, int]) -> dict[str, int]:
    """The metrics by the registry's names; what it does not know is left out, and what is absent stays absent."""
    return {REGISTRY[name]: value for name, value in metrics.items() if name in REGISTRY}
