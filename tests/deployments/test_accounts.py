"""Accounts: whether a channel's calls leave this computer, asked for every placement and answered without Prefect."""

from pathlib import Path
from typing import Any

import pytest

from deployments.accounts import Accounts
from integrations.errors import Refused
from integrations.media import MediaStore
from models.company import ChannelCard

TOKEN = "123456:" + "a" * 35


def accounts(folder: Path, asked: list[str], **environment: str) -> Accounts:
    def typed_in(provider: str, key: str) -> dict[str, Any]:
        asked.append(key)
        return {"token": TOKEN}

    return Accounts(MediaStore(folder / "media"), environment, typed_in, {}, folder)


def card(**settings: str) -> ChannelCard:
    return ChannelCard(key="tg", provider="telegram", title="Telegram", settings={"chat": "@example", **settings})


@pytest.mark.parametrize(
    ("settings", "abroad"),
    [({}, True), ({"api_url": "http://127.0.0.1:9"}, False), ({"api_url": "http://bot.localhost:9"}, False)],
)
def test_a_channel_reaches_out_unless_it_calls_this_machine(
    tmp_path: Path, settings: dict[str, str], abroad: bool
) -> None:
    assert accounts(tmp_path, []).reaches_out(card(**settings)) is abroad


def test_a_thousand_placements_ask_prefect_once(tmp_path: Path) -> None:
    asked: list[str] = []
    made = accounts(tmp_path, asked)
    made.provider_of(card())
    assert all(made.reaches_out(card()) for _ in range(1000))
    assert asked == ["tg"]


def test_a_channel_whose_settings_are_wrong_goes_nowhere(tmp_path: Path) -> None:
    assert accounts(tmp_path, [], OTDEL_TELEGRAM_TG_API_URL="nonsense").reaches_out(card()) is False


def test_the_bot_of_the_notices_has_a_block_of_its_own_and_is_kept(tmp_path: Path) -> None:
    asked: list[str] = []
    made = accounts(tmp_path, asked)
    assert made.messenger() is made.messenger() and asked == ["", ""]
    assert TOKEN not in repr(made.messenger().settings)  # type: ignore[attr-defined]


def test_the_environment_wins_for_the_bot_too(tmp_path: Path) -> None:
    made = accounts(
        tmp_path, [], OTDEL_TELEGRAM_NOTICES_TOKEN="1:x", OTDEL_TELEGRAM_NOTICES_API_URL="http://127.0.0.1:9"
    )
    settings = made.messenger().settings  # type: ignore[attr-defined]
    assert (settings.token.get_secret_value(), settings.api_url) == ("1:x", "http://127.0.0.1:9")


def test_without_a_token_it_says_where_to_put_one(tmp_path: Path) -> None:
    made = Accounts(MediaStore(tmp_path / "media"), {}, lambda provider, key: {}, {}, tmp_path)
    with pytest.raises(Refused) as caught:
        made.messenger()
    assert "telegram-notices" in str(caught.value) and "OTDEL_TELEGRAM_NOTICES_TOKEN" in str(caught.value)
