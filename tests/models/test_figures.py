"""What is in a reason is written in the language of whoever reads it, whenever it was given, wherever it was kept."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from models.figures import Figure
from models.locale import mark, spoken
from models.reason import Reason, because

WALL = datetime(2026, 11, 25, 19, 30, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("figure", "russian", "english"),
    [
        (Figure.day(date(2026, 11, 25)), "25 ноября 2026", "25 November 2026"),
        (Figure.moment(WALL), "25 ноября 2026, 19:30", "25 November 2026, 19:30"),
        (Figure.clock(time(9, 5)), "09:05", "09:05"),
        (Figure.money(123_450, "RUB"), "1\u00a0234,50\u00a0₽", "₽1,234.50"),
        (Figure.number(Decimal("1234.5")), "1\u00a0234,5", "1,234.5"),
        (Figure.units(1_500), "1,5 ед.", "1.5 units"),
        (Figure.weekdays({7, 1}), "понедельник и воскресенье", "Monday and Sunday"),
        (Figure.sittings([("Центр", WALL)]), "Центр, 25 ноября 2026, 19:30", "Центр, 25 November 2026, 19:30"),
    ],
)
def test_a_figure_is_written_for_its_reader(figure: Figure, russian: str, english: str) -> None:
    with spoken("ru"):
        reason = because("{figure}", figure=figure)
    kept = Reason.model_validate_json(reason.model_dump_json())
    for language, said in (("ru", russian), ("en", english)):
        with spoken(language):
            assert str(reason) == str(kept) == said
    assert kept == reason == Reason(**reason.model_dump())


def test_a_refusal_that_was_given_in_one_language_is_read_in_another() -> None:
    with spoken("ru"):
        reason = because(mark("It could be brought back until {day}."), day=Figure.day(date(2026, 12, 23)))
    with spoken("en"):
        assert str(reason) == "It could be brought back until 23 December 2026."
