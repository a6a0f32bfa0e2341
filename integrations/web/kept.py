"""What a person had typed when their session was over: carried through the door in the form itself. Pure.

Nothing of it is stored here. It comes back as fields of the page after signing in, to be looked at and sent again.
"""

from dataclasses import dataclass

from starlette.datastructures import FormData

TO, FIELD = "kept-to", "kept:"
OF_THE_DOOR = ("csrf", "password", "answer", "kept-to")
LONG = 60


@dataclass(frozen=True)
class Kept:
    """Where the form was to go, and its fields in their order."""

    to: str
    fields: tuple[tuple[str, str], ...]

    @property
    def readable(self) -> list[str]:
        """The texts somebody took time to write: more than one word, or a very long one."""
        return [value for _, value in self.fields if len(value) > LONG or len(value.split()) > 1]


def kept_of(path: str, form: FormData) -> Kept | None:
    """A form that was sent in vain; None where it says nothing."""
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    said = tuple(field for field in fields if field[0] not in OF_THE_DOOR and not field[0].startswith(FIELD))
    return Kept(path, said) if said else None


def kept_from(form: FormData) -> Kept | None:
    """What the form of the door carries with it; None where it carries nothing, or leads away."""
    to = form.get(TO, "")
    if not isinstance(to, str) or not to.startswith("/") or to.startswith(("//", "/\\")) or not to.isprintable():
        return None
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name.startswith(FIELD)]
    return Kept(to, tuple((name.removeprefix(FIELD), value) for name, value in fields)) if fields else None
