"""Nothing lost, nothing doubled: processes really killed and frozen, on both databases, with faults injected."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.storm.storm import Storm


def test_a_dozen_blows_lose_nothing_and_double_nothing(database: Engine, tmp_path: Path) -> None:
    storm = Storm(database, tmp_path, placements=240, blows=12, seed=7)
    storm.run()
    print(dict(storm.log))


@pytest.mark.storm
@pytest.mark.parametrize("seed", [11, 23])
def test_dozens_of_blows_lose_nothing_and_double_nothing(database: Engine, tmp_path: Path, seed: int) -> None:
    storm = Storm(database, tmp_path, placements=1200, blows=48, seed=seed)
    storm.run()
    print(dict(storm.log))
