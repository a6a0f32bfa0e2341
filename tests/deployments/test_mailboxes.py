"""The mailbox of a mailer's bounces: its settings from the card, a block and the environment; no secret in a file."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from deployments.mailboxes import Mailboxes
from integrations.errors import Refused
from integrations.mailboxes.folder import FolderMailbox
from integrations.mailboxes.imap import Imap
from models.mailers import MailerCard

SAID = {"host": "mail.example.org", "user": "bounces@example.org"}


def card(**bounces: Any) -> MailerCard:
    return MailerCard.model_validate({"key": "post-1", "provider": "smtp", "title": "Почта", "bounces": bounces})


def made(given: MailerCard, environment: dict[str, str] | None = None, typed: dict[str, Any] | None = None) -> Imap:
    def typed_in(provider: str, account: str) -> dict[str, Any]:
        assert (provider, account) == ("imap", "post-1")
        return typed or {}

    found = Mailboxes(environment or {}, typed_in, Path("/company")).mailbox_of(given)
    assert isinstance(found, Imap)
    return found


@pytest.mark.parametrize(
    ("environment", "typed", "password"),
    [
        pytest.param({"OTDEL_IMAP_POST_1_PASSWORD": "from outside"}, {}, "from outside", id="environment"),
        pytest.param({}, {"password": SecretStr("typed in")}, "typed in", id="block"),
        pytest.param({"OTDEL_IMAP_POST_1_PASSWORD": "first"}, {"password": "second"}, "first", id="both"),
    ],
)
def test_the_password_comes_from_where_secrets_are(
    environment: dict[str, str], typed: dict[str, Any], password: str
) -> None:
    found = made(card(**SAID, folder="Bounces", move_to="Read"), environment, typed)
    assert found.settings.password.get_secret_value() == password and password not in repr(found.settings)
    assert (found.settings.host, found.settings.folder, found.settings.move_to) == (SAID["host"], "Bounces", "Read")


def test_what_is_missing_is_named_with_the_mend() -> None:
    with pytest.raises(Refused) as refused:
        made(card(host="mail.example.org"))
    said = str(refused.value)
    assert "imap-post-1" in said and "OTDEL_IMAP_POST_1_PASSWORD" in said and "mailers.yaml" in said
    with pytest.raises(Refused, match="names no mailbox"):
        made(card())


def test_a_wrong_value_is_not_repeated() -> None:
    with pytest.raises(Refused) as refused:
        made(card(**SAID, port="hunter2"), {"OTDEL_IMAP_POST_1_PASSWORD": "top secret"})
    assert "hunter2" not in str(refused.value) and "top secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_authority_lies_in_the_companys_folder() -> None:
    found = made(card(**SAID, authority="our-ca.pem"), {"OTDEL_IMAP_POST_1_PASSWORD": "x"})
    assert found.settings.authority == Path("/company/our-ca.pem")


def test_no_secret_stands_in_the_file() -> None:
    with pytest.raises(ValidationError, match="secret"):
        card(**SAID, password="hunter2")


def folder_of(mailer: MailerCard, environment: dict[str, str] | None = None) -> object:
    return Mailboxes(environment or {}, lambda provider, account: {}, Path("/company")).mailbox_of(mailer)


def test_a_folder_alone_is_one_on_this_computer_inside_the_companys() -> None:
    found = folder_of(card(folder="letters/back"))
    assert isinstance(found, FolderMailbox) and found.path == Path("/company/letters/back")


def test_a_folder_of_a_server_stays_one(tmp_path: Path) -> None:
    outside = {
        "OTDEL_IMAP_POST_1_HOST": "mail.example.org",
        "OTDEL_IMAP_POST_1_USER": "x",
        "OTDEL_IMAP_POST_1_PASSWORD": "x",
    }
    assert isinstance(folder_of(card(folder="Bounces"), outside), Imap)


@pytest.mark.parametrize("folder", ["", " ", 7, ["letters"], None, "back\0"])
def test_what_is_no_name_of_a_folder_is_said(folder: object) -> None:
    with pytest.raises(Refused, match=r"Write one inside .*\{folder: letters/back\}"):
        folder_of(card(folder=folder))


@pytest.mark.parametrize("folder", ["letters", "./letters/", "letters/back/.."])
def test_letters_are_never_read_for_what_came_back(folder: str) -> None:
    mailer = card(folder=folder).model_copy(update={"provider": "mailbox", "settings": {"path": "letters"}})
    with pytest.raises(Refused, match="Name another one"):
        folder_of(mailer)
