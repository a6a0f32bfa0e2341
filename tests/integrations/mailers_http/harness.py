"""What the contract of the HTTP mailers needs of each: one entry in `KINDS`, at the end."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from integrations.mailers.amazon_ses import AmazonSes
from integrations.mailers.mailchimp_transactional import MailchimpTransactional
from integrations.mailers.mailgun import Mailgun
from integrations.mailers.sendgrid import SendGrid
from integrations.mailers.sendpulse import SendPulse
from integrations.mailers.unisender import UniSender
from integrations.mailers.unisender_sms import UniSenderSms
from integrations.wire import Wire
from models.customers import AddressKind
from models.letters import Answer, Letter, LetterForm
from tests.integrations.mailers_http import hooks
from tests.servers import amazon_ses, mailchimp_transactional, mailgun, sendgrid, sendpulse, unisender
from tests.servers.mail import Mail, MailServer

TRUST = ssl.create_default_context()  # read once: it takes longer than most of these tests
PATIENCE = timedelta(seconds=10)
A_WHILE, AT_ONCE = timedelta(seconds=30), timedelta(milliseconds=400)

Tell = Callable[..., tuple[dict[str, str], bytes]]


class Routed(httpx.BaseTransport):
    """Our wire, and for Amazon's own hosts what a test says: no test leaves this machine."""

    def __init__(self) -> None:
        self.wire = Wire(trust=TRUST)
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.host.endswith("amazonaws.com"):
            return self.wire.handle_request(request)
        self.asked.append(str(request.url))
        return httpx.Response(200, content=hooks.CERTIFICATE)

    def close(self) -> None:
        self.wire.close()


@dataclass(frozen=True)
class Kind:
    """A mailer and its test server. `sends` is the server's name of the call that sends."""

    mailer: Any
    server: Callable[[], MailServer]
    typed: dict[str, Any]
    sends: str
    tell: Tell | None = None
    keyed: bool = True  # our key comes back
    per_recipient: bool = False  # a call has an answer for each recipient
    refuses_in_words: bool = False  # one bad address, and the whole call is refused


@dataclass
class Harness:
    kind: Kind
    server: MailServer
    http: httpx.Client
    transport: Routed
    typed: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.kind.mailer.name)

    @property
    def is_mail(self) -> bool:
        return bool(self.kind.mailer.capabilities.kind is AddressKind.EMAIL)

    @property
    def secrets(self) -> list[str]:
        fields = self.kind.mailer.Settings.model_fields
        return [
            str(self.typed[name])
            for name, info in fields.items()
            if info.annotation is SecretStr and name in self.typed
        ]

    def mailer(self, now: Callable[[], datetime] | None = None, **otherwise: Any) -> Any:
        settings = self.kind.mailer.Settings(**(self.typed | otherwise))
        return self.kind.mailer(settings, self.http, *([now] if now else []))

    def over(self, http: httpx.Client, **otherwise: Any) -> Any:
        return self.kind.mailer(self.kind.mailer.Settings(**(self.typed | otherwise)), http)

    def fault(self, kind: str, times: int = 1, **how: Any) -> None:
        self.server.add_faults(self.kind.sends, [{"kind": kind, **how}] * times)

    def requests(self) -> int:
        return len(self.server.journal_events("received", self.kind.sends))

    def inbox(self) -> list[Mail]:
        return self.server.mails()

    def address(self, number: int) -> str:
        return f"guest{number}@tea.example" if self.is_mail else f"+7916{number:07d}"

    def form(self, **fields: Any) -> LetterForm:
        plain: dict[str, Any] = {
            "id": "spring", "sender": "shop@seven-cups.example" if self.is_mail else "SevenCups",
            "sender_name": "Семь чашек" if self.is_mail else "", "subject": ("Чай для вас, ", 0),
            "text": ("Здравствуйте, ", 0, "! Сенча 🍵, 450 ₽"),
            "html": ("<p>Здравствуйте, ", 0, "!</p>") if self.is_mail else (),
        }  # fmt: skip
        return LetterForm(**(plain | fields))

    def letters(self, count: int, form: LetterForm | None = None) -> list[Letter]:
        form = form or self.form()
        return [self.letter(number, form, f"гость {number}") for number in range(1, count + 1)]

    def letter(self, number: int, form: LetterForm, *values: str, **fields: Any) -> Letter:
        return Letter(number, f"key-{number:04d}", fields.pop("to", self.address(number)), form, values, **fields)

    def send(self, letters: Sequence[Letter], within: timedelta = A_WHILE, mailer: Any = None) -> dict[int, Answer]:
        """Hand letters over as the engine does, and give each letter's answer; two answers to one are noticed."""
        line = (mailer or self.mailer()).open()
        waiting, said = list(letters), dict[int, Answer]()
        until = datetime.now(UTC) + within
        while len(said) < len(letters):
            room = line.room()
            if waiting and room:
                line.post(waiting[:room], until)
                waiting = waiting[room:]
            answers = line.answers(PATIENCE)
            assert answers, "nothing was answered"
            for answer in answers:
                assert answer.id not in said, f"{answer.id} was answered twice"
                said[answer.id] = answer
        assert line.close() == []
        return said


@contextmanager
def beside(name: str) -> Iterator[Harness]:
    """The mailer of that name beside its server, which complains of every request that breaks its contract."""
    kind, transport = KINDS[name], Routed()
    with kind.server() as server, httpx.Client(transport=transport, trust_env=False) as http:
        url = f"{server.url}/api/1.4" if name == "mailchimp_transactional" else server.url
        yield Harness(kind, server, http, transport, kind.typed | {"api_url": url})
        assert server.violations == []


KINDS: dict[str, Kind] = {
    "unisender": Kind(
        UniSender, unisender.UniSenderServer, {"api_key": unisender.KEY, "list_id": unisender.LIST}, "sendEmail",
        hooks.unisender, refuses_in_words=True,
    ),
    "unisender_sms": Kind(
        UniSenderSms, unisender.UniSenderServer, {"api_key": unisender.KEY, "sender": "SevenCups"}, "sendSms",
        keyed=False, refuses_in_words=True,
    ),
    "sendpulse": Kind(
        SendPulse, sendpulse.SendPulseServer,
        {"client_id": sendpulse.ID, "client_secret": sendpulse.SECRET, "webhook_secret": hooks.PATH},
        "POST /smtp/emails", hooks.sendpulse, keyed=False, refuses_in_words=True,
    ),
    "mailgun": Kind(
        Mailgun, mailgun.MailgunServer,
        {"api_key": mailgun.KEY, "domain": mailgun.DOMAIN, "webhook_secret": mailgun.SIGNING},
        mailgun.MESSAGES, hooks.mailgun, refuses_in_words=True,
    ),
    "sendgrid": Kind(
        SendGrid, sendgrid.SendGridServer, {"api_key": sendgrid.KEY, "webhook_public": hooks.SENDGRID_PUBLIC},
        sendgrid.SEND, hooks.sendgrid, refuses_in_words=True,
    ),
    "amazon_ses": Kind(
        AmazonSes, amazon_ses.AmazonSesServer,
        {"key_id": amazon_ses.KEY_ID, "key_secret": amazon_ses.SECRET, "region": amazon_ses.REGION,
         "topic": amazon_ses.TOPIC},
        amazon_ses.SEND, hooks.amazon_ses, per_recipient=True,
    ),
    "mailchimp_transactional": Kind(
        MailchimpTransactional, mailchimp_transactional.MailchimpTransactionalServer,
        {"api_key": mailchimp_transactional.KEY, "webhook_secret": mailchimp_transactional.SIGNING,
         "webhook_url": mailchimp_transactional.HOOK},
        mailchimp_transactional.SEND, hooks.mailchimp, per_recipient=True,
    ),
}  # fmt: skip
