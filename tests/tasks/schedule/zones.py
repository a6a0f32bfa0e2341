"""Zones and moments whose clocks really changed, for the tests of time."""

from datetime import UTC, datetime

from hypothesis import strategies as st

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Europe/Moscow", "Asia/Novosibirsk", "Pacific/Apia",
    "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca",
)  # fmt: skip
zones = st.sampled_from(ZONES)
FIRST, LAST = datetime.fromisoformat("2008-01-01"), datetime.fromisoformat("2032-01-01")
walls = st.datetimes(FIRST, LAST).map(lambda at: at.isoformat(timespec="minutes"))
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
