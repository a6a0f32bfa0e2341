"""The catalogue's part about mailings."""

from deployments.entries import BULK, EVERY_MINUTE, Entry
from models.locale import mark

MAILINGS = (
    Entry(
        "mailing_content_search", ("C2",), ("40 6 * * 1",), door=BULK,
        about=mark("What is worth saying to each group: by what it reads, buys and answers to, each with its reasons."),
    ),
    Entry(
        "mailing_content", ("C3",),
        about=mark("A mailing with its first letter: from a ready set of blocks, like an earlier one, or empty."),
    ),
    Entry(
        "mailing_styling", ("C4",), door=BULK,
        about=mark("Made ready by the brand and checked with all its links; asks for approval where that is wanted."),
    ),
    Entry(
        "mailing_sending", ("mailing-sending",), (EVERY_MINUTE,), title=mark("Mailings · Every minute: what is due"),
        about=mark("Begins mailings at their hour and sends, each letter once; clears up, finishes, reminds."),
        door=BULK,
    ),
    Entry(
        "forget_what_is_old", ("retention",), ("40 3 * * *",), title=mark("What is kept no longer"),
        about=mark(
            "Forgets who never confirmed a subscription, and answers to programs and files with codes after a week."
        ), door=BULK,
    ),
    Entry(
        "begin_mailing", ("make-mailing",), title=mark("Mailing: begin"),
        about=mark("A new mailing with its first version; it goes nowhere before it is approved."),
    ),
    Entry(
        "write_mailing", ("save-mailing",), title=mark("Mailing: what it says"),
        about=mark("The next version of a mailing; an approval of the former one does not hold for it."),
    ),
    Entry(
        "arrange_mailing", ("set-up-mailing",), title=mark("Mailing: to whom and when"),
        about=mark("Groups, mailer, time, shares of the variants; other recipients need a new approval."),
    ),
    Entry(
        "try_mailing", ("test-mailing",), title=mark("Mailing: a test to colleagues"),
        about=mark("As one customer would get it, marked as a test; nothing of it is counted."),
    ),
    Entry(
        "ask_about_mailing", ("ask-mailing",), title=mark("Mailing: ask for approval"),
        about=mark("Checks it and keeps what would be sent; whoever approves is told at once."),
    ),
    Entry(
        "decide_about_mailing", ("decide-mailing",), title=mark("Mailing: approve or return"),
        about=mark("The decision about the version that was asked about; a name typed here is only stated."),
    ),
    Entry(
        "steer_mailing", ("run-mailing",), title=mark("Mailing: pause, go on, cancel"),
        about=mark("Holds within seconds; what is out already stays out."),
    ),
    Entry(
        "clear_up_letters", ("unknown-letters",), title=mark("Mailing: letters of unknown outcome"),
        about=mark("You have looked them up: they arrived, they did not, or nobody knows."),
    ),
    Entry(
        "choose_winner", ("choose-winner",), title=mark("Mailing: the winning variant"),
        about=mark("The better variant goes to everybody who waited for it."),
    ),
)  # fmt: skip
