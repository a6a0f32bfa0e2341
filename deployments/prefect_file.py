"""prefect.yaml: the catalogue as Prefect's own `prefect deploy --all` reads it. Written by us, never by hand.

`python -m deployments.prefect_file` writes it anew; a law compares it with the catalogue. Registering by
`python -m deployments.pools` does the same in the company's own language, keeps what a person switched off and takes
out what left the catalogue; this file is for those who deploy everything by Prefect's tool.
"""

from pathlib import Path
from typing import Any

import yaml

from deployments.catalogue import CATALOGUE, USUAL_DAYS, Entry
from models.locale import LANGUAGES, spoken, translate

PLACE = Path(__file__).with_name("prefect.yaml")
# One process a run, started by the worker itself. Prefect's default puts a supervisor between them, and a run would no
# longer end with its worker (deployments.leash).
COMMAND = "python -m prefect.engine"
ZONE = "{{ $OTDEL_ZONE }}"
HEAD = """\
# Written by `python -m deployments.prefect_file` from deployments/catalogue.py; changes made here are lost.
# OTDEL_ZONE=Europe/Moscow prefect --no-prompt deploy --all --prefect-file deployments/prefect.yaml
"""


def written(language: str = LANGUAGES[0], zone: str = ZONE) -> str:
    """The whole file, names and descriptions in this language, schedules in this zone."""
    with spoken(language):
        said = {"name": "otdel", "pull": [], "deployments": [_deployment(entry, zone) for entry in CATALOGUE]}
    return HEAD + yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)


def _deployment(entry: Entry, zone: str) -> dict[str, Any]:
    return {
        "name": entry.name,
        "description": translate(entry.about),
        "tags": list(entry.tags),
        "entrypoint": f"deployments.wired.{entry.flow}",
        "parameters": entry.parameters,
        "schedules": [
            *({"cron": cron, "timezone": zone} for cron in entry.crons),
            *({"rrule": rule, "timezone": zone} for rule in entry.rules(USUAL_DAYS)),
        ],
        "work_pool": {"name": entry.door, "job_variables": {"command": COMMAND}},
    }


if __name__ == "__main__":
    PLACE.write_text(written(), encoding="utf-8")
