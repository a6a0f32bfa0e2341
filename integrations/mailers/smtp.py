"""Any mail server by SMTP: https://www.rfc-editor.org/rfc/rfc5321 and its extensions (read 2026-11-21).

PIPELINING (RFC 2920), SIZE (RFC 1870), 8BITMIME (RFC 6152), STARTTLS (RFC 3207), AUTH (RFC 4954), enhanced codes (RFC
2034), SMTPUTF8 (RFC 6531), DKIM (RFC 6376). SMTP has no key, no look-up and no webhook: what became of a letter whose
final reply was lost, only its bounce address or the server's log can tell. Tried against a server of our own
tests and against aiosmtpd; **not** against a provider's relay.
"""

import socket
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from integrations.channels.exchange import ProviderSettings
from integrations.errors import Refused, Unavailable, Unsupported
from integrations.mailers.addresses import LOCAL_MAX, NOT_A_BOUNCE, domain_on_wire, own_mailpoint, tagged
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from integrations.mailers.dkim import Signer
from integrations.mailers.mime import FormBytes, filled
from integrations.mailers.smtp_dialogue import Envelope
from integrations.mailers.smtp_line import SmtpLine
from integrations.mailers.smtp_opening import NOT_IN_CLEAR, Offers, Terms
from integrations.mailers.smtp_plug import NOT_REACHED, Patience, Way
from integrations.wire import Resolver, resolve
from models.address import is_loopback
from models.letters import Answer, Letter, LetterForm, MailNews
from models.locale import mark, translate
from models.reason import because

NO_LOOK = mark("A mail server cannot be asked what became of a letter. Bounces tell, and its log.")
NO_NEWS = mark("A mail server tells nothing of its own accord. Bounces come by mail.")
NO_UTF8 = mark(
    "The address has letters beyond Latin before its @, and this mail server cannot write to such (no SMTPUTF8). Ask "
    "the customer for another address."
)
TOO_BIG = mark("The letter has {size} kB, the mail server takes {most} kB. Make it smaller.")
NO_CA = mark("The file of the certificate authority cannot be read: {path}. Correct its path in the settings.")
NO_KEY_FILE = mark("The file of the DKIM key cannot be read: {path}. Correct its path in the settings.")
IN_CLEAR = mark("Letters go unencrypted only to this computer. Choose “starttls” or “tls”, or allow it expressly.")
LONG_BOUNCE = mark("The bounce address is too long to carry a letter's number: at most {most} characters before its @.")
KEY_MAX, FORMS_KEPT = 32, 64


class SmtpSettings(ProviderSettings):
    host: str = Field(
        min_length=1, pattern=r"^[^\s@/]+$", title=mark("Mail server"),
        description=mark("Its name, for example smtp.example.org."),
    )  # fmt: skip
    port: int = Field(
        587, ge=1, le=65_535, title=mark("Port"),
        description=mark("Usually 587 with STARTTLS, 465 with TLS from the beginning, 25 between servers."),
    )  # fmt: skip
    encryption: Literal["starttls", "tls", "none"] = Field(
        "starttls", title=mark("Encryption"),
        description=mark("starttls: after the greeting; tls: from the beginning; none: only on this computer."),
    )  # fmt: skip
    unencrypted_allowed: bool = Field(
        False, title=mark("Allow letters to go unencrypted"),
        description=mark("Only for a mail server in a network of your own. A password is never sent so."),
    )  # fmt: skip
    ca_file: str = Field(
        "", title=mark("File of the certificate authority"),
        description=mark("Only where the mail server's certificate is made by an authority of your own."),
    )  # fmt: skip
    connections: int = Field(
        10, ge=1, le=200, title=mark("Connections"),
        description=mark("How many letters are handed over at once; the mail server may allow fewer."),
    )  # fmt: skip
    letters_per_connection: int = Field(
        0, ge=0, title=mark("Letters per connection"),
        description=mark("After so many a new connection is made; 0: as many as the mail server takes."),
    )  # fmt: skip
    user: str = Field("", title=mark("User name"), description=mark("Leave it empty if the mail server asks for none."))
    password: SecretStr = Field(
        SecretStr(""), title=mark("Password"), description=mark("The password of the account at the mail server.")
    )
    helo: str = Field(
        "", pattern=r"^[A-Za-z0-9.:\[\]_-]*$", title=mark("Our name"),
        description=mark("By which name this computer introduces itself; empty: the one it has."),
    )  # fmt: skip
    bounce: str = Field(
        "", title=mark("Bounce address"),
        description=mark("Where letters that cannot be delivered come back to; empty: the sender of the letter."),
    )  # fmt: skip
    bounce_numbered: bool = Field(
        False, title=mark("Bounce address carries the letter's number"),
        description=mark("Bounces come to name+number@domain, so it is known which letter came back."),
    )  # fmt: skip
    dkim_domain: str = Field(
        "", title=mark("DKIM domain"),
        description=mark("The sender's domain that signs the letters; empty: nothing is signed here."),
    )  # fmt: skip
    dkim_selector: str = Field(
        "", title=mark("DKIM selector"), description=mark("The name before ._domainkey in the DNS.")
    )
    dkim_private_key: SecretStr = Field(
        SecretStr(""), title=mark("DKIM key"), description=mark("The private key in PEM, RSA of 2048 bits or Ed25519.")
    )
    dkim_key_file: str = Field(
        "", title=mark("File of the DKIM key"), description=mark("Instead of the key itself: where it lies.")
    )

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        local = is_loopback(f"//[{self.host}]" if ":" in self.host else f"//{self.host}")
        if self.encryption == "none" and not local:
            if not self.unencrypted_allowed:
                raise ValueError(translate(IN_CLEAR))
            if self.user:
                raise ValueError(translate(NOT_IN_CLEAR))
        most = LOCAL_MAX - 1 - KEY_MAX
        if self.bounce_numbered and len(self.bounce.rpartition("@")[0].encode()) > most:
            raise ValueError(translate(LONG_BOUNCE, most=most))
        return self


class Smtp:
    name: ClassVar[str] = "smtp"
    title: ClassVar[str] = mark("Mail server (SMTP)")
    Settings: ClassVar[type[BaseModel]] = SmtpSettings
    limits: ClassVar[MailerLimits] = MailerLimits()  # each server has its own, and says so when it is spoken to
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(connections=200, call_timeout=timedelta(minutes=5))

    def __init__(
        self, settings: SmtpSettings, http: Any = None, now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.time, patience: Patience | None = None, resolver: Resolver = resolve,
    ) -> None:  # fmt: skip
        self.settings, self.now, self.clock, self.patience, self.resolver = settings, now, clock, patience, resolver
        self._forms: OrderedDict[tuple[str, bool], tuple[LetterForm, FormBytes | Refused]] = OrderedDict()

    def open(self) -> SmtpLine:
        """Greet and sign in once; further connections are made as they are needed."""
        _ = self._signer, self._bounce
        s = self.settings
        line = SmtpLine(
            self._way(), Terms(s.helo or _own_name(), s.encryption, s.user, s.password), self._written, s.connections,
            s.letters_per_connection, self.patience, self.clock,
        )  # fmt: skip
        try:
            line.begin()
        except BaseException:
            line.close()
            raise
        return line

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        raise Unsupported(because(NO_LOOK, code="no_look"))

    def pull(self, cursor: str) -> Pulled:
        raise Unsupported(because(NO_LOOK, code="no_look"))

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        raise Unsupported(because(NO_NEWS, code="no_news"))

    def check(self) -> None:
        self.open().close()

    # The way there.

    def _way(self) -> Way:
        host = domain_on_wire(self.settings.host) or self.settings.host  # an address of IPv6 is no domain
        try:
            host.encode("idna")  # TLS would stumble over it with the connection open
            addresses = self.resolver(host, self.settings.port)
        except (OSError, UnicodeError) as error:
            raise Unavailable(because(NOT_REACHED, code="unreachable", detail=type(error).__name__)) from None
        trust = None if self.settings.encryption == "none" else self._trust
        return Way(host, self.settings.port, tuple(addresses), trust)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.settings.ca_file or None)
        except OSError:
            raise Refused(because(NO_CA, code="no_ca", path=self.settings.ca_file)) from None

    @cached_property
    def _signer(self) -> Signer | None:
        s = self.settings
        if not s.dkim_domain:
            return None
        pem = s.dkim_private_key.get_secret_value()
        try:
            pem = pem or (Path(s.dkim_key_file).expanduser().read_text(encoding="utf-8") if s.dkim_key_file else "")
        except (OSError, UnicodeError):
            raise Refused(because(NO_KEY_FILE, code="dkim", path=s.dkim_key_file)) from None
        return Signer(s.dkim_domain, s.dkim_selector, pem)

    @cached_property
    def _bounce(self) -> str:
        if self.settings.bounce:
            own_mailpoint(self.settings.bounce, NOT_A_BOUNCE)
        return self.settings.bounce

    # A letter for the wire.

    def _written(self, letter: Letter, offers: Offers) -> Envelope:
        """A letter as this server takes it. Raises Refused."""
        now = self.now()
        one = filled(self._form(letter.form, offers.eight_bit), letter, now)
        sender, utf8 = one.made.sender.wire, one.utf8
        if self._bounce:
            bounce = tagged(self._bounce, letter.key) if self.settings.bounce_numbered else self._bounce
            back = own_mailpoint(bounce, NOT_A_BOUNCE)
            sender, utf8 = back.wire, utf8 or back.utf8
        if utf8 and not offers.utf8:
            raise Refused(because(NO_UTF8, code="smtputf8"))
        content = one.on_wire(self._signer.field(one, now)) if self._signer else one.on_wire()
        if 0 < offers.size < len(content):
            raise Refused(because(TOO_BIG, code="too_large", size=len(content) // 1000, most=offers.size // 1000))
        eight_bit = b" BODY=8BITMIME" if offers.eight_bit and (one.made.eight_bit or utf8) else b""
        size = b" SIZE=%d" % len(content) if offers.size >= 0 else b""
        mail = b"MAIL FROM:<%b>%b%b%b\r\n" % (sender, eight_bit, size, b" SMTPUTF8" if utf8 else b"")
        return Envelope(letter.id, mail, b"RCPT TO:<%b>\r\n" % one.to.wire, content)

    def _form(self, form: LetterForm, eight_bit: bool) -> FormBytes:
        """The form written out: once, also where it is unfit."""
        kept = self._forms.get((form.id, eight_bit))
        if kept is None or (kept[0] is not form and kept[0] != form):
            try:
                kept = (form, FormBytes(form, eight_bit))
            except Refused as no:
                kept = (form, no)
            self._forms[form.id, eight_bit] = kept
            while len(self._forms) > FORMS_KEPT:
                self._forms.popitem(last=False)
        if isinstance(kept[1], Refused):
            raise Refused(kept[1].reason)
        return kept[1]


def _own_name() -> str:
    """The computer's name, where it is one that others may look up."""
    name = domain_on_wire(socket.gethostname())
    return name if "." in name else ""
