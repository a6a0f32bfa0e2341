"""The catalogue's part about clients' cards and points."""

from deployments.entries import BULK, Entry
from models.locale import mark

CARDS = (
    Entry(
        "points_of_the_day", ("points",), ("30 4 * * *",), title=mark("Points · Every night"), door=BULK,
        about=mark("Counts receipts by the program, lets points end, tells the registry what is owed by them."),
    ),
    Entry(
        "issue_cards", ("issue-cards",), title=mark("Cards: give out"), door=BULK,
        about=mark("To a customer, or to all of a group who have none; a number that any scanner reads."),
    ),
    Entry(
        "change_card", ("card",), title=mark("Cards: block, replace"),
        about=mark("A lost card is good no more at once; the points are the customer's and stay."),
    ),
    Entry(
        "correct_points", ("correct-points",), title=mark("Points: correct by hand"),
        about=mark("Added or taken with a reason; the ledger gets a line with both its sides."),
    ),
    Entry(
        "points_program", ("points-program",), title=mark("Points: the program"),
        about=mark("Money for a point, what it is worth, how long it is good, tiers; the former program is kept."),
    ),
    Entry(
        "close_page", ("close-page",), title=mark("Personal page: close its links"),
        about=mark("Whoever has a link sees nothing by it any more; the customer gets a new one."),
    ),
)  # fmt: skip
