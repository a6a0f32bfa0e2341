"""The lists on Prefect's forms: they offer what there is, take what there is not, and follow the company's files."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jsonschema import validate

from deployments.lists import OfferedLists, lists_of
from models.brief import BriefForm
from models.company import Campaign, ChannelCard, Company, PersonCard, Workspace
from models.form import Lists, offering
from models.locale import spoken
from models.orders import RepeatedOrder

OFFERED: Lists = {"channels": ["Телеграм", "Сайт"], "people": ["Ольга"], "groups": ["Чайники"]}


def field(form: Any, name: str, lists: Lists = OFFERED) -> dict[str, Any]:
    with spoken("ru"), offering(lists):
        found: dict[str, Any] = form.model_json_schema()["properties"][name]
    return found


def test_a_field_offers_the_list_and_free_text_with_the_list_first() -> None:
    listed, free = field(RepeatedOrder, "person")["anyOf"]
    assert listed == {"type": "string", "enum": ["Ольга"], "title": "Из списка"}
    assert free == {"type": "string", "title": "Своими словами"}


def test_what_may_stay_empty_is_empty_in_the_list_too() -> None:
    """Or Prefect would open the field as free text, because its default is in no list."""
    channel = field(RepeatedOrder, "channel")
    assert channel["anyOf"][0]["enum"] == ["", "Телеграм", "Сайт"] and channel["default"] == ""


def test_several_names_are_listed_one_by_one() -> None:
    channels = field(BriefForm, "channels")
    assert channels["type"] == "array" and channels["items"]["anyOf"][0]["enum"] == ["Телеграм", "Сайт"]


@pytest.mark.parametrize("lists", [{}, {"channels": []}], ids=["none given", "nothing there"])
def test_without_a_list_the_field_is_plain_text(lists: Lists) -> None:
    assert field(RepeatedOrder, "channel", lists)["type"] == "string"


@pytest.mark.parametrize("channel", ["", "Телеграм", "Новый канал", "телеграмм"])
def test_a_list_that_has_grown_old_refuses_nothing(channel: str) -> None:
    """The server judges by the schema, the form by itself: both take what is on no list, and the order answers."""
    with spoken("ru"), offering(OFFERED):
        schema = RepeatedOrder.model_json_schema()
    given = {"piece": "1", "channel": channel, "person": "Кто-то новый"}
    validate(given, schema)
    assert RepeatedOrder.model_validate(given).channel == channel


def workspace(*campaigns: tuple[str, str]) -> Workspace:
    company = Company(
        name="x", zone="UTC", people=(PersonCard(key="olga", name="Ольга", email="o@example.org"),),
        campaigns=tuple(Campaign(key=k, title=t, starts_on="2026-11-01", ends_on="2026-11-02") for k, t in campaigns),  # type: ignore[arg-type]
    )  # fmt: skip
    return Workspace(
        root="/x", company=company, channels=(ChannelCard(key="tg", provider="telegram", title="Телеграм"),)
    )


def test_titles_are_offered_and_twins_by_their_keys() -> None:
    lists = lists_of(workspace(("a", "Зима"), ("b", "Зима"), ("c", "Весна")))
    assert lists["campaigns"] == ["a", "b", "Весна"]
    assert (lists["channels"], lists["people"], lists["funds"]) == (["Телеграм"], ["Ольга"], [])


class Client:
    """Keeps what it was told about deployments."""

    def __init__(self, answers: Mapping[Any, int] = {}) -> None:
        self.told: list[tuple[Any, Any]] = []
        self.answers = answers

    async def update_deployment(self, id: Any, update: Any) -> None:
        if id in self.answers:
            response = httpx.Response(self.answers[id], request=httpx.Request("PATCH", "http://prefect"))
            response.raise_for_status()
        self.told.append((id, update.model_dump(exclude_unset=True)))


def deployment(name: str, form: dict[str, Any]) -> Any:
    schema = SimpleNamespace(model_dump=lambda **how: form)
    return SimpleNamespace(name=name, _parameter_openapi_schema=schema)


def test_forms_follow_the_files_and_nothing_else_is_touched() -> None:
    lists: list[Lists | None] = [{"channels": ["a"]}]
    client: Any = Client()
    offered = OfferedLists(client, lambda: lists[-1], lambda: [deployment("Стоп", {"x": 1}), deployment("Чужое", {})])
    names = {uuid4(): "Стоп", uuid4(): "Другое"}
    asyncio.run(offered.follow(names))
    assert client.told == []
    lists.append(None)
    asyncio.run(offered.follow(names))
    assert client.told == []
    lists.append({"channels": ["a", "b"]})
    asyncio.run(offered.follow(names))
    asyncio.run(offered.follow(names))
    [(id, update)] = client.told
    assert names[id] == "Стоп" and update == {"parameter_openapi_schema": {"x": 1}}


@pytest.mark.parametrize(("answer", "raises"), [(404, False), (500, True)])
def test_a_deployment_that_was_deleted_is_passed_over(answer: int, raises: bool) -> None:
    deleted, there = uuid4(), uuid4()
    lists: list[Lists | None] = [{"channels": ["a"]}]
    client: Any = Client({deleted: answer})
    offered = OfferedLists(client, lambda: lists[-1], lambda: [deployment("Стоп", {"x": 1})])
    lists.append({"channels": ["b"]})
    with pytest.raises(httpx.HTTPStatusError) if raises else nullcontext():
        asyncio.run(offered.follow({deleted: "Стоп", there: "Стоп"}))
    assert [id for id, _ in client.told] == ([] if raises else [there])
    assert (offered.offered == lists[-1]) is not raises
