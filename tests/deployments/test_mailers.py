"""Mailers furnished: settings from card, block and environment; what leaves this computer; what the doctor says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from deployments.accounts import Accounts, block_name, kind_of
from deployments.blocks import block_types
from deployments.cli.house import lay_out
from deployments.doctor import examine
from deployments.doctor.finding import Finding, Level
from deployments.house import locked
from deployments.secrets import ensure_secrets
from deployments.settings import Settings
from integrations.errors import Refused
from integrations.mailers import discovered
from integrations.media import MediaStore
from models.customers import AddressKind
from models.mailers import MailerCard
from tests.deployments.conftest import bring_up


def accounts(folder: Path, typed: dict[str, Any] | None = None, **environment: str) -> Accounts:
    usual = {"mailbox": {"path": str(folder / "letters")}}
    return Accounts(MediaStore(folder / "media"), environment, lambda provider, key: typed or {}, usual, folder)


def card(provider: str, enabled: bool = True, **settings: Any) -> MailerCard:
    return MailerCard(key="post", provider=provider, title="Post", enabled=enabled, settings=settings)


def test_the_local_mailbox_needs_nothing(tmp_path: Path) -> None:
    made = accounts(tmp_path)
    mailer = made.mailer_of(card("mailbox"))
    mailer.check()
    assert (tmp_path / "letters").is_dir() and mailer is made.mailer_of(card("mailbox"))


def test_what_is_typed_into_a_block_lies_under_the_environment(tmp_path: Path) -> None:
    typed = {"host": "one.example", "user": "u", "password": SecretStr("hidden")}
    made: Any = accounts(tmp_path, typed, OTDEL_SMTP_POST_HOST="two.example").mailer_of(card("smtp", host="three"))
    assert (made.settings.host, made.settings.user) == ("two.example", "u")
    assert "hidden" not in repr(made.settings)


@pytest.mark.parametrize(
    ("one", "code", "said"),
    [
        pytest.param(card("smtp"), "no_credentials", "OTDEL_SMTP_POST_HOST", id="no host"),
        pytest.param(card("mailgun", api_url="https://x.example"), "no_credentials", "mailgun-post", id="no key"),
        pytest.param(card("unisender_sms"), "no_credentials", "unisender-sms-post", id="a block's name"),
        pytest.param(card("pigeon"), "no_provider", "mailers.yaml", id="no such provider"),
        pytest.param(card("mailbox", enabled=False), "switched_off", "enabled: false", id="switched off"),
    ],
)
def test_a_mailer_that_cannot_be_made_says_how_to_mend_it(
    tmp_path: Path, one: MailerCard, code: str, said: str
) -> None:
    with pytest.raises(Refused) as caught:
        accounts(tmp_path).mailer_of(one)
    assert caught.value.reason.code == code and said in str(caught.value)


@pytest.mark.parametrize(
    ("one", "leaves"),
    [
        (card("mailbox"), False), (card("smtp", host="localhost"), False), (card("smtp", host="::1"), False),
        (card("smtp", host="mail.example"), True), (card("smtp"), True), (card("mailgun"), True),
        (card("mailgun", api_url="http://127.0.0.1:9"), False), (card("pigeon"), False),
    ],
)  # fmt: skip
def test_letters_leave_unless_they_stay_with_this_machine(tmp_path: Path, one: MailerCard, leaves: bool) -> None:
    assert accounts(tmp_path).letters_leave(one) is leaves


def test_a_mailer_that_was_made_is_judged_by_what_it_was_made_with(tmp_path: Path) -> None:
    made = accounts(tmp_path, {"host": "mail.example"})
    here = card("smtp", host="localhost")
    assert made.letters_leave(here) is False
    made.mailer_of(here)
    assert made.letters_leave(here) is True


def test_every_mailer_that_asks_for_anything_has_a_block_of_its_own() -> None:
    types = block_types()
    assert set(discovered()) <= set(types)
    slugs = [types[name].get_block_type_slug() for name in discovered()]
    assert all("_" not in slug for slug in slugs) and len(set(slugs)) == len(slugs)
    assert block_name(card("amazon_ses")) == "amazon-ses-post"


def test_what_a_mailer_writes_to_is_known_without_making_it() -> None:
    assert (kind_of(card("unisender_sms")), kind_of(card("smtp"))) == (AddressKind.PHONE, AddressKind.EMAIL)


@pytest.fixture
def company(settings: Settings) -> Settings:
    (settings.workspace / "company.yaml").unlink()
    lay_out(settings.workspace, "sample", "en")
    ensure_secrets(settings)
    bring_up(settings)
    return settings


def findings(settings: Settings) -> list[Finding]:
    return [found for found in examine(settings, datetime.now(UTC)) if found.about == "mailers"]


def with_server(settings: Settings, port: int) -> None:
    (settings.workspace / "mailers.yaml").write_text(
        "mailers:\n  - {key: post, provider: smtp, title: Post, sender: news@example.org,"
        f" settings: {{host: 127.0.0.1, port: {port}, encryption: none}}}}\n"
    )


def test_the_doctor_finds_the_sample_well_and_a_silent_server_not(company: Settings) -> None:
    [found] = findings(company)
    assert found.level == Level.OK
    with_server(company, 9)
    [found] = findings(company)
    assert found.level == Level.BAD and "post" in str(found.what) and str(found.mend)


def test_while_prefect_is_away_the_doctor_says_so_of_every_mailer(company: Settings) -> None:
    (company.workspace / "mailers.yaml").write_text(
        "mailers:\n  - {key: far, provider: mailgun, title: Far, settings: {api_url: 'http://127.0.0.1:9'}}\n"
        "  - {key: here, provider: mailbox, title: Here}\n"
    )
    with locked(company):
        found = findings(company)
    said = [str(one.what) for one in found]
    assert [one.level for one in found] == [Level.BAD, Level.BAD] and all("Prefect" in what for what in said)
    assert "“far”" in said[0] and "“here”" in said[1]


def test_letters_for_the_world_with_links_to_this_computer_are_refused(
    company: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTDEL_MAILGUN_POST_API_KEY", "k")
    monkeypatch.setenv("OTDEL_MAILGUN_POST_DOMAIN", "example.org")
    (company.workspace / "mailers.yaml").write_text(
        "mailers: [{key: post, provider: mailgun, title: Post, settings: {api_url: 'http://mail.invalid'}}]\n"
    )
    said = [one for one in findings(company) if "public_url" in str(one.mend)]
    assert [one.level for one in said] == [Level.BAD]
    public = company.model_copy(update={"public_url": "https://www.example.org"})
    assert not [one for one in findings(public) if "public_url" in str(one.mend)]
