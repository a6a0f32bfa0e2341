"""The catalogue: every deployment, its schedule in the company's zone, its name in the company's language."""

from dataclasses import dataclass, field
from typing import Any

from models.company import Workspace
from models.locale import mark, spoken, translate
from models.operations import OPERATIONS

EVERY_MINUTE = "* * * * *"
# The doors that runs go through: what must go out on time, and what steers it, never queues behind the rest.
PLACEMENTS, BULK = DOORS = ("placements", "bulk")


@dataclass(frozen=True)
class Entry:
    """A deployment of a flow. `tags` begin with what code finds it by; `crons` are in the company's zone.

    `door` is the work pool that runs it where there is more than one machine.
    """

    flow: str
    tags: tuple[str, ...]
    crons: tuple[str, ...] = ()
    title: str = ""
    about: str = ""
    form: dict[str, str] = field(default_factory=dict)
    door: str = PLACEMENTS

    @property
    def name(self) -> str:
        """The operation's name in the language of the moment; an order's own title."""
        if self.title:
            return translate(self.title)
        return str(OPERATIONS[self.tags[0]])

    @property
    def parameters(self) -> dict[str, Any]:
        """What its runs are filled in with: Prefect takes a choice only as its form says it in this language."""
        return {"form": {name: translate(choice) for name, choice in self.form.items()}} if self.form else {}


CATALOGUE = (
    Entry(
        "channel_analysis", ("A1",), ("0 7 * * 1",), door=BULK,
        about=mark("Reach, engagement, cost and best hours of our channels; recommends slots where a card names none."),
    ),
    Entry(
        "market_events", ("A2",), ("30 6 * * *",), door=BULK,
        about=mark("The calendar of occasions from feeds and calendars: repeats folded, the important first."),
    ),
    Entry(
        "content_search", ("A3",), ("0 6 * * *",),
        about=mark("Reads the product feed, the plan and the news; shows what loading the plan means."),
    ),
    Entry(
        "grouping", ("A4",), ("10 6 * * *",),
        about=mark("Matches pieces to customer groups and says which words decided."),
    ),
    Entry(
        "content_creation", ("A5",),
        about=mark("A draft by a brief, in the plan at once; facts are compared with the product feed."),
    ),
    Entry(
        "brand_styling", ("A6",), ("20 6 * * *",),
        about=mark("Typography and glossary of the brand; every correction is listed."),
    ),
    Entry(
        "channel_adaptation", ("A7",), ("30 6 * * *",),
        about=mark("A version of every piece for every channel, counted as the channel counts."),
    ),
    Entry(
        "scheduled_posting", ("A8",),
        about=mark("Publishes what is due. Runs are planned for every coming minute."),
    ),
    Entry(
        "scheduled_posting", ("sweeper",), (EVERY_MINUTE,), title=mark("A8 · Every minute: what was left over"),
        about=mark("Every minute: whatever an interrupted run left, letters to colleagues, reminders."),
    ),
    Entry(
        "placement_control", ("A9",), ("*/10 * * * *",), door=BULK,
        about=mark("Compares what is live with what was approved and asks about every difference; changes nothing."),
    ),
    Entry(
        "reaction_control", ("A10",), ("*/15 * * * *",), door=BULK,
        about=mark("Snapshots of reach and reactions, comments with a deadline to answer; tells of what stands out."),
    ),
    Entry(
        "unified_registry", ("A11",), ("5 * * * *",), door=BULK,
        about=mark("Every hour: results of every operation into the one registry."),
    ),
    Entry(
        "reports", ("A12",), ("0 17 * * 5",), form={"kind": mark("week")}, door=BULK,
        about=mark("The week's report; on Fridays by itself."),
    ),
    Entry(
        "reports", ("month",), ("0 9 1 * *",), title=mark("A12 · One page for the director"), door=BULK,
        form={"kind": mark("month")}, about=mark("The month that has ended, on one page."),
    ),
    Entry(
        "whole_way", ("whole-way",), title=mark("A · From content to publication"),
        about=mark("The whole way for the whole plan, or for one piece."),
    ),
    Entry(
        "approval", ("approval",), ("0 9 * * 1",), title=mark("Approval of the plan"),
        about=mark("Asks the approver about everything due within the days named."),
    ),
    Entry(
        "stop", ("stop",), title=mark("Stop"),
        about=mark("Within seconds nothing more of it goes out, until a person releases it; lists what is out."),
    ),
    Entry(
        "release", ("release",), title=mark("Release of a Stop"),
        about=mark("Lets go what a Stop holds back: by its number, or everything of one scope."),
    ),
    Entry(
        "cancel", ("cancel",), title=mark("Cancel a publication"),
        about=mark("A publication that is not yet going out never will."),
    ),
    Entry(
        "hold", ("hold",), title=mark("Hold a publication"),
        about=mark("A publication waits for a person instead of its time."),
    ),
    Entry(
        "restore", ("restore",), title=mark("Restore a publication"),
        about=mark("What was held, missed, refused or cancelled is planned again."),
    ),
    Entry(
        "move", ("move",), title=mark("Move a publication"),
        about=mark("A new date or time for what is not yet going out."),
    ),
    Entry(
        "publish_now", ("publish-now",), title=mark("Publish now"),
        about=mark("An approved publication goes out at once, and the answer has its link."),
    ),
    Entry(
        "unknown_outcome", ("unknown",), title=mark("Unknown outcome"),
        about=mark("You have looked at the channel: it is out, publish it again, or leave it."),
    ),
    Entry(
        "live_difference", ("live-difference",), title=mark("Decide about a difference"),
        about=mark("A publication is not as approved: accept it as it is, restore it, or take it down."),
    ),
    Entry(
        "record_costs", ("costs",), title=mark("Expenses and results"),
        about=mark("One by form, or the tables expenses.xlsx and results.xlsx, as often as you like."),
    ),
    Entry(
        "plan_back", ("plan-back",), title=mark("The content plan with what became of it"),
        about=mark("Your own table with status, link, reach, reactions and reason beside every row."),
    ),
)  # fmt: skip


def deployments_of(workspace: Workspace, language: str) -> list[Any]:
    """The catalogue as Prefect's deployments; their entrypoints wire the house before the flow is loaded."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron

    zone = workspace.company.zone
    with spoken(language):
        return [
            RunnerDeployment.from_entrypoint(
                entrypoint=f"deployments.wired.{entry.flow}", name=entry.name, tags=list(entry.tags),
                description=translate(entry.about), parameters=entry.parameters,
                schedules=[Cron(cron, timezone=zone) for cron in entry.crons],
            )
            for entry in CATALOGUE
        ]  # fmt: skip


def catalogue() -> list[Any]:
    """All deployments of this house."""
    import deployments.wired  # noqa: F401  furnishes the house
    from models.locale import language
    from tasks.house import house

    return deployments_of(house().workspace, language())
