"""What providers call a metric, and what we call it. Pure.

A snapshot keeps every number a provider shows, by our name where we have one. A fact is written only for what the
registry knows: VK's own count of followed links stays in the snapshots, because our short links are counted by us.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.registry import Kind, metrics_of

OURS: Mapping[str, str] = MappingProxyType({"reach_total": "reach"})
RECORDED = tuple(metrics_of(Kind.COUNTER, Kind.LEVEL))


def named(metrics: Mapping[str, int]) -> dict[str, int]:
    """The metrics by our names; what is absent stays absent."""
    return {OURS.get(name, name): value for name, value in metrics.items()}


def recorded(metrics: Mapping[str, int]) -> dict[str, int]:
    """Those of them that the registry knows."""
    return {name: value for name, value in named(metrics).items() if name in RECORDED}
