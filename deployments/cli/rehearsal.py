"""The pipeline from first to last in one process, for `otdel demo`: `python -m deployments.cli.rehearsal`.

It says one JSON object a line: what begins, how it ended, and at last what came out. Its Prefect server ends with it.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from deployments.catalogue import CATALOGUE, deployments_of
from models.delivery import FOR_A_PERSON, OUT, Delivery, State
from models.locale import language
from models.registry import Fact
from tasks.approval import rows as approval
from tasks.house import House, house
from tasks.orders import rows as orders

PIPELINE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("whole_way", {}),
    ("unified_registry", {}),
    ("reports", {"kind": "week"}),
    ("plan_back", {}),
)  # fmt: skip
SHOWN = 12


def tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def title_of(flow: str) -> str:
    return next(entry.name for entry in CATALOGUE if entry.flow == flow)


def main() -> None:
    tell(steps=len(PIPELINE) + 1)
    from deployments import wired
    from tasks.people.rows import sync_people

    at = house()
    with at.sessions.begin() as session:
        sync_people(session, at.clock, at.workspace)
    asyncio.run(_rehearse(at, lambda name: getattr(wired, name)))
    tell(came_out=outcome(at))


async def _rehearse(at: House, flow_called: Callable[[str], Any]) -> None:
    """Run every flow of the pipeline with one server; the deployments are known to it, so runs can be announced."""
    from prefect.client.orchestration import get_client

    tell(begins="Prefect")
    async with get_client():
        for deployment in await asyncio.to_thread(deployments_of, at.workspace, language()):
            await deployment.aapply()
        tell(ended="Prefect", state="", ok=True)
        for name, fields in PIPELINE:
            tell(begins=title_of(name))
            flow = flow_called(name)
            state = await flow(form=form_of(flow)(**fields), return_state=True)
            tell(ended=title_of(name), state=state.name, message=state.message, ok=state.is_completed())


def form_of(flow: Any) -> Any:
    return flow.fn.__annotations__["form"]


def outcome(at: House) -> dict[str, Any]:
    """What came out of it: publications with their links, what waits for whom, how much the registry knows."""
    with at.reads() as session:
        query = select(col(Delivery.state), func.count()).where(col(Delivery.kind) == "placement")
        states = Counter(dict(session.execute(query.group_by(col(Delivery.state))).tuples().all()))
        out = orders.publications(session, col(Delivery.state).in_(OUT))
        facts = session.execute(select(func.count()).select_from(Fact)).scalar_one()
        waiting = len(approval.waiting(session))
    titles = {card.key: card.title for card in at.workspace.channels}
    return {
        "company": at.workspace.company.name, "synthetic": at.workspace.company.synthetic, "published": len(out),
        "coming": states[State.PLANNED], "for_a_person": sum(states[state] for state in FOR_A_PERSON),
        "waiting_for_approval": waiting, "facts": facts,
        "links": [{"title": row.title, "channel": titles.get(row.account, row.account), "url": row.url}
                  for row in out[:SHOWN]],
    }  # fmt: skip


if __name__ == "__main__":
    main()
