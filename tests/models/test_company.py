from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
    read_duration,
    read_quiet_hours,
)
from models.schedule import Unreadable
from tasks.schedule.quiet import read_quiet
from tasks.schedule.slots import read_slots


@pytest.mark.parametrize(
    ("text", "length"),
    [("2h", timedelta(hours=2)), ("90m", timedelta(minutes=90)), ("1d", timedelta(days=1)),
     ("1h30m", timedelta(minutes=90)), ("2 ч", timedelta(hours=2)), ("15 мин.", timedelta(minutes=15)),
     ("1 д 2 ч 3 мин", timedelta(days=1, minutes=123))],
)  # fmt: skip
def test_a_length_of_time_is_read_in_both_languages(text: str, length: timedelta) -> None:
    assert read_duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "2 hours ago", "0h", "-2h", "2h!", "2 x", "9999999999d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_duration(text)


def test_quiet_hours_are_read_and_an_empty_text_is_none() -> None:
    assert read_quiet_hours("22:00-08:00") == ((time(22), time(8)),)
    assert read_quiet_hours("22.00–8.00, 13:00-14:30") == ((time(22), time(8)), (time(13), time(14, 30)))
    assert read_quiet_hours("") == ()


@pytest.mark.parametrize("text", ["22-8", "22:00", "25:00-08:00", "22:00-22:00", "ночью"])
def test_what_is_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_quiet_hours(text)


SLOTS = ["mon-fri 09:00", "sat,sun 11:00", "daily 19:30", "пн-пт 09:00, 13:00, 18:30", "сб, вс 11:00", "ежедневно 9.30",
         "fri-mon 10:00", "Mon, wed-fri 8:05", "будни 10:00", "weekends 12:00"]  # fmt: skip


def card(**said: object) -> ChannelCard:
    return ChannelCard.model_validate({"key": "site", "provider": "site", "title": "Сайт"} | said)


@pytest.mark.parametrize("text", SLOTS)
def test_a_slot_that_is_taken_can_be_read_where_slots_are_used(text: str) -> None:
    assert card(slots=[text]).slots == (text,)
    assert read_slots([text])


@given(
    st.sampled_from(["mon", "пн", "sun", "вс", "daily", "ежедневно", "будни", "x"]),
    st.sampled_from(["", "-fri", "–пт", ", sat", ",сб-вс"]),
    st.integers(0, 30),
    st.sampled_from([":00", ".30", ":75", ""]),
    st.sampled_from(["", ", 18:00"]),
)
def test_whatever_slot_is_taken_can_be_read(day: str, more: str, hour: int, minute: str, again: str) -> None:
    text = f"{day}{more} {hour}{minute}{again}"
    try:
        card(slots=[text])
    except ValidationError:
        return
    assert read_slots([text])


@given(st.lists(st.tuples(st.times(), st.times()), max_size=3))
def test_whatever_quiet_hours_are_taken_can_be_read(spans: list[tuple[time, time]]) -> None:
    text = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in spans)
    try:
        card(quiet_hours=text)
    except ValidationError:
        return
    try:
        assert len(read_quiet(text).spans) == len(spans)
    except Unreadable as error:
        assert error.reason.code == "always_quiet"


@pytest.mark.parametrize("text", ["", "mon", "09:00", "каждый день", "mon-fri 25:00", "someday 10:00", "mon 9"])
def test_a_slot_that_nobody_could_read_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        card(slots=[text])


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


def test_a_secret_is_refused_wherever_it_is_put_among_the_settings() -> None:
    for name in ("token", "access_token", "API_KEY", "password", "пароль"):
        with pytest.raises(ValidationError) as error:
            card(settings={name: "hunter2"})
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
