"""`otdel run` against a server that answers as Prefect does, and the fields of a form as people type them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.fields import filled
from deployments.refusal import Refusal
from deployments.secrets import ensure_secrets
from deployments.settings import read_settings
from flows.orders.cancel import CancelForm
from flows.orders.stop import StopForm
from models.locale import spoken
from tests.deployments.cli.conftest import Otdel, Town


def schema(form: Any, language: str = "ru") -> dict[str, Any]:
    with spoken(language):
        made = form.model_json_schema()
    name = form.__name__
    return {"properties": {"form": {"$ref": f"#/definitions/{name}"}}, "definitions": {name: made}}


class Prefect:
    """The four questions that `run` asks, answered; `trouble` are status codes given first, one per question."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.trouble: list[int] = []
        self.state = {"type": "COMPLETED", "name": "Done", "message": "Done"}
        self.text = "## Stop\n\nNothing is out."
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(200 if self.path.endswith("/health") else 404, True)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                code = outer.trouble.pop(0) if outer.trouble else 200
                outer.asked.append((self.path, body))
                self.answer(code, outer.reply(self.path) if code == 200 else {"detail": "no such field"})

            def answer(self, code: int, said: Any) -> None:
                data = json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, path: str) -> Any:
        if path.endswith("/deployments/filter"):
            return [{"id": "d1", "parameter_openapi_schema": schema(StopForm)}]
        if path.endswith("/create_flow_run"):
            return {"id": "r1"}
        if path.endswith("/flow_runs/filter"):
            return [{"id": "r1", "state": self.state}]
        return [{"type": "markdown", "data": self.text}]

    def posted(self, end: str) -> list[dict[str, Any]]:
        return [body for path, body in self.asked if path.endswith(end)]


@pytest.fixture
def prefect(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prefect]:
    made = Prefect()
    monkeypatch.setenv("OTDEL_UI_PORT", str(made.server.server_port))
    (town.root / "var" / "otdel.sqlite").unlink()
    ensure_secrets(read_settings())
    town.lay_out()
    yield made
    made.server.shutdown()
    made.server.server_close()


STOP = ("run", "stop", "scope=channel", "key=Fake", "person=Olga")


def test_an_order_is_started_and_its_end_is_told(prefect: Prefect, otdel: Otdel) -> None:
    said = otdel(*STOP)
    assert (said.code, said.text) == (0, "## Stop\n\nNothing is out.\n\nStop: Done\n")
    [made] = prefect.posted("create_flow_run")
    assert made["parameters"] == {"form": {"scope": "канал", "key": "Fake", "person": "Olga"}}
    assert prefect.posted("/deployments/filter")[0]["deployments"] == {"tags": {"all_": ["stop"]}}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (("COMPLETED", "Done"), 0), (("COMPLETED", "Нечего делать"), 0), (("COMPLETED", "Готово с замечаниями: 1"), 1),
        (("FAILED", "Not done: 0 of 1"), 4), (("CRASHED", "Crashed"), 4), (("CANCELLED", "Cancelled"), 4),
        (("PAUSED", "Suspended"), 0),
    ],
    ids=lambda value: str(value),
)  # fmt: skip
def test_the_end_is_the_exit_code(prefect: Prefect, otdel: Otdel, state: tuple[str, str], code: int) -> None:
    prefect.state = {"type": state[0], "name": state[1], "message": "a remark"}
    said = otdel(*STOP, "--json")
    assert (said.code, said.data["exit"], said.data["state"]) == (code, code, state[1])


def test_a_busy_server_is_asked_again_about_the_same_run(prefect: Prefect, otdel: Otdel) -> None:
    prefect.trouble = [200, 503, 503]
    assert otdel(*STOP).code == 0
    keys = {body["idempotency_key"] for body in prefect.posted("create_flow_run")}
    assert (len(prefect.posted("create_flow_run")), len(keys)) == (3, 1)


def test_a_form_that_prefect_refuses_is_wrong_use(prefect: Prefect, otdel: Otdel) -> None:
    prefect.trouble = [200, 409]
    said = otdel(*STOP)
    assert (said.code, "no such field" in said.text) == (2, True)


def test_a_run_may_only_be_started(prefect: Prefect, otdel: Otdel) -> None:
    said = otdel(*STOP, "--no-wait", "--json")
    assert said.data["url"].endswith("/runs/flow-run/r1")
    assert prefect.posted("/flow_runs/filter") == []


def test_a_form_may_be_a_file(prefect: Prefect, otdel: Otdel, tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text(json.dumps({"scope": "piece", "key": "7", "person": "Olga"}))
    assert otdel("run", "stop", "key=8", "--form", str(file)).code == 0
    [made] = prefect.posted("create_flow_run")
    assert made["parameters"] == {"form": {"scope": "материал", "key": "8", "person": "Olga"}}


@pytest.mark.parametrize(("written", "place"), [("[]", "line 1, column 1"), ('{"key":\n 7,}', "line 2, column")])
def test_a_file_that_is_no_form_is_named_with_the_place(
    prefect: Prefect, otdel: Otdel, tmp_path: Path, written: str, place: str
) -> None:
    file = tmp_path / "form.json"
    file.write_text(written)
    said = otdel("run", "stop", "--form", str(file))
    assert (said.code, place in said.text) == (2, True), said.text
    missing = otdel("run", "stop", "--form", str(tmp_path / "none.json"))
    assert (missing.code, "There is no file" in missing.text) == (2, True)


def test_a_strangers_prefect_on_the_port_is_told_from_a_house_that_is_down(prefect: Prefect, otdel: Otdel) -> None:
    prefect.trouble = [401]
    said = otdel(*STOP)
    assert (said.code, "another Prefect answers" in said.text) == (3, True), said.text


def test_what_is_no_operation_is_answered_with_the_nearest(town: Town, otdel: Otdel) -> None:
    said = otdel("run", "stopp", "--json")
    assert (said.code, said.data["error"]) == (2, "There is no operation or order “stopp”.")
    assert said.data["mend"].startswith("Nearest: stop, ")


def test_where_the_house_is_down_it_says_so(town: Town, otdel: Otdel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTDEL_UI_PORT", "1")
    said = otdel("run", "A8")
    assert (said.code, "otdel up" in said.text, "--here" in said.text) == (3, True, True)


def test_what_waits_for_an_answer_cannot_run_here(town: Town, otdel: Otdel) -> None:
    said = otdel("run", "approval", "--here")
    assert (said.code, "needs the house" in said.text) == (3, True)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(
    ("typed", "values"),
    [
        (["piece=7", "person=Olga"], {"piece": "7", "person": "Olga"}),
        (["publication=№12", "person=a", "repeats=да"], {"publication": 12, "person": "a", "repeats": True}),
        (["person=a=b", "repeats=false", "reason="], {"person": "a=b", "repeats": False, "reason": ""}),
    ],
)
def test_fields_are_typed_by_the_form(typed: list[str], values: dict[str, Any], language: str) -> None:
    assert filled(schema(CancelForm, language), typed, {}) == {"form": values}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["persn=Olga"], "no field “persn”"), (["piece=7"], "Not filled in: person"), (["piece"], "no field of a form"),
        (["publication=x", "person=a"], "no whole number"), (["repeats=maybe", "person=a"], "no choice for “repeats”"),
    ],
)  # fmt: skip
def test_a_field_that_is_none_is_wrong_use(typed: list[str], said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused, spoken("en"):
        filled(schema(CancelForm), typed, {})
    assert refused.value.code == 2
    assert refused.value


def test_a_list_is_written_with_semicolons() -> None:
    form = {"properties": {"form": {"properties": {"facts": {"type": "array"}}}}}
    assert filled(form, ["facts=one, two; three"], {}) == {"form": {"facts": ["one, two", "three"]}}


def test_a_form_without_fields_says_so() -> None:
    with pytest.raises(Refusal) as refused, spoken("en"):
        filled({"properties": {"form": {"properties": {}}}}, ["foo=1"], {})
    assert "no fields" in str(refused.value.mend)


@pytest.mark.parametrize("said", ["channel", "канал"])
@pytest.mark.parametrize(("language", "offered"), [("ru", "канал"), ("en", "channel")])
def test_a_choice_is_made_in_any_language(said: str, language: str, offered: str) -> None:
    assert filled(schema(StopForm, language), [f"scope={said}", "person=a"], {})["form"]["scope"] == offered
    for typed, given in ((["scope=shop", "person=a"], {}), (["person=a"], {"scope": 5})):
        with pytest.raises(Refusal):
            filled(schema(StopForm, language), typed, given)
