from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from models import company
from models.company import (
    ApprovalPolicy,
    Campaign,
    ChannelCard,
    Company,
    Goal,
    Source,
    Workspace,
)
from models.timetable import read_slots

SLOTS = ["mon-fri 09:00", "sat,sun 11:00", "daily 19:30", "пн-пт 09:00, 13:00, 18:30", "сб, вс 11:00", "ежедневно 9.30",
         "fri-mon 10:00", "Mon, wed-fri 8:05", "будни 10:00", "weekends 12:00"]  # fmt: skip


def card(**said: object) -> ChannelCard:
    return ChannelCard.model_validate({"key": "site", "provider": "site", "title": "Сайт"} | said)


@pytest.mark.parametrize("text", SLOTS)
def test_a_slot_that_is_taken_can_be_read_where_slots_are_used(text: str) -> None:
    assert card(slots=[text]).slots == (text,)
    assert read_slots([text])


@pytest.mark.parametrize("text", ["", "mon", "09:00", "каждый день", "mon-fri 25:00", "someday 10:00", "mon 9"])
def test_a_slot_that_nobody_could_read_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        card(slots=[text])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"slots": ["mon"]}, "bad_slot", id="a slot"),
        pytest.param({"quiet_hours": "22-8"}, "bad_quiet_hours", id="quiet hours"),
        pytest.param({"quiet_hours": "00:00-12:00, 12:00-24:00"}, "always_quiet", id="quiet round the clock"),
        pytest.param({"lateness": {"after": "soon"}}, "bad_duration", id="a length of time"),
    ],
)
def test_what_is_written_about_time_is_judged_when_the_settings_are_read(said: dict[str, object], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        card(**said)
    assert error.value.errors()[0]["ctx"]["error"].reason.code == code


def models() -> list[type[BaseModel]]:
    return [
        kind
        for kind in vars(company).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__module__ == company.__name__
    ]


@pytest.mark.parametrize("kind", models(), ids=lambda kind: kind.__name__)
def test_no_model_of_the_companys_files_takes_a_field_it_does_not_know(kind: type[BaseModel]) -> None:
    assert kind.model_config.get("extra") == "forbid"
    assert kind.model_config.get("frozen") is True


@pytest.mark.parametrize(
    "nested",
    [
        lambda name: {name: "hunter2"},
        lambda name: {"proxy": {name: "hunter2"}},
        lambda name: {"all": [{name: "hunter2"}]},
    ],
    ids=["plainly", "in a group", "in a list"],
)
def test_a_secret_is_refused_wherever_it_is_put_among_the_settings(nested: Callable[[str], object]) -> None:
    for name in ("token", "access_token", "API_KEY", "password", "пароль"):
        with pytest.raises(ValidationError) as error:
            card(settings=nested(name))
        assert "hunter2" not in str(error.value.errors()[0]["ctx"]["error"].reason)
    assert card(settings={"group_id": 1, "chat": "@x"}).settings == {"group_id": 1, "chat": "@x"}


def test_a_period_never_ends_before_it_begins() -> None:
    for kind, said in ((Campaign, {"key": "a", "title": "a", "starts_on": "2026-12-02", "ends_on": "2026-12-01"}),
                       (Goal, {"key": "a", "title": "a", "metric": "m", "target": 1, "from": "2026-12-02",
                               "to": "2026-12-01"})):  # fmt: skip
        with pytest.raises(ValidationError) as error:
            kind.model_validate(said)
        assert error.value.errors()[0]["ctx"]["error"].reason.code == "upside_down"


def test_days_count_from_the_start_given_in_the_context() -> None:
    said = {"key": "a", "title": "a", "starts_on": "-3", "ends_on": "+45", "budget": "60000"}
    campaign = Campaign.model_validate(said, context={"start": date(2026, 11, 21)})
    assert (campaign.starts_on, campaign.ends_on) == (date(2026, 11, 18), date(2027, 1, 5))
    assert campaign.budget == Decimal(60000)
    assert Campaign.model_validate_json(campaign.model_dump_json()) == campaign


def test_a_source_has_one_address() -> None:
    for said in ({}, {"url": "https://x.test", "path": "x.xml"}):
        with pytest.raises(ValidationError):
            Source.model_validate({"key": "a", "title": "a", "kind": "rss", **said})


def test_approval_is_by_the_channels_own_policy_else_the_default() -> None:
    policy = ApprovalPolicy(channels={"site": "policy"})
    assert (policy.of("site"), policy.of("vk")) == ("policy", "person")


def test_a_channel_keeps_its_own_zone_and_quiet_hours_or_takes_the_companys() -> None:
    workspace = Workspace(root="x", company=Company(name="x", zone="Europe/Moscow", quiet_hours="22:00-08:00"))
    own, none, theirs = card(zone="Asia/Tomsk", quiet_hours="20:00-10:00"), card(quiet_hours=""), card()
    assert [workspace.zone_of(one) for one in (own, theirs)] == ["Asia/Tomsk", "Europe/Moscow"]
    assert [workspace.quiet_hours_of(one) for one in (own, none, theirs)] == ["20:00-10:00", "", "22:00-08:00"]


def test_a_card_is_stored_and_read_back() -> None:
    stored = card(slots=SLOTS, lateness={"after": "2 ч", "then": "skip"}, utm={"source": "site"}, quiet_hours="")
    assert ChannelCard.model_validate_json(stored.model_dump_json()) == stored
