from ipaddress import IPv4Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.feeds.addresses import is_public

CLOSED_V4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
CLOSED_V6 = [
    "::1/128", "::/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "2001::/32", "2002::/16",
    "64:ff9b:1::/48", "100::/64", "::/96",
]  # fmt: skip


def addresses_in(networks: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(networks).flatmap(lambda network: st.ip_addresses(network=ip_network(network))).map(str)


@given(addresses_in(CLOSED_V4 + CLOSED_V6))
def test_an_address_of_a_closed_network_is_never_public(address: str) -> None:
    assert not is_public(address)


@given(addresses_in(CLOSED_V4), st.sampled_from(["::ffff:{0}", "64:ff9b::{0}"]))
def test_wrapping_a_closed_address_does_not_open_it(address: str, wrapping: str) -> None:
    assert not is_public(wrapping.format(address))


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_judged_as_itself(address: IPv4Address) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        pytest.param("8.8.8.8", True, id="public"),
        pytest.param("2a00:1450:4010::65", True, id="public v6"),
        pytest.param("64:ff9b::808:808", True, id="public through NAT64"),
        pytest.param("169.254.169.254", False, id="metadata of a cloud"),
        pytest.param("fe80::1%eth0", False, id="link-local with its zone"),
        pytest.param("localhost", False, id="a name is no address"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_an_address_is_public_only_on_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public
