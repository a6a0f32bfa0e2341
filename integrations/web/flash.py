"""What an order brought, carried over the redirect after it: signed, shown once, gone within a minute."""

from collections.abc import Sequence

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import TypeAdapter, ValidationError

from integrations.web.access import keep
from integrations.web.premises import Premises, premises
from models.reason import Reason

COOKIE = "otdel_said"
SECONDS = 60
MOST = 6  # a cookie holds four kilobytes

REASONS = TypeAdapter(list[Reason])


def tell(request: Request, response: Response, reasons: Sequence[Reason]) -> None:
    said = [reason.model_dump() for reason in reasons[:MOST] if reason]
    if said:
        keep(request, response, COOKIE, str(_serializer(premises(request)).dumps(said)), SECONDS)


def told(request: Request) -> list[Reason]:
    """What there is to tell; anything that we did not sign, or too long ago, is nothing."""
    given = request.cookies.get(COOKIE, "")
    if not given:
        return []
    try:
        return REASONS.validate_python(_serializer(premises(request)).loads(given, max_age=SECONDS))
    except (BadSignature, ValidationError):
        return []


def _serializer(here: Premises) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.settings.secret.get_secret_value(), salt="said")
