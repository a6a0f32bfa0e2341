"""The settings of the house: where the company's workspace is, which ports, which addresses."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deployments.refusal import Exit, Refusal
from models.locale import mark
from models.reason import because

CODE_ROOT = Path(__file__).resolve().parents[1]
AN_ADDRESS = mark("Set {name} to an address that begins with http:// or https://.")
A_PORT = mark("Set {name} to a number from 1 to 65535.")
A_FOLDER = mark("Set {name} to the path of a folder.")
AS_DESCRIBED = mark("Correct {name} and start again.")
WANTED = {
    "ui_port": A_PORT, "web_port": A_PORT, "workspace": A_FOLDER, "config_home": A_FOLDER,
    "public_url": AN_ADDRESS, "staff_url": AN_ADDRESS, "ui_url": AN_ADDRESS, "prefect_url": AN_ADDRESS,
    "locale": mark("Set {name} to ru or en, or leave it empty."),
    "log_level": mark("Set {name} to DEBUG, INFO, WARNING or ERROR."),
}  # fmt: skip
EVERYWHERE = ("0.0.0.0", "::", "[::]")  # noqa: S104 (compared with, never bound to by itself)


def _private_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "otdel"


class Settings(BaseSettings):
    """Read from the environment as OTDEL_WORKSPACE, OTDEL_UI_PORT, …; empty addresses mean this machine.

    Beyond one machine `prefect_url` is where our processes reach Prefect's server, `redis_url` what its servers share.
    """

    model_config = SettingsConfigDict(env_prefix="OTDEL_", extra="ignore", frozen=True, validate_default=True)

    workspace: Path = Path("company")
    host: str = "127.0.0.1"
    ui_port: int = Field(default=4200, ge=1, le=65535)
    web_port: int = Field(default=8080, ge=1, le=65535)
    database_url: str = ""
    prefect_url: str = ""
    redis_url: str = ""
    config_home: Path = Field(default_factory=_private_folder)
    public_url: str = ""
    staff_url: str = ""
    ui_url: str = ""
    locale: Literal["", "ru", "en"] = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("workspace", "config_home")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return Path.cwd() / folder.expanduser()

    @field_validator("public_url", "staff_url", "ui_url", "prefect_url")
    @classmethod
    def _without_slash(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("an address begins with http:// or https://")
        return url.rstrip("/")

    @property
    def var(self) -> Path:
        return self.workspace / "var"

    @property
    def prefect_home(self) -> Path:
        return self.var / "prefect"

    @property
    def media(self) -> Path:
        return self.var / "media"

    @property
    def reports(self) -> Path:
        return self.var / "reports"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def backups(self) -> Path:
        return self.var / "backups"

    @property
    def mailbox(self) -> Path:
        return self.var / "mailbox"

    @property
    def database(self) -> str:
        """The URL of our database: SQLite in the workspace unless another is named."""
        return self.database_url or f"sqlite:///{self.var / 'otdel.sqlite'}"

    @property
    def reach(self) -> str:
        """The host under which this machine itself reaches what listens on `host`."""
        return "127.0.0.1" if self.host in EVERYWHERE else self.host

    @property
    def ui_here(self) -> str:
        return self.prefect_url or f"http://{self.reach}:{self.ui_port}"

    @property
    def web_here(self) -> str:
        return f"http://{self.reach}:{self.web_port}"

    def make_folders(self) -> None:
        """Make the folders that the processes write to."""
        for folder in (self.prefect_home, self.media, self.reports, self.logs, self.backups, self.mailbox):
            folder.mkdir(parents=True, exist_ok=True)


def read_settings(changes: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; `changes` (a command's options) win over the environment."""
    try:
        given: dict[str, Any] = {name: value for name, value in (changes or {}).items() if value is not None}
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        name = f"OTDEL_{field.upper()}"
        what = because("{name} is set to “{value}”.", name=name, value=first["input"])
        raise Refusal(what, because(WANTED.get(field, AS_DESCRIBED), name=name), Exit.USAGE) from None
