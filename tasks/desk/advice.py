"""What a person is advised to do about a placement, and what its state allows. Pure."""

from models.delivery import State
from models.desk import Order
from models.locale import mark
from models.orders import CANCELLABLE, HOLDABLE, MOVABLE, PUBLISHABLE, RESTORABLE
from models.reason import NO_REASON, Reason, because

LOOK = mark("Open the channel, look whether it is there, and say below what you saw. Nothing is repeated until then.")
STOPPED = mark("A Stop holds it. It goes out by itself once the Stop is released.")
DECIDE = mark("Open the version, approve it or send it back; then give it a new time or publish it at once.")
SENT_BACK = mark("The author corrects the piece; the corrected version will ask for approval again.")
PUBLISH_OR_CANCEL = mark("Publish it now if it still makes sense, or cancel it.")
MEND = mark("Mend what the reason says; then publish it now, or cancel it.")
WAITS = mark(
    "It is late but not lost: it goes out as soon as the channel lets it, or is held by its rule for lateness."
)

WAITING = frozenset({State.HELD, State.MISSED, State.REJECTED})

# An unknown outcome is decided before anything can be ordered about it.
ABOUT = {
    Order.DECIDE: frozenset({State.UNKNOWN}), Order.PUBLISH_NOW: PUBLISHABLE, Order.MOVE: MOVABLE,
    Order.RESTORE: RESTORABLE, Order.HOLD: HOLDABLE, Order.CANCEL: CANCELLABLE,
}  # fmt: skip


def advice(state: State, code: str, is_approved: bool, is_stopped: bool) -> Reason:
    """What to do; empty where nothing is wrong. `code` is that of the reason the row keeps."""
    if state is State.UNKNOWN:
        return because(LOOK, code="look")
    if state in WAITING:
        return _about_held(code, is_approved)
    if state is State.PLANNED:
        return because(STOPPED, code="stopped") if is_stopped else because(WAITS, code="waits")
    return NO_REASON


def _about_held(code: str, is_approved: bool) -> Reason:
    if code == "returned":
        return because(SENT_BACK, code="sent_back")
    if not is_approved:
        return because(DECIDE, code="decide")
    return because(PUBLISH_OR_CANCEL if code in ("late", "held") else MEND, code="mend")


def orders(state: State, is_approved: bool) -> tuple[Order, ...]:
    """What may be ordered about a row in this state; an unapproved one is not published by a button."""
    found = (order for order, states in ABOUT.items() if state in states)
    return tuple(order for order in found if is_approved or order is not Order.PUBLISH_NOW)
