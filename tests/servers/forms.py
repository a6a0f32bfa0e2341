"""Bodies of requests: texts of a form, a JSON object, or the parts of a multipart body. Pure."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from tests.servers.contract import Wrong

IN_MEMORY = {"MAX_MEMORY_FILE_SIZE": 1 << 28, "MAX_HEADER_SIZE": 1 << 14}


@dataclass(frozen=True)
class Upload:
    """A file that was sent in a part of its own."""

    name: str
    filename: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def described(self) -> dict[str, Any]:
        return {"file": self.filename, "bytes": len(self.data), "sha256": self.digest}


@dataclass(frozen=True)
class Form:
    parameters: dict[str, Any]
    files: dict[str, Upload]


def read_form(query: str, content_type: str, body: bytes) -> Form:
    """Read the query and the body together, as both APIs do; a name that comes twice is refused."""
    parameters = _once(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return Form(parameters, {})
    if kind == "application/json":
        return Form(parameters | _object(body), {})
    if kind == "multipart/form-data":
        texts, files = _parts(content_type, body)
        return Form(parameters | texts, files)
    if kind == "application/x-www-form-urlencoded":
        return Form(parameters | _once(parse_qsl(_text(body), keep_blank_values=True)), {})
    raise Wrong("Content-Type", f"{kind or 'none'} is not accepted")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Wrong("body", "is not UTF-8", "strings must be encoded in UTF-8") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(_text(body))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Wrong("body", "is not a JSON object", "can't parse JSON object")
    return {name: each for name, each in value.items() if each is not None}


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise Wrong("body", "names a parameter twice")
    return values


def _parts(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    texts: list[tuple[str, str]] = []
    files: list[Upload] = []

    def field(part: Field) -> None:
        texts.append((_text(part.field_name or b""), _text(part.value or b"")))

    def file(part: File) -> None:
        part.file_object.seek(0)
        name = _text(part.field_name or b"")
        files.append(Upload(name, _text(part.file_name or b""), part.file_object.read()))

    try:
        parser = create_form_parser({"Content-Type": content_type.encode()}, field, file, IN_MEMORY)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise Wrong("body", f"is not a multipart body: {error}") from None
    return _once(texts), {upload.name: upload for upload in files}
