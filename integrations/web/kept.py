"""What a person had typed when their session was over: carried through the door in the form itself. Pure.

Nothing of it is stored here. It comes back as fields of the page after signing in, to be looked at and sent again.
"""

from dataclasses import dataclass

from starlette.datastructures import FormData

TO, FIELD = "kept-to", "kept:"
OF_THE_DOOR = ("csrf", "password", "kept-to")
OF_A_PASSKEY = "answer"  # a question that is answered once is not answered again
# What a page fills in by itself and what is pressed or ticked: with nothing else in it nobody has typed anything.
PRESSED = frozenset({
    "account", "act", "advertising", "advised", "again", "anew", "answer", "back", "base", "batch", "begin", "begun",
    "by_recipient", "cascade", "changed", "channels", "colleague", "coupon", "coupons", "date", "days", "do", "exclude",
    "first", "follows", "former", "gone", "include", "intake", "kind", "language", "late", "letter", "list", "mailing",
    "mode", "month", "need", "next", "occasion", "once", "order", "personal", "picture", "pictures", "piece",
    "print", "public", "purpose", "question", "ready", "removed", "replaces", "resend_unknown", "role", "row",
    "scope", "seen", "shown", "site", "sure", "time", "urgent", "variant", "verdict", "version", "view", "what",
    "with", "withdraw",
})  # fmt: skip
CHOSEN_IN_A_BOX = (".kind", ".negated", ".sign", ".side", ".score", ".address")  # of a rule: see templates/group_boxes
PRESSED_OF_MANY = (
    "agree-",
    "answer-",
    "c:",
    "picture-",
    "pick:",
    "remove-",
    "same:",
    "share-",
    "there:",
    "version-",
    "view-",
)


@dataclass(frozen=True)
class Kept:
    """Where the form was to go, and its fields in their order."""

    to: str
    fields: tuple[tuple[str, str], ...]

    @property
    def readable(self) -> list[str]:
        """What somebody typed or chose."""
        return [value for name, value in self.fields if value.strip() and not is_pressed(name)]


def is_pressed(name: str) -> bool:
    return name in PRESSED or name.startswith(PRESSED_OF_MANY) or name.endswith(CHOSEN_IN_A_BOX)


def kept_of(path: str, form: FormData) -> Kept | None:
    """A form that was sent in vain; None where nothing was written in it: then it is enough to press again."""
    left_out = {*OF_THE_DOOR, OF_A_PASSKEY} if path.endswith("/passkey") else set(OF_THE_DOOR)
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    kept = Kept(path, tuple(field for field in fields if field[0] not in left_out and not field[0].startswith(FIELD)))
    return kept if kept.readable else None


def kept_from(form: FormData) -> Kept | None:
    """What the form of the door carries with it; None where it carries nothing, or leads away."""
    to = form.get(TO, "")
    if not isinstance(to, str) or not to.startswith("/") or to.startswith(("//", "/\\")) or not to.isprintable():
        return None
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name.startswith(FIELD)]
    return Kept(to, tuple((name.removeprefix(FIELD), value) for name, value in fields)) if fields else None
