"""Lengths of time as people read them: "3 h 20 min", «2 дн. 4 ч». Pure."""

from datetime import timedelta

from models.locale import mark, translate

DAYS, HOURS, MINUTES = mark("{number} d"), mark("{number} h"), mark("{number} min")


def say_duration(length: timedelta) -> str:
    """Say a length in the current language by its two largest units, minutes the smallest."""
    minutes = int(abs(length).total_seconds() // 60)
    numbers = ((DAYS, minutes // 1440), (HOURS, minutes // 60 % 24), (MINUTES, minutes % 60))
    said = [(place, translate(unit, number=number)) for place, (unit, number) in enumerate(numbers) if number]
    together = [words for place, words in said if place <= said[0][0] + 1]
    return " ".join(together) or translate(MINUTES, number=0)
