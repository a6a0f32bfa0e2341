"""What the launcher must know of the company before anything is up: its language and its addresses."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from deployments.settings import Settings
from models.locale import LANGUAGES


class Front(BaseModel):
    """The company seen from outside: its language, its time zone, and where people find its pages."""

    model_config = ConfigDict(frozen=True)

    locale: str
    ui_url: str
    staff_url: str
    public_url: str
    zone: str = "UTC"


def read_front(settings: Settings) -> Front:
    """Read company.yaml as far as it can be read; the environment wins, this machine is the last resort."""
    company = _company(settings.workspace / "company.yaml")
    written = company.get("addresses")
    addresses = written if isinstance(written, dict) else {}
    locale = company.get("locale")
    return Front(
        zone=str(company.get("zone") or "UTC"),
        locale=locale if locale in LANGUAGES else settings.locale or LANGUAGES[0],
        ui_url=settings.ui_url or _address(addresses.get("ui_url")) or settings.ui_here,
        staff_url=settings.staff_url or _address(addresses.get("staff_url")) or settings.web_here,
        public_url=settings.public_url or _address(addresses.get("public_url")) or settings.web_here,
    )


def _company(path: Path) -> dict[str, Any]:
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return read if isinstance(read, dict) else {}


def _address(value: object) -> str:
    return value.rstrip("/") if isinstance(value, str) and value.startswith("http") else ""
