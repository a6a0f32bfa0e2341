"""From which network somebody comes, as far as it is counted: a household or an office, never one device. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

OF_FOUR, OF_SIX = 24, 48  # what providers give to one subscriber, RFC 6177


def network_of(address: str) -> str:
    """The network of an address; what is no address is a network of its own."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, OF_FOUR if found.version == 4 else OF_SIX), strict=False))
