"""DKIM, judged by dkimpy: what we sign is what others find signed, and whatever is added or changed shows."""

from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrations.errors import Refused
from integrations.mailers.dkim import Signer
from integrations.mailers.mime import FormBytes, filled
from models.letters import Letter, LetterForm
from tests.integrations.mailers.forms import FORM, NOW, letter


def pem(key: Any, password: bytes = b"") -> str:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return str(key.private_bytes(serialization.Encoding.PEM, form, lock).decode())


@cache
def signer(kind: str) -> Signer:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    return Signer("example.org", "otdel", pem(key))


class EllipticKey:
    """The public half that a record names, in the shape dkimpy asks for: its own needs a library we have not."""

    def __init__(self, record: bytes) -> None:
        self.holds = False
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(b64decode(record.rpartition(b"p=")[2]))

    def verify(self, digest: bytes, signature: bytes) -> None:
        with suppress(InvalidSignature):
            self.key.verify(signature, digest)
            self.holds = True


class Judge(dkim.DKIM):  # type: ignore[misc]
    """dkimpy reads, canonicalises and compares; only the curve itself is another library's."""

    def verify_sig(self, sig: Any, include_headers: Any, sig_header: Any, dnsfunc: Any) -> Any:
        record = dnsfunc(sig[b"s"] + b"._domainkey." + sig[b"d"] + b".")
        if b"k=ed25519" not in record:
            return super().verify_sig(sig, include_headers, sig_header, dnsfunc)
        self.pk, self.keysize, self.ktag, self.seqtlsrpt = EllipticKey(record), 256, b"ed25519", False
        return self.verify_sig_process(sig, include_headers, sig_header, dnsfunc) and self.pk.holds


def holds(data: bytes, judge: Signer) -> bool:
    name, text = judge.record
    published = {name.encode() + b".": text.encode()}
    try:
        return bool(Judge(data).verify(dnsfunc=lambda asked, timeout=5: published.get(asked)))
    except dkim.ValidationError:
        return False


def signed(judge: Signer, one: LetterForm = FORM, eight_bit: bool = True, **more: Any) -> bytes:
    written = filled(FormBytes(one, eight_bit), letter(form=one, **more), NOW)
    return written.whole(judge.field(written, NOW))


KINDS = pytest.mark.parametrize("judge", [signer("rsa"), signer("ed25519")], ids=["rsa", "ed25519"])


@KINDS
@pytest.mark.parametrize("eight_bit", [True, False])
def test_a_signed_letter_holds(judge: Signer, eight_bit: bool) -> None:
    data = signed(judge, eight_bit=eight_bit, to_name="Анна Ким")
    assert holds(data, judge)
    head = data.partition(b"\r\nFrom:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76


@KINDS
def test_every_letter_of_a_form_holds(judge: Signer) -> None:
    made = FormBytes(FORM, True)
    for number in range(3):
        written = filled(made, letter(number), NOW)
        assert holds(written.whole(judge.field(written, NOW)), judge)


CHANGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("subject", lambda data: data.replace(b"Subject: ", b"Subject: x")),
    ("body", lambda data: data.replace(b"https://example.org/t/1", b"https://evil.example/t/")),
    ("second from", lambda data: b"From: boss@example.org\r\n" + data),
    ("unsubscribe", lambda data: data.replace(b"/u/abc-1", b"/u/abc-2")),
    ("one click", lambda data: data.replace(b"=One-Click", b"=No")),
    ("recipient", lambda data: data.replace(b"To: anna1@", b"To: anna2@")),
    ("date", lambda data: data.replace(b"09:05:07", b"09:05:08")),
    ("message id", lambda data: data.replace(b"<key", b"<kez")),
    ("reply to", lambda data: data.replace(b"shop@", b"ship@")),
    ("content type", lambda data: data.replace(b"multipart/alternative", b"multipart/mixed")),
]


@KINDS
@pytest.mark.parametrize("change", [c for _, c in CHANGES], ids=[name for name, _ in CHANGES])
def test_whatever_is_changed_shows(judge: Signer, change: Callable[[bytes], bytes]) -> None:
    data = signed(judge)
    assert change(data) != data
    assert holds(data, judge) and not holds(change(data), judge)


def test_what_a_way_may_change_does_not_show() -> None:
    """White space is folded, collapsed and cut by whoever passes a letter on."""
    judge = signer("rsa")
    data = signed(judge)
    head, _, body = data.partition(b"\r\n\r\n")
    assert holds(head.replace(b"Reply-To: ", b"REPLY-TO:   ") + b"\r\n\r\n" + body + b"\r\n\r\n", judge)


BODY = st.lists(
    st.sampled_from(
        ["", " ", "  ", "\t", "\n", "\r\n", "\n\n", " \n", ".", "\n.", "..", "a", "чай", "\u00a0", "=", "x" * 990]
    ) | st.integers(0, 2), max_size=9,
).map(tuple)  # fmt: skip
VALUE = st.lists(
    st.sampled_from(["", " ", "\t", "\n", "\n\n", ".", "a", "я", " b", "c ", "\u00a0", "д " * 3]), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(BODY, BODY, st.tuples(*[VALUE.map("".join)] * 3), st.booleans())
@example((), (), ("", "", ""), True)
@example((0, " ", 1), (0, " \n"), ("a ", "", ""), True)
@example((0, "\n\n"), (), ("a", "b", "c"), True)
def test_odd_bodies_hold(text: Any, html: Any, values: tuple[str, ...], eight_bit: bool) -> None:
    judge = signer("ed25519")
    form = LetterForm("odd", "news@example.org", ("s",), text, html)
    written = filled(FormBytes(form, eight_bit), Letter(1, "k", "a@example.com", form, values), NOW)
    assert holds(written.whole(judge.field(written, NOW)), judge)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "cannot be read", id="broken"),
        pytest.param(pem(ed25519.Ed25519PrivateKey.generate(), b"word"), "cannot be read", id="with a password"),
        pytest.param(pem(rsa.generate_private_key(65537, 1024)), "1024", id="weak"),
        pytest.param(pem(ec.generate_private_key(ec.SECP256R1())), "neither", id="another kind"),
    ],
)
def test_an_unfit_key_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        Signer("example.org", "otdel", text)
    assert said in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize(("domain", "selector"), [("", "otdel"), ("exa mple.org", "otdel"), ("example.org", "a;b")])
def test_names_that_are_none_of_the_dns_are_refused(domain: str, selector: str) -> None:
    with pytest.raises(Refused):
        Signer(domain, selector, pem(ed25519.Ed25519PrivateKey.generate()))


def test_a_key_typed_in_one_line_is_read() -> None:
    key = pem(ed25519.Ed25519PrivateKey.generate()).replace("\n", "\\n")
    assert Signer("пример.рф", "otdel", key).record[0] == "otdel._domainkey.xn--e1afmkfd.xn--p1ai"


def test_a_signer_shows_no_key() -> None:
    assert "PRIVATE" not in repr(vars(signer("rsa")))
