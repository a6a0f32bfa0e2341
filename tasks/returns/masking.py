"""An address as whoever holds the link of a letter may see it: its owner knows it, nobody else learns it. Pure."""

from models.customers import AddressKind

HIDDEN = "•••"


def masked(kind: str, value: str) -> str:
    """`anna@example.net` is a•••@e•••.net, a phone its last two digits."""
    if kind == AddressKind.PHONE:
        return f"{HIDDEN} {value[-2:]}"
    if kind == AddressKind.TELEGRAM:
        return f"@{value.lstrip('@')[:1]}{HIDDEN}"
    local, _, domain = value.rpartition("@")
    host, dot, ending = domain.rpartition(".")
    return f"{local[:1]}{HIDDEN}@{host[:1]}{HIDDEN}{dot}{ending}"
