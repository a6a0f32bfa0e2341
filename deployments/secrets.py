"""The secrets of the house: made on the first start, kept in one private file outside workspace and database."""

import json
import os
import secrets as chance
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from deployments.refusal import Refusal
from deployments.settings import Settings
from models.reason import because

OTHERS = 0o077


class Secrets(BaseModel):
    """`prefect_auth` opens Prefect; `prefect_key` and `house_key` are Fernet keys; `session_key` signs cookies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefect_auth: SecretStr
    prefect_key: SecretStr
    house_key: SecretStr
    session_key: SecretStr


def ensure_secrets(settings: Settings, renew: bool = False) -> Secrets:
    """Read the secrets, or make them on the first start; lost ones are made anew only when `renew` says so."""
    mark = settings.var / "id"
    if mark.exists() and not renew:
        return read_secrets(settings)
    if (settings.var / "otdel.sqlite").exists() and not renew:
        raise _lost(mark)
    _refuse_inside(settings)
    made = _make()
    name = mark.read_text().strip() if mark.exists() else chance.token_hex(8)
    _write_private(settings.config_home, f"{name}.json", made)
    mark.parent.mkdir(parents=True, exist_ok=True)
    draft = mark.with_name(f".id.{os.getpid()}")
    draft.write_text(f"{name}\n")
    draft.replace(mark)
    return made


def read_secrets(settings: Settings) -> Secrets:
    """Read the secrets of this workspace; refuse a file that others may read."""
    path = secrets_path(settings)
    if not path.exists():
        raise _lost(path)
    _refuse_open(path.parent, "700")
    _refuse_open(path, "600")
    try:
        return Secrets.model_validate_json(path.read_text())
    except ValidationError:
        what = because("The secrets file {path} is damaged.", path=path)
        raise Refusal(what, because("Put its copy back; `otdel up` changes nothing until then.")) from None


def secrets_path(settings: Settings) -> Path:
    """The file of this workspace's secrets, named by the workspace's own random id."""
    mark = settings.var / "id"
    if not mark.exists():
        what = because("The workspace {folder} has not been started yet.", folder=settings.workspace)
        raise Refusal(what, because("Start it once: otdel up"))
    return settings.config_home / f"{mark.read_text().strip()}.json"


def _make() -> Secrets:
    return Secrets(
        prefect_auth=SecretStr(f"otdel:{chance.token_urlsafe(15)}"),
        prefect_key=SecretStr(Fernet.generate_key().decode()),
        house_key=SecretStr(Fernet.generate_key().decode()),
        session_key=SecretStr(chance.token_urlsafe(32)),
    )


def _write_private(folder: Path, name: str, made: Secrets) -> None:
    """Write the file whole or not at all, readable by its owner only from its first byte."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_open(folder, "700")
    draft = folder / f".{name}.{os.getpid()}"
    revealed = {field: getattr(made, field).get_secret_value() for field in Secrets.model_fields}
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(revealed, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)


def _refuse_open(path: Path, mode: str) -> None:
    if path.stat().st_mode & OTHERS:
        what = because("{path} may be read by other people of this machine, and it holds the secrets.", path=path)
        raise Refusal(what, because("Close it: chmod {mode} {path}", mode=mode, path=path))


def _refuse_inside(settings: Settings) -> None:
    if settings.config_home.is_relative_to(settings.workspace):
        what = because(
            "The secrets would lie inside the workspace, and so in every backup: {folder}.", folder=settings.config_home
        )
        raise Refusal(what, because("Set OTDEL_CONFIG_HOME to a private folder elsewhere."))


def _lost(path: Path) -> Refusal:
    what = because(
        "The secrets of this workspace are not there: {path}. They were made on the first start; "
        "with them go the sign-in to Prefect and the stored accesses to the channels.",
        path=path,
    )
    return Refusal(
        what,
        because(
            "Put the file back from your copy. If there is none: otdel init --new-secrets, "
            "then enter the accesses to the channels again."
        ),
    )
