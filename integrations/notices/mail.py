"""Notices by mail: into the local mailbox (a folder of .eml files), or through an SMTP server (RFC 5321)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, Field, SecretStr

from integrations.channels.base import Call, Capabilities, Limits, Part, Receipt
from integrations.errors import Refused
from integrations.notices import smtp
from integrations.notices.base import Blind
from models.delivery import Verb
from models.locale import mark
from models.post import Post
from models.reason import because

NO_ADDRESS = mark("There is no mail address to write to. Fill it in in company.yaml.")


class MailSettings(BaseModel):
    """Without a host letters stay in the local mailbox."""

    mailbox: Path | None = Field(default=None, title=mark("Local mailbox"))
    host: str = Field(default="", title=mark("SMTP server"))
    port: int = Field(default=587, title=mark("Port"))
    user: str = Field(default="", title=mark("User name"))
    password: SecretStr = Field(default=SecretStr(""), title=mark("Password"))
    sender: str = Field(default="otdel@localhost", title=mark("Sender"))
    encrypted: bool = Field(default=True, title=mark("Encrypted connection (STARTTLS)"))


class Mail(Blind):
    """One letter per notice; its Message-ID is our key, so a letter that came twice is shown once."""

    name: ClassVar[str] = "mail"
    title: ClassVar[str] = mark("Mail")
    limits: ClassVar[Limits] = Limits()
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset({Verb.PUBLISH}), call_timeout=timedelta(seconds=60)
    )

    Settings: ClassVar[type[BaseModel]] = MailSettings

    def __init__(
        self,
        settings: MailSettings,
        http: Any = None,
        open_picture: Any = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings, self.now = settings, now

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        return (Part("letter", repeatable=not self.settings.host),)

    def act(self, call: Call) -> Receipt:
        if not call.post.to:
            raise Refused(because(NO_ADDRESS, code="no_address"))
        letter = self._letter(call.post, call.key)
        if self.settings.host:
            smtp.send(self._server(), letter)
        else:
            self._keep(letter, call.key)
        return Receipt(str(letter["Message-ID"]))

    def check(self) -> None:
        if self.settings.host:
            smtp.greet(self._server())

    def _server(self) -> smtp.Server:
        s = self.settings
        return smtp.Server(s.host, s.port, s.encrypted, s.user, s.password)

    def _letter(self, post: Post, key: str) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["Message-ID"] = f"<{key}@otdel>"
        letter["Date"], letter["Auto-Submitted"] = format_datetime(self.now()), "auto-generated"
        letter["From"], letter["To"], letter["Subject"] = self.settings.sender, post.to, " ".join(post.title.split())
        letter.set_content(f"{post.text}\n\n{post.link}\n" if post.link else f"{post.text}\n")
        return letter

    def _keep(self, letter: EmailMessage, key: str) -> None:
        assert self.settings.mailbox is not None
        self.settings.mailbox.mkdir(parents=True, exist_ok=True)
        draft = self.settings.mailbox / f".{key}.draft"
        draft.write_bytes(letter.as_bytes())
        draft.replace(self.settings.mailbox / f"{key}.eml")
