"""Requests and answers of mail providers against their own schemas in tests/contracts. Pure but for reading a file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.servers.contract import Wrong

FOLDER = Path(__file__).parents[1] / "contracts"


class MailContract:
    """The operations of one provider: what each takes and answers, by the names they have in its file."""

    def __init__(self, file: str) -> None:
        self.file = file

    @property
    def operations(self) -> dict[str, Any]:
        found: dict[str, Any] = loaded(self.file)["operations"]
        return found

    def request(self, operation: str, value: Any) -> None:
        if operation not in self.operations:
            raise Wrong(operation, "is not a method")
        demand(validator(self.file, operation, "request"), value)

    def answer(self, operation: str, value: Any) -> None:
        demand(validator(self.file, operation, "answer"), value)

    def error(self, operation: str, value: Any) -> None:
        demand(validator(self.file, operation, "error"), value)


@cache
def loaded(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return found


@cache
def validator(file: str, operation: str, part: str) -> Draft202012Validator:
    contract = loaded(file)
    shapes = contract["operations"][operation]
    answers = shapes.get("answers", {})
    good = next((shape for status, shape in answers.items() if status != "error"), shapes.get("answer"))
    schema = {"request": shapes.get("request"), "answer": good, "error": answers.get("error") or contract.get("error")}
    return Draft202012Validator({**(schema[part] or {}), "definitions": contract["definitions"]})


def demand(check: Draft202012Validator, value: Any) -> None:
    """Raise `Wrong` for the first thing that the schema does not allow."""
    for error in check.iter_errors(value):
        where = ".".join(map(str, error.absolute_path)) or "body"
        raise Wrong(where, error.message[:160])
