"""Of twenty thousand letters none lost and none doubled, however often the sender is killed and frozen."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.storm.mail_storm import MailStorm


def test_a_dozen_blows_lose_no_letter_and_double_none(database: Engine, tmp_path: Path) -> None:
    storm = MailStorm(database, tmp_path, recipients=3000, blows=12, seed=31, per_minute=40_000)
    storm.run()
    print(dict(storm.log))


@pytest.mark.storm
@pytest.mark.parametrize("seed", [31])
def test_twenty_thousand_letters_through_dozens_of_blows(database: Engine, tmp_path: Path, seed: int) -> None:
    storm = MailStorm(database, tmp_path, recipients=20_000, blows=48, seed=seed, per_minute=60_000)
    storm.run()
    print(dict(storm.log))
