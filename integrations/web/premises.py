"""What every route may reach: the verbs, the settings, the index of pages, the counter of visits."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from integrations.media import MediaStore
from integrations.web.looks import LookCounter
from integrations.web.paces import Paces
from integrations.web.page_index import PageIndex
from integrations.web.settings import WebSettings
from integrations.web.verbs import Verbs
from integrations.web.visits import VisitCounter


@dataclass(frozen=True)
class Premises:
    """One running web process; `chance` makes what nobody can guess."""

    verbs: Verbs
    settings: WebSettings
    index: PageIndex
    media: MediaStore
    visits: VisitCounter
    looks: LookCounter
    paces: Paces
    chance: Callable[[], str]


def premises(request: Request) -> Premises:
    found: Premises = request.app.state.premises
    return found
