"""To whom a question can be passed on: an outlet, or one of the company, by key or name. Pure."""

from collections.abc import Mapping, Sequence

from integrations.errors import Refused
from models.company import Outlet
from models.content import nearest
from models.locale import mark
from models.reason import because
from tasks.approval.rules import Who
from tasks.content.references import refer

OUTLET, PERSON = "outlet", "person"
NOBODY = mark("There is neither an outlet nor a person “{value}”. Nearest: {nearest}. Correct the name.")


def recipient(name: str, outlets: Sequence[Outlet], people: Mapping[str, Who]) -> Outlet | Who:
    """Whoever is meant; of a name that both have, the outlet. The desk says which by "outlet:" or "person:" before it.

    Raises Refused with the nearest three.
    """
    shops = {outlet.key: outlet for outlet in outlets}
    kind, _, key = name.partition(":")
    if kind == PERSON and key in people:
        return people[key]
    if kind == OUTLET and key in shops:
        return shops[key]
    if shop := refer(name, {key: outlet.name for key, outlet in shops.items()}):
        return shops[shop]
    if person := refer(name, {key: who.name for key, who in people.items()}):
        return people[person]
    names = [*(outlet.name for outlet in outlets), *(who.name for who in people.values())]
    near = ", ".join(nearest(name, names, 3, 0.0)) or "—"
    raise Refused(because(NOBODY, code="unknown_recipient", value=name, nearest=near))
