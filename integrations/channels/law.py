"""Where advertising may be placed, by country, as the law and who watches over it said on the day it was read. Pure."""

from datetime import date

from integrations.channels.base import Advertising

LABELLED = Advertising(
    allowed=True, since=date(2022, 9, 1),
    source="Russia, law 38-FZ, article 18.1: with a label, the advertiser's name and an identifier (read 2026-11-21)",
)  # fmt: skip
# The courts may see it otherwise; what the watchdog fines for is what a department has to know.
RESTRICTED = Advertising(
    allowed=False, since=date(2026, 3, 10),
    source="Russia, law 38-FZ, article 5, part 10.7 (in force since 2025-09-01): no advertising where access is "
    "restricted; the antimonopoly service's clarification of 2026-03-10 names Telegram (read 2026-11-21)",
)  # fmt: skip
