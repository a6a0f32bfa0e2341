"""Which addresses of the network a fetch may reach: those of the open internet, unless a source is our own."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")  # the last four bytes are the IPv4 address the packet ends at (RFC 6052)
# Addresses that carry others within them or belong to no one, and that ipaddress of 3.11 holds to be global.
CLOSED = tuple(
    IPv6Network(network) for network in ("::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "3fff::/20", "5f00::/16")
)


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet; one that wraps an IPv4 address is judged by that."""
    try:
        address = _unwrapped(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    closed = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved,
        address.is_unspecified,
        isinstance(address, IPv6Address) and (address.is_site_local or any(address in one for one in CLOSED)),
    )
    return address.is_global and not any(closed)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(address.packed[-4:])
    return address
