"""The catalogue's part about offers and their codes."""

from deployments.entries import BULK, Entry
from models.locale import mark

OFFERS = (
    Entry(
        "coupons", ("C8",),
        about=mark("An offer from a form or a text, checked by field; its approval is asked for at once."),
    ),
    Entry(
        "offer_upkeep", ("offer-upkeep",), ("*/5 * * * *",), door=BULK,
        title=mark("Offers · Every five minutes: their days"),
        about=mark("Ends what is over, reminds whoever is asked, goes on with an issue that broke off."),
    ),
    Entry(
        "make_offer", ("make-offer",), title=mark("Offer: write"),
        about=mark("A new offer, or the next version of one; it gives nothing before it is approved."),
    ),
    Entry(
        "some_of_an_offer", ("change-offer",), title=mark("Offer: change"),
        about=mark("Once codes are out, only what harms no holder, and it is approved again."),
    ),
    Entry(
        "ask_about_offer", ("ask-offer",), title=mark("Offer: ask for approval"),
        about=mark("Whoever approves is told what it says; above the threshold they sign in."),
    ),
    Entry(
        "decide_about_offer", ("decide-offer",), title=mark("Offer: approve or return"),
        about=mark("The decision about the version that was asked about; a typed name is only stated."),
    ),
    Entry(
        "stop_offer", ("stop-offer",), title=mark("Coupons: stop"),
        about=mark("An offer, a batch or one coupon; the next redemption is refused."),
    ),
    Entry(
        "open_offer", ("open-offer",), title=mark("Coupons: redeem again"),
        about=mark("What was stopped is redeemed again; an approver or the head orders it."),
    ),
    Entry(
        "extend_offer", ("extend-offer",), title=mark("Coupons: hold longer"),
        about=mark("One coupon or a batch at once; a whole offer after its approval."),
    ),
    Entry(
        "issue", ("issue-codes",), title=mark("Codes: issue"), door=BULK,
        about=mark("A number of codes, or one for each customer of groups, some kept to compare with."),
    ),
    Entry(
        "take_codes_in", ("import-codes",), title=mark("Codes: take in from a file"), door=BULK,
        about=mark("Somebody else's codes from a table of the company's folder; the same file adds nothing."),
    ),
    Entry(
        "give_another_code", ("replace-code",), title=mark("Codes: another one for a client"),
        about=mark("In the place of one that does not work, with what is left of its uses."),
    ),
    Entry(
        "file_with_codes", ("take-codes",), title=mark("Codes: a file to print"), door=BULK,
        about=mark("A table or cards on A4, beside the company's folder; who took it stays written down."),
    ),
)  # fmt: skip
