"""A stranger's folder: three texts, a plan by hand, channels added; credentials typed in Prefect and exported."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from sqlalchemy import create_engine, text

from tests.e2e.running import PrefectDoor, RunningHouse, awaited
from tests.servers import Remote, launched
from tests.servers.telegram import TOKEN as TELEGRAM_TOKEN
from tests.servers.vk import GROUP
from tests.servers.vk import TOKEN as VK_TOKEN

pytestmark = [pytest.mark.prefect, pytest.mark.storm]  # a house of its own takes a hundred seconds of a core
CLIENT = "marker-of-a-client-7731@example.org"
HEADER = ["№", "Дата", "Время", "Материал", "Текст", "Каналы", "Мои заметки"]
PIECES = {
    "odin.md": "---\ntitle: Первый\n---\nПервый текст незнакомца. Смотрите https://shop.example.org/one",
    "dva.md": '---\ntitle: Второй\n---\nВторой текст, с "кавычками" и длинным - тире.',
    "tri.md": "---\ntitle: Третий\n---\nТретий текст для Телеграма.",
}


@pytest.fixture
def servers() -> Iterator[dict[str, Remote]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(launched(name)) for name in ("telegram", "vk")}


@pytest.fixture
def house(tmp_path: Path, servers: dict[str, Remote]) -> Iterator[RunningHouse]:
    telegram = {"OTDEL_TELEGRAM_TG_TOKEN": TELEGRAM_TOKEN, "OTDEL_TELEGRAM_TG_API_URL": servers["telegram"].url}
    house = RunningHouse(tmp_path, **telegram)
    assert house.otdel("init", "--locale", "ru").returncode == 0
    write_company(house.workspace)
    yield house
    if house.process is not None and house.process.poll() is None:
        house.down()


def write_company(folder: Path) -> None:
    """What a stranger does by hand: channels added, three files, a workbook."""
    channels = yaml.safe_load((folder / "channels.yaml").read_text(encoding="utf-8"))
    channels["channels"] += [
        {
            "key": "tg",
            "provider": "telegram",
            "title": "Телеграм",
            "quiet_hours": "",
            "settings": {"chat": "@seven_cups"},
        },
        {"key": "wall", "provider": "vk", "title": "Стена", "quiet_hours": "", "settings": {"group_id": GROUP}},
    ]
    (folder / "channels.yaml").write_text(yaml.safe_dump(channels, allow_unicode=True), encoding="utf-8")
    company = yaml.safe_load((folder / "company.yaml").read_text(encoding="utf-8"))
    company["approval"] = {"default": "policy"}
    company["quiet_hours"] = ""
    (folder / "company.yaml").write_text(yaml.safe_dump(company, allow_unicode=True), encoding="utf-8")
    for name, body in PIECES.items():
        (folder / "content" / "pieces" / name).write_text(body, encoding="utf-8")
    write_plan(folder, [[1, "+0", "now", "odin.md", "", "wall", "моё"], [None, "+0", "now", "tri.md", "", "tg", ""],
                        ["3", "+20", "10:00", "dva.md", "", "wall, tg", ""]])  # fmt: skip


def write_plan(folder: Path, rows: list[list[Any]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *rows):
        sheet.append(row)
    book.save(folder / "content" / "plan.xlsx")


def plan_of(folder: Path) -> list[list[Any]]:
    sheet = load_workbook(folder / "content" / "plan.xlsx").active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def type_block(prefect: PrefectDoor, url: str) -> None:
    """What a person types into Prefect's form of the block."""
    [kind] = prefect.ask("/block_types/filter", block_types={"slug": {"any_": ["otdel-vk"]}})
    schemas = prefect.ask("/block_schemas/filter", block_schemas={"block_type_id": {"any_": [kind["id"]]}})
    data = {"token": VK_TOKEN, "group_id": GROUP, "api_url": url}
    prefect.ask(
        "/block_documents/", name="vk-wall", data=data, block_type_id=kind["id"], block_schema_id=schemas[0]["id"]
    )


def run(prefect: PrefectDoor, tag: str, **form: Any) -> str:
    """Start a deployment as the Run button does, and wait for its end; returns the state's name."""
    [deployment] = prefect.ask("/deployments/filter", deployments={"tags": {"all_": [tag]}})
    made = prefect.ask(f"/deployments/{deployment['id']}/create_flow_run", parameters={"form": form})

    def ended() -> Any:
        state = prefect.http.get(f"/flow_runs/{made['id']}").json()["state"]
        return state if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else None

    state = awaited(ended, f"the end of {tag}", 120)
    assert state["type"] == "COMPLETED", f"{tag}: {state['name']}: {state['message']}"
    return str(state["name"])


def test_a_strangers_folder(house: RunningHouse, servers: dict[str, Remote]) -> None:
    house.up(until="/mailbox")
    with house.prefect() as prefect:
        type_block(prefect, servers["vk"].url)
        goes_out(house, prefect, servers)
        is_counted(house, prefect, servers["vk"])
        is_loaded_again(house, prefect)
    house.down()
    keeps_secrets(house)


def goes_out(house: RunningHouse, prefect: PrefectDoor, servers: dict[str, Remote]) -> None:
    """The first run held what had no access yet; now it is put right, and everything goes out once."""
    run(prefect, "whole-way")
    held = house.rows("SELECT key FROM delivery WHERE kind = 'placement' AND state = 'held'")
    if held:
        run(prefect, "publish-now", piece="1", person="me")
        run(prefect, "A8")
    [wall] = awaited(lambda: servers["vk"].posts(), "the post on the wall")
    assert "Первый текст незнакомца" in wall["text"]
    assert "https://shop.example.org" not in wall["text"], "links are ours, so that clicks are counted"
    [message] = awaited(lambda: servers["telegram"].posts(), "the post in the channel")
    assert "Третий текст" in message["text"]
    assert plan_of(house.workspace)[2][0] in (2, "2", 4, "4"), "the № is written back"
    assert plan_of(house.workspace)[1][6] == "моё", "the person's own column stays"


def is_counted(house: RunningHouse, prefect: PrefectDoor, vk: Remote) -> None:
    """Reactions and comments come back; a client's words stay out of Prefect."""
    [(remote, id)] = house.rows(
        "SELECT remote_id, id FROM delivery WHERE account = 'wall' AND state IN ('sent', 'confirmed')"
    )
    post = int(remote.split("_")[-1])
    vk.react(post_id=post, likes=7, views=90)
    vk.comment(post_id=post, text=f"Сколько стоит? Пишите на {CLIENT}")
    run(prefect, "A9")
    engine = create_engine(f"sqlite:///{house.workspace / 'var' / 'otdel.sqlite'}")
    with engine.begin() as connection:
        past = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S.000000")
        connection.execute(text("UPDATE watch SET reactions_at = :past, check_at = :past"), {"past": past})
    engine.dispose()
    run(prefect, "A10")
    seen = dict(house.rows("SELECT metric, value FROM snapshot WHERE delivery_id = :id", id=id))
    assert (seen["likes"], seen["views"]) == (7, 90)
    assert house.rows("SELECT question FROM comment") == [(1,)]
    run(prefect, "A11")
    assert house.rows("SELECT count(*) FROM fact WHERE metric = 'published'")[0][0] >= 2


def is_loaded_again(house: RunningHouse, prefect: PrefectDoor) -> None:
    """The plan changed and loaded again does what the difference said: moved, and what is out untouched."""
    rows = plan_of(house.workspace)[1:]
    rows[2][1], rows[0][4] = "+21", "Совсем другой текст"
    write_plan(house.workspace, [row[: len(HEADER)] for row in rows])
    before = house.rows("SELECT due_at FROM delivery WHERE account = 'tg' AND state = 'planned'")
    run(prefect, "A3", action="показать")
    assert house.rows("SELECT due_at FROM delivery WHERE account = 'tg' AND state = 'planned'") == before
    run(prefect, "A3", action="применить")
    run(prefect, "A8")
    after = house.rows("SELECT due_at FROM delivery WHERE account = 'tg' AND state = 'planned'")
    assert after != before
    assert house.rows("SELECT count(*) FROM delivery WHERE account = 'wall' AND state IN ('sent', 'confirmed')") == [
        (1,)
    ]


def keeps_secrets(house: RunningHouse) -> None:
    """No token and no client's word in a log, in an artifact, or anywhere in Prefect's database; tokens not in ours."""
    places = [*house.workspace.rglob("*"), house.said]
    for path in places:
        if not path.is_file():
            continue
        data = path.read_bytes()
        for secret in (TELEGRAM_TOKEN, VK_TOKEN):
            assert secret.encode() not in data, f"a token in {path}"
        if "prefect" in path.parts or path.suffix == ".log":
            assert CLIENT.encode() not in data, f"a client's address in {path}"
