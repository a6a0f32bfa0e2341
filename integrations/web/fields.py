"""Fields that name something existing: what was typed or pressed, brought to a key. See templates/fields.html."""

from fastapi import Request

from integrations.web.access import said
from integrations.web.premises import premises
from models.desk.suggest import Kind, Naming


def typed(request: Request, field: str) -> str:
    """What a field says: the name that was pressed among the nearest three, else what was typed."""
    return said(request, f"pick:{field}", 300) or said(request, field, 300)


def named(request: Request, field: str, kind: Kind) -> Naming:
    """What a field names. Where it has an objection, show the page again with the Naming: nothing typed is lost."""
    return premises(request).verbs.named(kind, typed(request, field))
