"""Names for fields, as they are typed: a fragment of options for htmx."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes
from integrations.web.premises import premises
from integrations.web.screen import show
from models.desk.suggest import Kind
from models.people import Permission

MOST = 20
LONGEST = 200

routes = Routes()


@routes.get("/staff/suggest/{kind}", Permission.READ_PLAN)
def suggest(request: Request, kind: str, q: str = "", field: str = "") -> Response:
    """At most twenty names that the words typed so far may become; `field` is what the form calls them."""
    if kind not in set(Kind):
        raise HTTPException(404)
    words = request.query_params.get(field, "") if field else q
    return show(request, "suggest.html", names=premises(request).verbs.suggest(Kind(kind), words[:LONGEST], MOST))
