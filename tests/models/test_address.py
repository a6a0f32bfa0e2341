"""Which addresses lead everybody to their own computer."""

import pytest

from models.address import host_of, is_loopback


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://localhost", True),
        ("http://shop.localhost/x", True),
        ("http://localhost.:8080", True),
        ("http://[::1]:80", True),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://0.0.0.0:8080", True),
        ("https://www.example.org", False),
        ("https://127.0.0.1.example.org", False),
        ("http://192.168.1.5", False),
        ("", False),
        ("http://[broken", False),
    ],
)
def test_loopback_is_known_in_every_dress(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_a_host_is_named_without_its_port() -> None:
    assert [host_of(url) for url in ("http://[::1]:80/x", "http://shop.example:81", "x", "http://[broken")] == [
        "::1", "shop.example", "", "",
    ]  # fmt: skip
