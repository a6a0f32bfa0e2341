"""Where passkeys hold, and what strangers send instead of answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.web.passkeys import Place, claimed, count_of, made, place_of

HERE = Place("desk.example", "https://desk.example", "Семь чашек")


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        pytest.param("https://desk.example", "desk.example", "https://desk.example", id="a name over tls"),
        pytest.param("https://desk.example:443", "desk.example", "https://desk.example", id="the usual port"),
        pytest.param("https://desk.example:8443/x", "desk.example", "https://desk.example:8443", id="another port"),
        pytest.param("http://localhost:8080", "localhost", "http://localhost:8080", id="this computer"),
        pytest.param("http://127.0.0.1:8080", "localhost", "http://localhost:8080", id="this computer's number"),
        pytest.param("http://[::1]:8080", "localhost", "http://localhost:8080", id="its other number"),
    ],
)
def test_a_passkey_is_bound_to_the_name_of_the_staff_address(url: str, host: str, origin: str) -> None:
    place = place_of(url, "x")
    assert place and (place.host, place.origin) == (host, origin)


@pytest.mark.parametrize("url", ["http://desk.example", "http://192.168.0.7:8080", "https://192.168.0.7", "", "desk"])
def test_where_browsers_make_no_passkeys_none_are_offered(url: str) -> None:
    assert place_of(url, "x") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "response", "type", "clientDataJSON", "attestationObject", "authenticatorData",
                         "signature", "userHandle", "challenge"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_whatever_a_stranger_sends_proves_nothing_and_breaks_nothing(answer: str) -> None:
    assert made(HERE, answer, "AAAAAAAAAAAAAAAAAAAAAA").code == "not_proven"  # type: ignore[union-attr]
    assert count_of(HERE, answer, "AAAAAAAAAAAAAAAAAAAAAA", b"key") is None
    claimed(answer)


def test_an_answer_too_long_is_not_even_read() -> None:
    assert claimed(json.dumps({"id": "x" * 20_000})) is None
