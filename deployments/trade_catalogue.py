"""The catalogue's part about coupons in trade."""

from deployments.entries import BULK, Entry
from models.locale import mark

TRADE = (
    Entry(
        "coupons_in_trade", ("C9",), ("*/10 * * * *",), door=BULK,
        about=mark("Tells outlets of offers to come, takes files of tills, lets reservations go, adds up counters."),
    ),
    Entry(
        "outlet_confirmed", ("confirm-instruction",), title=mark("Trade: an outlet has confirmed"),
        about=mark("By telephone or on paper: who confirmed the instruction of an offer is written down."),
    ),
)  # fmt: skip
