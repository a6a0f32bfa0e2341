"""Secrets: made once, private, outside the workspace, never silently made anew."""

import logging
import stat

import pytest
from cryptography.fernet import Fernet

from deployments.refusal import Refusal
from deployments.secrets import ensure_secrets, read_secrets, secrets_path
from deployments.settings import Settings


def mode_of(path: object) -> int:
    return stat.S_IMODE(path.stat().st_mode)  # type: ignore[attr-defined]


def test_secrets_are_made_on_the_first_start_and_read_ever_after(settings: Settings) -> None:
    made = ensure_secrets(settings)
    assert ensure_secrets(settings) == made == read_secrets(settings)
    Fernet(made.house_key.get_secret_value())
    Fernet(made.prefect_key.get_secret_value())
    assert made.prefect_auth.get_secret_value().startswith("otdel:")


def test_the_file_is_private_and_outside_the_workspace(settings: Settings) -> None:
    ensure_secrets(settings)
    path = secrets_path(settings)
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert not path.is_relative_to(settings.workspace)


def test_two_workspaces_share_no_secret(settings: Settings) -> None:
    other = settings.model_copy(update={"workspace": settings.workspace.parent / "other"})
    first, second = ensure_secrets(settings), ensure_secrets(other)
    assert not {str(value) for value in _all(first)} & {str(value) for value in _all(second)}


def _all(secrets: object) -> list[str]:
    return [getattr(secrets, name).get_secret_value() for name in type(secrets).model_fields]  # type: ignore[attr-defined]


def test_no_secret_stands_in_a_repr_or_a_log(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = ensure_secrets(settings)
    said = repr(made) + str(made) + made.model_dump_json() + caplog.text
    assert not [value for value in _all(made) if value in said]


@pytest.mark.parametrize(
    ("what", "mode"), [pytest.param("file", 0o640, id="file"), pytest.param("folder", 0o755, id="folder")]
)
def test_what_others_may_read_is_refused_with_the_mend(settings: Settings, what: str, mode: int) -> None:
    ensure_secrets(settings)
    path = secrets_path(settings) if what == "file" else settings.config_home
    path.chmod(mode)
    with pytest.raises(Refusal) as refused:
        read_secrets(settings)
    assert "chmod" in str(refused.value.mend)
    assert str(path) in str(refused.value.mend)


def test_lost_secrets_are_never_silently_made_anew(settings: Settings) -> None:
    ensure_secrets(settings)
    secrets_path(settings).unlink()
    with pytest.raises(Refusal) as refused:
        ensure_secrets(settings)
    assert "--new-secrets" in str(refused.value.mend)


def test_a_workspace_with_a_database_and_no_id_has_lost_its_secrets(settings: Settings) -> None:
    settings.var.mkdir()
    (settings.var / "otdel.sqlite").touch()
    with pytest.raises(Refusal):
        ensure_secrets(settings)


def test_lost_secrets_are_made_anew_when_a_person_says_so(settings: Settings) -> None:
    former = ensure_secrets(settings)
    secrets_path(settings).unlink()
    assert ensure_secrets(settings, renew=True) != former
    assert read_secrets(settings) != former


def test_a_damaged_file_is_refused_without_showing_it(settings: Settings) -> None:
    ensure_secrets(settings)
    secrets_path(settings).write_text('{"prefect_auth": "otdel:hidden"}')
    with pytest.raises(Refusal) as refused:
        read_secrets(settings)
    assert "hidden" not in str(refused.value)


def test_secrets_are_never_put_inside_the_workspace(settings: Settings) -> None:
    inside = settings.model_copy(update={"config_home": settings.workspace / "private"})
    with pytest.raises(Refusal):
        ensure_secrets(inside)
    assert not (settings.workspace / "private").exists()
