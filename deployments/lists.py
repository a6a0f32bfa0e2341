"""What the forms on Prefect's pages offer: names from the company's files, kept in step with them while we run."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.deployments.runner import RunnerDeployment

from models.company import Workspace
from models.form import Lists

Catalogue = Callable[[], Iterable[RunnerDeployment]]


def lists_of(workspace: Workspace) -> Lists:
    """Titles by kind, as people say them; where two share one, their keys."""
    company = workspace.company
    outlets = [(one.key, one.name) for one in company.outlets]
    people = [(one.key, one.name) for one in company.people]
    return {
        "channels": _told_apart((card.key, card.title) for card in workspace.channels),
        "campaigns": _told_apart((one.key, one.title) for one in company.campaigns),
        "goals": _told_apart((one.key, one.title) for one in company.goals),
        "groups": _told_apart((one.key, one.title) for one in company.groups),
        "people": _told_apart(people),
        "outlets": _told_apart(outlets),
        "recipients": _told_apart([*outlets, *people]),
        "funds": _told_apart((one.key, one.title) for one in company.funds),
    }


def _told_apart(named: Iterable[tuple[str, str]]) -> list[str]:
    known = list(named)
    times = Counter(title for _, title in known)
    return [title if times[title] == 1 else key for key, title in known]


class OfferedLists:
    """Follows the company's files: where a list has changed, the forms of the deployments are made anew.

    Only the forms: schedules, runs and what a person has switched off stay as they are. `lists` is None while the
    files cannot be read; then the forms keep what they offer.
    """

    def __init__(self, client: PrefectClient, lists: Callable[[], Lists | None], catalogue: Catalogue) -> None:
        self.client, self.lists, self.catalogue = client, lists, catalogue
        self.offered = lists()

    async def follow(self, names: dict[UUID, str]) -> None:
        """`names` are the deployments' names by their ids."""
        now = self.lists()
        if now is None or now == self.offered:
            return
        # In a thread of its own: inside the loop Prefect would give coroutines instead of deployments.
        made = {one.name: one for one in await asyncio.to_thread(self.catalogue)}
        for id, name in names.items():
            if name in made:
                form = made[name]._parameter_openapi_schema.model_dump(exclude_unset=True)
                await self._offer(id, DeploymentUpdate(parameter_openapi_schema=form))
        self.offered = now

    async def _offer(self, id: UUID, form: DeploymentUpdate) -> None:
        try:
            await self.client.update_deployment(id, form)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != HTTPStatus.NOT_FOUND:
                raise  # one that was deleted on Prefect's pages has no form until the next start makes it anew


def lists_now() -> Lists | None:
    """The names in the company's files at this moment; None while they cannot be read."""
    from tasks.house import house

    at = house()
    return None if at.unreadable() else lists_of(at.workspace)
