"""Who may import whom, and which files may have effects."""

import ast

import pytest

from tests.laws.source import LAYERS, Module, modules

BELOW = {layer: LAYERS[place:] for place, layer in enumerate(LAYERS)}
EFFECTS = ("steps.py", "rows.py", "engine.py")
ROOMS_WITH_A_DOOR = ("tasks/house.py", "tasks/step.py")
NEVER_PURE = {
    "prefect", "httpx", "os", "socket", "subprocess", "threading", "random", "secrets", "requests", "shutil",
    "tempfile",
}  # fmt: skip
FILES = {"read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink", "iterdir", "rglob"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("time", "monotonic")}


def ids(module: Module) -> str:
    return module.name


def is_pure(module: Module) -> bool:
    return (
        module.path.name not in EFFECTS and module.name not in ROOMS_WITH_A_DOOR and module.path.name != "__init__.py"
    )


@pytest.mark.parametrize("module", modules(), ids=ids)
def test_imports_point_one_way(module: Module) -> None:
    allowed = BELOW[module.layer]
    wrong = [name for name in module.imports() if name.split(".")[0] in LAYERS and name.split(".")[0] not in allowed]
    assert not wrong, f"{module.name} imports upwards: {wrong}"


@pytest.mark.parametrize("module", modules("integrations", "models"), ids=ids)
def test_prefect_stays_out_of_integrations_and_models(module: Module) -> None:
    assert not [name for name in module.imports() if name.split(".")[0] == "prefect"]


@pytest.mark.parametrize("module", modules("flows"), ids=ids)
def test_a_flow_knows_only_steps(module: Module) -> None:
    """A flow reads as sentences: models, pydantic, Prefect and the steps of tasks; no SQL, no HTTP, no rows."""
    allowed = ("models", "pydantic", "prefect", "flows", "typing", "collections", "datetime", "pkgutil", "importlib")
    for name in module.imports():
        top = name.split(".")[0]
        assert top in allowed or (top == "tasks" and name.endswith(".steps")), f"{module.name} imports {name}"


@pytest.mark.parametrize("module", [m for m in modules("tasks") if is_pure(m)], ids=ids)
def test_every_file_of_tasks_but_steps_rows_and_engine_says_that_it_is_pure(module: Module) -> None:
    assert "Pure." in module.doc, f"{module.name} does not say Pure."


@pytest.mark.parametrize("module", [m for m in modules() if "Pure." in m.doc], ids=ids)
def test_a_file_that_says_pure_is_pure(module: Module) -> None:
    """No clock, no chance, no environment, no file; of httpx its addresses and headers, which are values."""
    never = NEVER_PURE - ({"httpx"} if module.layer == "integrations" else set())
    wrong = {name.split(".")[0] for name in module.imports()} & never
    assert not wrong, f"{module.name} imports {wrong}"
    assert not list(_effects(module)), f"{module.name} reaches for {list(_effects(module))}"


def _effects(module: Module) -> list[str]:
    """Calls of a clock, of open() or print(), of a path's own reading and writing."""
    found = []
    for node in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
        called = node.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            found += [f"{called.value.id}.{called.attr}"] if (called.value.id, called.attr) in CLOCKS else []
        if isinstance(called, ast.Attribute) and called.attr in FILES and not _is_of_the_package(called):
            found.append(called.attr)
        elif isinstance(called, ast.Name) and called.id in ("open", "print", "input"):
            found.append(called.id)
    return found


def _is_of_the_package(called: ast.Attribute) -> bool:
    """What ships with the code, a template, is part of it: `files("…").joinpath(name).read_bytes()`."""
    return "'files'" in ast.dump(called.value)


@pytest.mark.parametrize("module", [m for m in modules("tasks") if m.path.name == "engine.py"], ids=ids)
def test_an_engine_knows_no_prefect(module: Module) -> None:
    assert not [name for name in module.imports() if name.split(".")[0] == "prefect"]


@pytest.mark.parametrize("module", [m for m in modules("tasks") if m.path.name == "rows.py"], ids=ids)
def test_rows_neither_open_nor_commit_a_session(module: Module) -> None:
    calls = {
        n.func.attr for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    assert not calls & {"commit", "rollback", "sessionmaker", "create_engine"}, module.name


@pytest.mark.parametrize("module", [m for m in modules("tasks") if m.path.name == "steps.py"], ids=ids)
def test_what_a_steps_file_offers_are_steps(module: Module) -> None:
    """Everything public in steps.py is a @step, or a plain function that no flow calls."""
    if module.name in ("tasks/runs/steps.py", "tasks/orderbook/steps.py"):
        return
    steps = [n for n in module.tree.body if isinstance(n, ast.FunctionDef) and _is_step(n)]
    assert steps, f"{module.name} offers no step"
    for step in steps:
        assert ast.get_docstring(step), f"{module.name}: {step.name} has no docstring"


def _is_step(node: ast.FunctionDef) -> bool:
    return any("'step'" in ast.dump(decorator) for decorator in node.decorator_list)


@pytest.mark.parametrize("module", modules(), ids=ids)
def test_every_module_says_what_it_is(module: Module) -> None:
    if module.path.read_text(encoding="utf-8").strip():
        assert module.doc, f"{module.name} has no docstring"
