"""Nothing oversold, lost or doubled, however often tills are killed and frozen, redeeming or handing in journals."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.storm.coupon_storm import CouponStorm


def test_a_dozen_blows_oversell_nothing_and_lose_nothing(database: Engine, tmp_path: Path) -> None:
    storm = CouponStorm(database, tmp_path, sales=100, total=300, blows=12, seed=5)
    storm.run()
    print(dict(storm.log))


@pytest.mark.storm
@pytest.mark.parametrize("seed", [31, 32])
def test_dozens_of_blows_oversell_nothing_and_lose_nothing(database: Engine, tmp_path: Path, seed: int) -> None:
    storm = CouponStorm(database, tmp_path, sales=250, total=600, blows=60, seed=seed)
    storm.run()
    print(dict(storm.log))
