"""What is an address, how it goes over the wire, and the bounce address that carries a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused
from integrations.mailers.addresses import key_of, mailpoint, tagged

CONTROLS = "".join(map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA1), 0x2028, 0x2029, 0x200B, 0xAD, 0xD800]))


@pytest.mark.parametrize(
    ("written", "wire", "utf8"),
    [
        ("anna@example.com", "anna@example.com", False),
        ("Anna.Kim+tea@Example.COM", "Anna.Kim+tea@example.com", False),
        ("anna@localhost", "anna@localhost", False),
        ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai", False),
        ("анна@пример.рф", "анна@xn--e1afmkfd.xn--p1ai", True),
        ("o'neil/a=b@example.com", "o'neil/a=b@example.com", False),
    ],
)
def test_an_address_is_written_for_the_wire(written: str, wire: str, utf8: bool) -> None:
    found = mailpoint(written)
    assert (found.wire.decode(), found.utf8) == (wire, utf8)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "@", "anna", "anna@", "@example.com", "anna kim@example.com", "anna@exa mple.com", "a@b@example.com",
        ".anna@example.com", "anna.@example.com", "an..na@example.com", "<anna@example.com>", "anna@-example.com",
        "anna@example..com", "anna@example.com.", "a" * 65 + "@example.com", "а" * 33 + "@example.com",
        "anna@" + "a" * 64 + ".com", "anna@" + "a." * 130 + "com", "anna@[127.0.0.1]", '"a b"@example.com',
        "anna@example.com>\r\nRCPT TO:<b@example.com", "anna@example.com,b@example.com", "x" * 10_000_000 + "@a.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(Refused) as caught:
        mailpoint(wrong)
    assert "anna" not in str(caught.value) + repr(caught.value.reason)


@given(st.text(max_size=8), st.sampled_from([*CONTROLS, " ", "<", ">", ",", ";", "(", '"', "\\"]), st.text(max_size=8))
def test_nothing_that_could_end_a_command_passes(before: str, breaking: str, after: str) -> None:
    for wrong in (f"{before}{breaking}{after}@example.com", f"anna@{before}{breaking}{after}"):
        try:
            wire = mailpoint(wrong).wire.decode()
        except Refused:
            continue
        assert breaking not in wire and wire.isprintable() and " " not in wire


@pytest.mark.parametrize("bounce", ["bounces@example.org", "bounces@пример.рф", "bounces+news@example.org"])
def test_a_bounce_address_carries_its_key(bounce: str) -> None:
    key = "0123456789abcdef0123456789abcdef"
    found = mailpoint(tagged(bounce, key)).wire.decode()
    assert key_of(found, bounce) == key
    assert key_of(f"<{found.upper().replace(key.upper(), key)}>", bounce) == key


@pytest.mark.parametrize(
    "other", ["", "bounces@example.org", "other+abc@example.org", "bounces+abc@example.com", "a+@b"]
)
def test_another_address_carries_none(other: str) -> None:
    assert key_of(other, "bounces@example.org") == ""


@pytest.mark.parametrize(("bounce", "key"), [("b" * 60 + "@a.com", "abcd"), ("b@a.com", "a b"), ("b@a.com", "a\r\nb")])
def test_a_key_that_does_not_fit_is_refused(bounce: str, key: str) -> None:
    with pytest.raises(Refused):
        tagged(bounce, key)
