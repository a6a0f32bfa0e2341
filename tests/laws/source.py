"""The project's own source as data: what the laws look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("deployments", "flows", "tasks", "integrations", "models")


@dataclass(frozen=True)
class Module:
    """A module of ours, by its path from the root."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def layer(self) -> str:
        return self.path.relative_to(ROOT).parts[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @property
    def doc(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def imports(self, top_level_only: bool = False) -> Iterator[str]:
        """Every module imported, as written; those for the eyes of a type checker only are not imports."""
        nodes = self.tree.body if top_level_only else ast.walk(self.tree)
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def modules(*layers: str) -> list[Module]:
    """All modules of these layers, migrations' revisions and the sample left out."""
    return [module for layer in layers or LAYERS for module in _modules(layer)]


@cache
def _modules(layer: str) -> list[Module]:
    """The same ones for every law: reading a file as Python takes longer than any question about it."""
    found = sorted((ROOT / layer).rglob("*.py"))
    return [Module(path) for path in found if "versions" not in path.parts and "sample" not in path.parts]
