"""Where services that send our letters tell what became of them: anybody may knock, and only a proof is believed.

The address is /hooks/<key of the mailer>, for services without signatures with their secret behind it. Who is not
believed is told nothing: not even whether there is such a mailer. A yes is said when it is written down, for what is
told once is not told again.
"""

from fastapi import Request, Response

from integrations.errors import Failure, Refused, Unsupported
from integrations.mailers.webhooks import PATH_SECRET
from integrations.web.access import Routes
from integrations.web.premises import premises
from models.people import Permission

BODY_MOST = 4_000_000  # the largest of the services bundle a thousand events
CALLS_A_MINUTE, WRONG_A_MINUTE = 12_000, 60
NEVER_KEPT = {"Cache-Control": "no-store"}
NOT_READABLE, NOT_FURNISHED = "unread", "no_credentials"

routes = Routes()


@routes.get("/hooks/{account}", Permission.PUBLIC)
def is_there(account: str) -> Response:
    """Services look whether an address answers before they take it."""
    return _answer(200)


@routes.get("/hooks/{account}/{secret}", Permission.PUBLIC)
def is_there_by_path(account: str, secret: str) -> Response:
    return _answer(200)


@routes.hook("/hooks/{account}", BODY_MOST)
def told(request: Request, account: str) -> Response:
    return _told(request, account, "")


@routes.hook("/hooks/{account}/{secret}", BODY_MOST)
def told_by_path(request: Request, account: str, secret: str) -> Response:
    return _told(request, account, secret)


def _told(request: Request, account: str, secret: str) -> Response:
    here = request.client.host if request.client else ""
    if not premises(request).paces.may("hook", here, CALLS_A_MINUTE):
        return _answer(429)
    headers = {name: value for name, value in request.headers.items() if name.lower() != PATH_SECRET}
    try:
        premises(request).verbs.letters_told_of(account, headers | {PATH_SECRET: secret}, request.state.body)
    except (Refused, Unsupported) as no:
        return _refused(request, no, here)
    except Failure:
        return _answer(503)
    return _answer(200)


def _refused(request: Request, no: Failure, here: str) -> Response:
    """Not ours to mend (400), our own keys not known just now (503), or not believed (403)."""
    if no.reason.code == NOT_FURNISHED:
        return _answer(503)
    if not premises(request).paces.may("hook-wrong", here, WRONG_A_MINUTE):
        return _answer(429)
    return _answer(400 if no.reason.code == NOT_READABLE else 403)


def _answer(status: int) -> Response:
    again = {"Retry-After": "60"} if status in (429, 503) else {}
    return Response(status_code=status, headers=NEVER_KEPT | again)
