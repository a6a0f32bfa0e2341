"""What an address of the web says of itself. Pure."""

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The host an address names, without port and brackets; empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(url: str) -> bool:
    """Whether the address leads everybody to their own computer: localhost, 127.0.0.0/8, ::1 in any dress."""
    host = host_of(url)
    try:
        address = ip_address(host)
    except ValueError:
        return host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")
    plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    return plain.is_loopback or plain.is_unspecified
