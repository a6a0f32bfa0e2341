"""The settings of the house: where the company's workspace is, which ports, which addresses."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deployments.refusal import Exit, Refusal
from models.reason import because

CODE_ROOT = Path(__file__).resolve().parents[1]
EVERYWHERE = ("0.0.0.0", "::", "[::]")  # noqa: S104 (compared with, never bound to by itself)


def _private_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "otdel"


class Settings(BaseSettings):
    """Read from the environment as OTDEL_WORKSPACE, OTDEL_UI_PORT, …; empty addresses mean this machine."""

    model_config = SettingsConfigDict(env_prefix="OTDEL_", extra="ignore", frozen=True, validate_default=True)

    workspace: Path = Path("company")
    host: str = "127.0.0.1"
    ui_port: int = Field(default=4200, ge=1, le=65535)
    web_port: int = Field(default=8080, ge=1, le=65535)
    database_url: str = ""
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

    @field_validator("public_url", "staff_url", "ui_url")
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
        return f"http://{self.reach}:{self.ui_port}"

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
        name = f"OTDEL_{'_'.join(str(part) for part in first['loc']).upper()}"
        what = because("{name} is set to {value}: {why}.", name=name, value=first["input"], why=first["msg"])
        raise Refusal(what, because("Correct {name} and start again.", name=name), Exit.USAGE) from None
