"""Step of content search for mailings (C2)."""

from prefect.runtime import flow_run

from integrations.errors import Refused
from models.ending import Ending
from models.locale import mark, translate
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.suited.engine import Search
from tasks.suited.table import TITLE, section

NO_GROUPS = mark("There are no customer groups yet. Make one first (B1), or on the desk.")


@step(mark("Search content for the groups that get mailings"))
def search_for_groups(group: str, how_many: int) -> Ending:
    """Rank what could be said to this group, or to every one; show it with the reasons, tell the registry."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    try:
        found = Search(at).run(group.strip(), how_many, str(flow_run.id or ""))
    except Refused as refused:
        return Ending(total=1, remarks=(str(refused.reason),))
    if not found:
        return Ending(remarks=(translate(NO_GROUPS),))
    said = "\n\n".join([f"## {translate(TITLE)}", *(section(one.title, one.ranked, one.demand) for one in found)])
    show("mailing-content", said, translate(TITLE))
    return Ending(done=len(found), total=len(found))
