"""What an order brought, carried over the redirect after it: signed, shown once, gone within a minute."""

from collections.abc import Sequence

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import TypeAdapter, ValidationError

from integrations.web.access import keep
from integrations.web.premises import Premises, premises
from models.locale import mark
from models.reason import Reason, because

COOKIE = "otdel_said"
SECONDS = 60
MOST = 6
COOKIE_MOST = 3800  # bytes: a browser throws away a cookie of more than four kilobytes, without a word
WORDS_MOST = 300
CUT = mark("{words}…")
MORE = mark("More was said than fits here; each thing stands at its place.")

REASONS = TypeAdapter(list[Reason])


def tell(request: Request, response: Response, reasons: Sequence[Reason]) -> None:
    said = [reason for reason in reasons[:MOST] if reason]
    written = _written(request, said)
    if len(written) > COOKIE_MOST:
        said = [_shorter(reason) for reason in said]
        written = _written(request, said)
    while len(written) > COOKIE_MOST:
        said = said[:-1]
        written = _written(request, [*said, because(MORE, code="more")])
    if said:
        keep(request, response, COOKIE, written, SECONDS)


def _written(request: Request, said: Sequence[Reason]) -> str:
    return str(_serializer(premises(request)).dumps([reason.model_dump() for reason in said]))


def _shorter(reason: Reason) -> Reason:
    """As it is said in the language of now, as far as it fits."""
    words = str(reason)
    if len(words) <= WORDS_MOST:
        return reason
    return because(CUT, code=reason.code, words=words[:WORDS_MOST].rstrip())


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
