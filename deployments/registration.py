"""Registering the catalogue with Prefect's server: what is new or changed goes in, what left is taken out."""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import VersionInfo
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment

from deployments.refusal import Refusal
from models.reason import because

PAGE = 200


async def register(client: PrefectClient, catalogue: Sequence[RunnerDeployment]) -> dict[UUID, str]:
    """Make the server know exactly the catalogue; returns the deployments' names by their ids.

    A pause that a person has set in Prefect's pages stays; deployments of other packages are not touched.
    """
    _refuse_twins(catalogue)
    known = {_full_name(flow, found): found for flow, found in await _known(client)}
    names = {}
    for deployment in catalogue:
        former = known.get(deployment.full_name)
        if former is not None:
            await _keep_orders(client, deployment, former)
        # A version of our own, or Prefect would ask git about every deployment.
        version = VersionInfo(type="otdel", version=deployment.version or "")
        names[await deployment.aapply(version_info=version)] = deployment.name
    await _remove_departed(client, catalogue, known)
    return names


async def await_registered(client: PrefectClient, catalogue: Sequence[RunnerDeployment]) -> dict[UUID, str]:
    """Wait until the server knows the whole catalogue, which another process registers; names by their ids."""
    wanted = {deployment.full_name: deployment.name for deployment in catalogue}
    while True:
        known = {_full_name(flow, found): found.id for flow, found in await _known(client)}
        if wanted.keys() <= known.keys():
            return {known[full]: name for full, name in wanted.items()}
        await asyncio.sleep(1)


async def _known(client: PrefectClient) -> list[tuple[str, DeploymentResponse]]:
    """Every deployment of the server with the name of its flow."""
    found: list[DeploymentResponse] = []
    while page := await client.read_deployments(limit=PAGE, offset=len(found)):
        found += page
    flows = {flow: (await client.read_flow(flow)).name for flow in {one.flow_id for one in found}}
    return [(flows[one.flow_id], one) for one in found]


async def _keep_orders(client: PrefectClient, deployment: RunnerDeployment, former: DeploymentResponse) -> None:
    """Carry over what a person switched off; drop schedules that the catalogue no longer has (Prefect keeps them)."""
    if former.paused:
        deployment.paused = True
    switched_off = [one.schedule for one in former.schedules if not one.active]
    for schedule in deployment.schedules or ():
        if schedule.schedule in switched_off:
            schedule.active = False
    if not deployment.schedules:
        for one in former.schedules:
            await client.delete_deployment_schedule(former.id, one.id)


async def _remove_departed(
    client: PrefectClient, catalogue: Iterable[RunnerDeployment], known: dict[str, DeploymentResponse]
) -> None:
    staying = {deployment.full_name for deployment in catalogue}
    packages = {_package(deployment.entrypoint) for deployment in catalogue}
    pools = {deployment.work_pool_name for deployment in catalogue}
    for name, former in known.items():
        if name not in staying and former.work_pool_name in pools and _package(former.entrypoint) in packages:
            await client.delete_deployment(former.id)


def _package(entrypoint: str | None) -> str:
    return (entrypoint or "").partition(".")[0]


def _full_name(flow: str, deployment: DeploymentResponse) -> str:
    return f"{flow}/{deployment.name}"


def _refuse_twins(catalogue: Sequence[RunnerDeployment]) -> None:
    names = [deployment.full_name for deployment in catalogue]
    twins = {name for name in names if names.count(name) > 1}
    if twins:
        raise Refusal(
            because("Two deployments of the catalogue have one name: {names}.", names=", ".join(sorted(twins)))
        )
