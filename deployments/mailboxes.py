"""The mailboxes that bounces and answers come to: a mailer's card, and what the environment or a block holds for it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from integrations.errors import Refused
from integrations.mailboxes.base import Mailbox
from integrations.mailboxes.folder import FolderMailbox, FolderSettings
from integrations.mailboxes.imap import Imap, ImapSettings
from models.locale import mark, quoted, translate
from models.mailers import MailerCard
from models.reason import because

TypedIn = Callable[[str, str], dict[str, Any]]
NO_ACCESS = mark(
    "Bounces of mailer “{account}”: {fields} is missing or wrong. Fill in “bounces” of mailers.yaml and the Prefect "
    "block “{block}” (type “{type}”), or set {variable} in the environment."
)
NO_BOUNCES = mark("Mailer “{account}” names no mailbox for bounces. Add “bounces” to it in mailers.yaml.")
NO_FOLDER = mark(
    "Bounces of mailer “{account}”: “folder” is not the name of a folder. Write one inside the company's folder into "
    "mailers.yaml, as bounces: {{folder: letters/back}}."
)
ITS_OWN_LETTERS = mark(
    "Bounces of mailer “{account}”: its letters themselves are put into the folder “{folder}”. Name another one for "
    "what comes back, as letters/back."
)


class Mailboxes:
    """Makes mailboxes: each is opened anew for a visit, so there is nothing worth keeping."""

    def __init__(self, environment: Mapping[str, str], typed_in: TypedIn, root: Path) -> None:
        self.environment, self.typed_in, self.root = environment, typed_in, root

    def mailbox_of(self, card: MailerCard) -> Mailbox:
        """The mailbox of this mailer's bounces. Raises Refused with the mend where it cannot be used."""
        if not card.bounces:
            raise Refused(because(NO_BOUNCES, code="no_bounces", account=card.key))
        variables = {field: variable_of(card, field) for field in ImapSettings.model_fields}
        given = {**card.bounces, **self.typed_in(Imap.name, card.key)}
        given |= {field: self.environment[name] for field, name in variables.items() if name in self.environment}
        if given.keys() == {"folder"}:
            return self._folder(card, given["folder"])
        if given.get("authority"):
            given["authority"] = str(self.root / str(given["authority"]))
        try:
            return Imap(ImapSettings.model_validate(given))
        except ValidationError as error:  # the input would stand in it
            wrong = sorted({str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]})
            titles = (translate(field.title or name) for name, field in ImapSettings.model_fields.items())
            named = dict(zip(ImapSettings.model_fields, titles, strict=True))
            raise Refused(because(
                NO_ACCESS, code="no_credentials", account=card.key, block=f"{Imap.name}-{card.key}",
                fields=", ".join(quoted(named.get(one, one)) for one in wrong),
                type=f"Otdel · {translate(Imap.title)}", variable=variables.get(wrong[0], wrong[0]) if wrong else "",
            )) from None  # fmt: skip

    def _folder(self, card: MailerCard, said: object) -> Mailbox:
        """A folder on this computer: nothing but its name is said, so there is no server."""
        if not isinstance(said, str) or not said.strip() or "\0" in said:
            raise Refused(because(NO_FOLDER, code="no_folder", account=card.key))
        folder, letters = self.root / said.strip(), card.settings.get("path")
        if isinstance(letters, str) and (self.root / letters).resolve() == folder.resolve():
            raise Refused(because(ITS_OWN_LETTERS, code="own_letters", account=card.key, folder=said))
        return FolderMailbox(FolderSettings(folder=str(folder)))


def variable_of(card: MailerCard, field: str) -> str:
    """The environment variable of a field: OTDEL_IMAP_<KEY>_<FIELD>."""
    return f"OTDEL_{Imap.name}_{card.key}_{field}".upper().replace("-", "_")
