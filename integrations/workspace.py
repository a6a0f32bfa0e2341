"""The settings of a company, read from its folder and checked against each other."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel

from integrations.documents import Document, Loc, accept, compose
from integrations.errors import Refused
from integrations.folder import Folder
from models.company import BrandKit, Channels, Company, Sources, Workspace
from models.consent_texts import ConsentTexts
from models.content import Effect, Place, Problem, nearest
from models.locale import mark
from models.mailers import Mailers
from models.people import Permission, permissions_of
from models.reason import Reason, because

Model = TypeVar("Model", bound=BaseModel)
Wrong = tuple[str, Loc, Reason]

COMPANY, CHANNELS, MAILERS = "company.yaml", "channels.yaml", "mailers.yaml"
SOURCES, BRAND, CONSENTS = "feeds.yaml", "brand/brand.yaml", "consents.yaml"
NEEDED, OPTIONAL = (COMPANY, CHANNELS), (MAILERS, CONSENTS)
FILES = (COMPANY, CHANNELS, MAILERS, SOURCES, BRAND, CONSENTS)
SETTINGS_BYTES_MAX = 500_000
ROUNDS = 5

NO_FILE = mark("There is no such file. Put it into the folder of the company; “otdel init” makes a sample of it.")
NOT_UTF8 = mark("The file is not in UTF-8. Save it in this encoding.")
SAME_KEY = mark("The key “{key}” already stands in line {line}. Give one of the two another key.")
A_CHANNELS = mark("The key “{key}” is a channel's (channels.yaml). Give the mailer another key.")
SAME_VERSION = mark("Version {version} of “{key}” already stands in line {line}. Give one of the two another version.")
NO_SUCH = mark("There is no “{value}” in “{where}”. Nearest: {nearest}. Correct the name or add it there.")
NONE_SUCH = mark("There is no “{value}”: “{where}” is empty. Add it there or clear the field.")
NO_PROVIDER = mark("There is no provider “{value}”. Write one of: {possible}.")
NO_PATH = mark("There is no “{value}” in the company's folder. Correct the path or put the file there.")
OUT_OF_REACH = mark(
    "{name} decides, or answers for one who does, and has neither e-mail nor telegram here: no question reaches them. "
    "Write one of the two."
)

SAME_FOLDER = mark(
    "The folder “{folder}” already stands in line {line}, so nothing is exchanged in it: nobody could tell whose the "
    "files are. Give each outlet its own."
)

# Where a file names a key of another list: "*" is every item, "@" the names of the fields themselves.
REFERENCES: tuple[tuple[str, Loc, str, str], ...] = (
    (COMPANY, ("people", "*", "deputy"), COMPANY, "people"),
    (COMPANY, ("absences", "*", "person"), COMPANY, "people"),
    (COMPANY, ("absences", "*", "deputy"), COMPANY, "people"),
    (COMPANY, ("campaigns", "*", "goal"), COMPANY, "goals"),
    (COMPANY, ("approval", "approver"), COMPANY, "people"),
    (COMPANY, ("approval", "urgent", "*"), COMPANY, "people"),
    (COMPANY, ("approval", "channels", "@"), CHANNELS, "channels"),
    (COMPANY, ("mailings", "controls", "*"), COMPANY, "people"),
)
LISTS = (
    *((COMPANY, name) for name in ("outlets", "people", "groups", "goals", "campaigns", "funds")),
    (CHANNELS, "channels"),
    (MAILERS, "mailers"),
    (SOURCES, "sources"),
)


def read_workspace(
    path: Path,
    start: date,
    providers: Collection[str] = (),
    instead: Mapping[str, bytes] = {},
    mailers: Collection[str] = (),
) -> tuple[Workspace, list[Problem]]:
    """Read the settings of a company; `start` is the day of its first start, which +6 counts from.

    `instead` are files as somebody would have them, read as if they stood in the folder. What is wrong in an item
    leaves the item out. Where a problem STOPS company.yaml or channels.yaml nothing may go out: the workspace is then
    only what could be read.
    """
    folder = Folder(path)
    documents = {name: _document(folder, name, instead.get(name)) for name in FILES}
    wrong = [*_same_keys(documents), *_dangling(documents), *_keys_of_channels(documents)]
    wrong += _unknown_providers(documents[CHANNELS], "channels", providers)
    wrong += _unknown_providers(documents[MAILERS], "mailers", mailers)
    wrong += [*_absent_paths(documents, folder), *_same_versions(documents[CONSENTS])]
    problems = [problem for document in documents.values() for problem in document.problems]

    def settled(model: type[Model], file: str) -> Model | None:
        found = {loc: reason for name, loc, reason in wrong if name == file}
        read, more = _settle(model, documents[file], found, {"start": start})
        problems.extend(more)
        return read

    workspace = Workspace(
        root=str(path),
        company=settled(Company, COMPANY) or Company(name=path.name or "—", zone="UTC"),
        channels=(settled(Channels, CHANNELS) or Channels()).channels,
        mailers=(settled(Mailers, MAILERS) or Mailers()).mailers,
        sources=(settled(Sources, SOURCES) or Sources()).sources,
        brand=settled(BrandKit, BRAND) or BrandKit(),
        consents=(settled(ConsentTexts, CONSENTS) or ConsentTexts()).consents,
    )
    return workspace, [
        *problems, *_out_of_reach(documents[COMPANY], workspace.company), *_same_folders(documents[COMPANY]),
    ]  # fmt: skip


def _document(folder: Folder, file: str, instead: bytes | None = None) -> Document:
    if instead is None and file in OPTIONAL and not folder.holds(file):
        return Document(file)
    if instead is None and not folder.holds(file):
        effect = Effect.STOPS if file in NEEDED else Effect.NOTE
        return _unread(file, because(NO_FILE, code="no_file"), effect)
    try:
        data = folder.read(file, SETTINGS_BYTES_MAX) if instead is None else instead
        return compose(data.decode("utf-8-sig"), file)
    except Refused as error:
        return _unread(file, error.reason)
    except UnicodeDecodeError:
        return _unread(file, because(NOT_UTF8, code="not_utf8"))


def _unread(file: str, reason: Reason, effect: Effect = Effect.STOPS) -> Document:
    return Document(file, problems=[Problem(place=Place(file=file), reason=reason, effect=effect)])


def _settle(
    model: type[Model], document: Document, wrong: Mapping[Loc, Reason], context: Mapping[str, Any]
) -> tuple[Model | None, list[Problem]]:
    """Read the document without what is wrong in it; what leaving out makes wrong in turn is not told."""
    if document.value is None:
        return None, []
    read, problems, paths = accept(model, document, context)
    problems = [
        problem.model_copy(update={"effect": _effect(document.file, loc)})
        for problem, loc in zip(problems, paths, strict=True)
    ]
    problems += [document.problem(loc, reason, _effect(document.file, loc)) for loc, reason in wrong.items()]
    left, drop = document, {*wrong, *(_item(loc) for loc in paths)}
    for _ in range(ROUNDS if drop else 0):
        left = replace(left, value=_without(left.value, drop))
        read, _, paths = accept(model, left, context)
        drop = {_item(loc) for loc in paths}
        if read is not None:
            break
    return read, problems


def _effect(file: str, loc: Loc) -> Effect:
    """What is wrong outside any list concerns the whole; a brand without one of its colours is still a brand."""
    in_item = any(isinstance(step, int) for step in loc)
    return Effect.LEFT_OUT if in_item or file == BRAND else Effect.STOPS


def _item(loc: Loc) -> Loc:
    """The outermost item of a list that the path leads into, else the path itself."""
    at = next((place for place, step in enumerate(loc) if isinstance(step, int)), len(loc) - 1)
    return loc[: at + 1]


def _without(value: Any, drop: Collection[Loc], loc: Loc = ()) -> Any:
    if isinstance(value, dict):
        return {k: _without(v, drop, (*loc, k)) for k, v in value.items() if (*loc, k) not in drop}
    if isinstance(value, list):
        return [_without(v, drop, (*loc, i)) for i, v in enumerate(value) if (*loc, i) not in drop]
    return value


def _items(document: Document, name: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
    value = document.value.get(name) if isinstance(document.value, dict) else None
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield (name, index), item


def _same_keys(documents: Mapping[str, Document]) -> Iterator[Wrong]:
    for file, name in LISTS:
        first: dict[str, Loc] = {}
        for loc, item in _items(documents[file], name):
            key = str(item.get("key", ""))
            before = first.setdefault(key, loc)
            if key and before != loc:
                line = documents[file].line_of((*before, "key"))
                yield file, loc, because(SAME_KEY, code="same_key", key=key, line=line)


def _same_versions(document: Document) -> Iterator[Wrong]:
    """Whoever agreed to a version agreed to its words, so no two texts share one."""
    first: dict[tuple[str, str], Loc] = {}
    for loc, item in _items(document, "consents"):
        of = str(item.get("key", "")), str(item.get("version", ""))
        before = first.setdefault(of, loc)
        if before != loc:
            line = document.line_of((*before, "version"))
            yield document.file, loc, because(SAME_VERSION, code="same_version", key=of[0], version=of[1], line=line)


def _dangling(documents: Mapping[str, Document]) -> Iterator[Wrong]:
    for file, pattern, where, name in REFERENCES:
        keys = [str(item["key"]) for _, item in _items(documents[where], name) if "key" in item]
        for loc, value in _matches(documents[file].value, pattern):
            if value and value not in keys and documents[where].value is not None:
                yield file, loc, _no_such(value, keys, f"{where}: {name}")


def _no_such(value: str, keys: Collection[str], where: str) -> Reason:
    if not keys:
        return because(NONE_SUCH, code="no_such", value=value, where=where)
    return because(NO_SUCH, code="no_such", value=value, where=where, nearest=", ".join(nearest(value, keys, 3, 0.0)))


def _matches(value: Any, pattern: Loc, loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Every text the pattern leads to, with its path."""
    if not pattern:
        yield from [(loc, value)] if isinstance(value, str) else []
    elif pattern[0] == "@":
        yield from (((*loc, name), name) for name in value) if isinstance(value, dict) else ()
    elif pattern[0] == "*":
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _matches(item, pattern[1:], (*loc, index))
    elif isinstance(value, dict) and pattern[0] in value:
        yield from _matches(value[pattern[0]], pattern[1:], (*loc, pattern[0]))


def _keys_of_channels(documents: Mapping[str, Document]) -> Iterator[Wrong]:
    """A Stop names a channel or a mailer by its key, so no two share one."""
    channels = {str(item["key"]) for _, item in _items(documents[CHANNELS], "channels") if "key" in item}
    for loc, item in _items(documents[MAILERS], "mailers"):
        if str(item.get("key", "")) in channels:
            yield MAILERS, loc, because(A_CHANNELS, code="same_key", key=item["key"])


def _unknown_providers(document: Document, name: str, providers: Collection[str]) -> Iterator[Wrong]:
    for loc, item in _items(document, name):
        provider = item.get("provider")
        if providers and isinstance(provider, str) and provider not in providers:
            reason = because(NO_PROVIDER, code="provider", value=provider, possible=", ".join(sorted(providers)))
            yield document.file, (*loc, "provider"), reason


def _out_of_reach(document: Document, company: Company) -> Iterator[Problem]:
    """Whoever decides, or answers for one who does, and cannot be told so: everything else goes on, unasked."""
    decides = {one.key for one in company.people if Permission.APPROVE in permissions_of([*one.roles])}
    decides |= {company.approval.approver}
    answers = {one.deputy for one in company.people if one.key in decides}
    answers |= {one.deputy for one in company.absences if one.person in decides}
    names = {one.key: one.name for one in company.people if not one.email and not one.telegram}
    for loc, item in _items(document, "people"):
        key = item.get("key")
        if key in names and key in decides | answers:
            yield document.problem(loc, because(OUT_OF_REACH, code="out_of_reach", name=names[key]), Effect.NOTE)


def _same_folders(document: Document) -> Iterator[Problem]:
    first: dict[str, Loc] = {}
    for loc, value in _matches(document.value, ("outlets", "*", "exchange", "folder")):
        folder = str(PurePosixPath(value.strip().replace("\\", "/"))) if value.strip() else ""
        before = first.setdefault(folder, loc)
        if folder and before != loc:
            reason = because(SAME_FOLDER, code="same_folder", folder=folder, line=document.line_of(before))
            yield document.problem(loc, reason, Effect.NOTE)


def _absent_paths(documents: Mapping[str, Document], folder: Folder) -> Iterator[Wrong]:
    """Files the settings name: the logo beside brand.yaml, and the sources that are files."""
    named = [(BRAND, loc, f"brand/{path}") for loc, path in _matches(documents[BRAND].value, ("logo",))]
    named += [(SOURCES, loc, path) for loc, path in _matches(documents[SOURCES].value, ("sources", "*", "path"))]
    for file, loc, path in named:
        if not folder.holds(path):
            yield file, loc, because(NO_PATH, code="no_path", value=path)
