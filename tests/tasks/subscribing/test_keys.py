"""Keys of letters that ask to confirm, and the networks that forms come from."""

from hashlib import sha256
from hmac import new

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.subscribing.keys import key_of, path_of, read
from tasks.subscribing.networks import network_of


def printed(kind: str, value: str) -> str:
    return new(b"ours", f"{kind} {value}".encode(), sha256).hexdigest()


def theirs(kind: str, value: str) -> str:
    return new(b"theirs", f"{kind} {value}".encode(), sha256).hexdigest()


@given(st.integers(1, 2**31 - 1))
def test_a_key_says_its_number_in_any_case_and_only_in_its_house(number: int) -> None:
    key = key_of(printed, number)
    assert read(printed, key) == number == read(printed, f" {key.upper()}\n")
    assert read(theirs, key) is None and path_of(key).isascii() and len(key) < 30


@given(st.integers(1, 2**31 - 1), st.integers(0, 40), st.characters())
def test_a_key_with_another_sign_is_none(number: int, place: int, sign: str) -> None:
    key = key_of(printed, number)
    place %= len(key)
    if key[place] not in (sign, sign.lower(), sign.upper().lower()):
        assert read(printed, key[:place] + sign + key[place + 1 :]) != number


@pytest.mark.parametrize("text", ["", "1", "0" + "a" * 16, "1" + "a" * 15, "x" * 500, "١" + "a" * 16, "-1" + "a" * 16])
def test_what_is_no_key_says_nothing(text: str) -> None:
    assert read(printed, text) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_network_is_as_large_as_one_subscriber(address: str, network: str) -> None:
    assert network_of(address) == network
