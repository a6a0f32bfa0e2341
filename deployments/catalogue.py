"""The catalogue: every deployment, its schedule in the company's zone, its name in the company's language."""

from typing import Any

from deployments.card_catalogue import CARDS
from deployments.entries import BULK as BULK
from deployments.entries import DOORS as DOORS
from deployments.entries import EVERY_MINUTE as EVERY_MINUTE
from deployments.entries import PLACEMENTS as PLACEMENTS
from deployments.entries import Entry as Entry
from deployments.mailing_catalogue import MAILINGS
from deployments.offer_catalogue import OFFERS
from deployments.trade_catalogue import TRADE
from models.company import Workspace
from models.form import offering
from models.locale import mark, spoken, translate
from models.timetable import read_hours

WEEKDAYS, USUAL_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "MO,TU,WE,TH,FR"

CATALOGUE: tuple[Entry, ...] = (
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
        "reports", ("month",), monthly=9, title=mark("A12 · One page for the director"), door=BULK,
        form={"kind": mark("month")}, about=mark("The month that has ended, on one page; on the first working day."),
    ),
    Entry(
        "customer_groups", ("B1",), ("20 2 * * *",), form={"what": mark("rebuild anew")}, door=BULK,
        about=mark("Loads the company's tables where they changed, then builds the customer groups; every night."),
    ),
    Entry(
        "mailing_groups", ("C1",), ("50 2 * * *",), door=BULK,
        about=mark("Whom mailings to the groups would reach, every night: consents and the stop-list always applied."),
    ),
    Entry(
        "mail_returns", ("mail-returns",), ("*/5 * * * *",), title=mark("Mailings · What came back"), door=BULK,
        about=mark("Every five minutes: bounces, complaints, answers; the winning variant goes out at its moment."),
    ),
    Entry(
        "reaction_analysis", ("C5",), ("25 * * * *",), door=BULK,
        about=mark("What mailings came to, against the control group: every hour for two days, then once a day."),
    ),
    Entry(
        "coupon_analysis", ("C10",), ("40 3 * * 1",), door=BULK,
        about=mark("What coupons came to, into the registry, and what they gave off to its fund; every Monday."),
    ),
    Entry(
        "mailing_reports", ("C11",), ("30 17 * * 5",), form={"kind": mark("week")}, door=BULK,
        about=mark("The week's report of mailings and customer groups; on Fridays by itself."),
    ),
    Entry(
        "mailing_reports", ("mailings-month",), monthly=10, title=mark("C11 · Mailings of the month"), door=BULK,
        form={"kind": mark("month")}, about=mark("The month of mailings that has ended; on the first working day."),
    ),
    Entry(
        "non_openers", ("non-openers",), title=mark("Once more to those who did not open"),
        about=mark("A draft of the same mailing, to the group of those who did not open it; nothing is sent by it."),
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
        "urgent", ("urgent",), title=mark("Urgent, without approval"),
        about=mark("A correction goes out at once, by those whom company.yaml names, and is approved afterwards."),
    ),
    Entry(
        "ask_reviewer", ("ask-reviewer",), title=mark("Ask somebody outside"),
        about=mark("A partner or a lawyer gets a link that shows some versions and takes a word about each."),
    ),
    Entry(
        "revoke_reviewer", ("revoke-reviewer",), title=mark("Revoke a link for somebody outside"),
        about=mark("Whoever opens it is told that it is no longer good; what was said by it stays."),
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
        "correct", ("correct",), title=mark("Correct a piece"),
        about=mark("New words, pictures, channels or another time for a piece, as a new version to be approved."),
    ),
    Entry(
        "by_hand", ("by-hand",), title=mark("A text by hand for one channel"),
        about=mark("A text that stands in one channel alone, whatever the common one becomes."),
    ),
    Entry(
        "comment", ("comment",), title=mark("Comment on a piece"),
        about=mark("For colleagues only: the author and whoever commented before are told."),
    ),
    Entry(
        "live_difference", ("live-difference",), title=mark("Decide about a difference"),
        about=mark("A publication is not as approved: accept it as it is, restore it, or take it down."),
    ),
    Entry(
        "question_answered", ("answered",), title=mark("Question answered"),
        about=mark("A question of a customer is answered, or needs no answer: it is off the list."),
    ),
    Entry(
        "pass_on", ("pass-on",), title=mark("Pass a question on"),
        about=mark("An outlet or a colleague gets a letter with the question; it stays on the list until answered."),
    ),
    Entry(
        "record_costs", ("costs",), title=mark("Expenses and results"),
        about=mark("One by form, or the tables expenses.xlsx and results.xlsx, as often as you like."),
    ),
    Entry(
        "campaign", ("campaign",), title=mark("Campaign: add or change"),
        about=mark("Title, days, budget and goal of a campaign, written into company.yaml."),
    ),
    Entry(
        "goal", ("goal",), title=mark("Goal: add or change"),
        about=mark("What is counted, how much by when, written into company.yaml."),
    ),
    Entry(
        "fund", ("fund",), title=mark("Fund: add or change"),
        about=mark("Title and budget of the year of a fund, written into company.yaml."),
    ),
    Entry(
        "occasion", ("occasion",), title=mark("Calendar of occasions: add, put aside"),
        about=mark("An occasion you know of comes in; one that is not for us goes, with the reason why."),
    ),
    Entry(
        "conclusion", ("conclusion",), title=mark("The head's conclusion about a month"),
        about=mark("The head's words on the month's page; the report is made anew with them."), door=BULK,
    ),
    Entry(
        "load_plan", ("load-plan",), title=mark("Load a dropped content plan"),
        about=mark("A plan dropped on the desk: loaded without the rows taken out, then all the way to approval."),
    ),
    Entry(
        "load_products", ("load-products",), title=mark("Load a dropped product feed"),
        about=mark("A feed dropped on the desk replaces the company's; changed prices are compared with every piece."),
    ),
    Entry(
        "load_pictures", ("load-pictures",), title=mark("Load dropped pictures"),
        about=mark("Pictures dropped on the desk go into the company's folder of pictures."),
    ),
    Entry(
        "load_customers", ("load-customers",), title=mark("Load dropped customers"),
        about=mark("A table of customers dropped on the desk: joined with those who are known, with their consents."),
    ),
    Entry(
        "load_purchases", ("load-purchases",), title=mark("Load dropped purchases"),
        about=mark("A table of purchases dropped on the desk: put together to receipts, each known when told again."),
    ),
    Entry(
        "plan_back", ("plan-back",), title=mark("The content plan with what became of it"),
        about=mark("Your own table with status, link, reach, reactions and reason beside every row."),
    ),
    Entry(
        "person", ("person",), title=mark("A person of the department"),
        about=mark("Somebody comes, changes roles or leaves: company.yaml is changed, and access follows at once."),
    ),
    Entry(
        "absence", ("absence",), title=mark("An absence"),
        about=mark("Who is away, from when to when, and who answers meanwhile."),
    ),
    Entry(
        "invite", ("invite",), title=mark("Invite a person"),
        about=mark("A personal link to come in by goes to the person by mail, and nobody else sees it."),
    ),
    Entry(
        "outlet", ("outlet",), title=mark("An outlet"),
        about=mark("An outlet opens, changes or closes: company.yaml is changed, and the site shows it."),
    ),
    Entry(
        "till_key", ("till-key",), title=mark("Keys of the tills"),
        about=mark("Lists the keys of the tills and revokes one; a new one is made on the desk or by otdel till-key."),
    ),
    Entry(
        "cashiers", ("cashiers",), title=mark("Cashiers and their devices"),
        about=mark("Lists the devices of the cashier's page and who signs in there; takes one off at once."),
    ),
    Entry(
        "consent", ("consent",), title=mark("A customer's consent"),
        about=mark("Given or withdrawn, with its date and proof; who may be written to follows at once."),
    ),
    Entry(
        "stop_list", ("stop-list",), title=mark("The stop-list of addresses"),
        about=mark("A customer's addresses go into the stop-list or come out of it, each with its reason."),
    ),
    Entry(
        "erase_customer", ("erase-customer",), title=mark("Erase a customer"),
        about=mark("Everything personal goes, on request; the stop-list keeps prints of the addresses, nothing more."),
    ),
    Entry(
        "make_group", ("make-group",), title=mark("Make a customer group"),
        about=mark("By a rule, as one of the ready groups, or as a list; whoever belongs in it is there at once."),
    ),
    Entry(
        "change_group", ("change-group",), title=mark("Change a customer group"),
        about=mark("Another rule, title or control group, as its next version; it is built at once."),
    ),
    Entry(
        "correct_group", ("correct-group",), title=mark("Correct a customer group by hand"),
        about=mark("Customers come into a group or leave it by number, whatever its rule says; or stand on its list."),
    ),
    Entry(
        "put_away_group", ("put-away-group",), title=mark("Put a customer group away"),
        about=mark("It is used no more, or again; its history stays."),
    ),
    Entry(
        "build_groups", ("build-groups",), title=mark("Build customer groups"),
        about=mark("Who belongs in them now, by rules and corrections; one, or all."), door=BULK,
    ),
    *MAILINGS,
    *OFFERS,
    *TRADE,
    *CARDS,
)  # fmt: skip


def working_days(workspace: Workspace) -> str:
    """The days on which the company's people answer, as RFC 5545 writes them."""
    shifts = read_hours(workspace.company.working_hours).shifts
    days = sorted({day for shift in shifts for day in shift.weekdays})
    return ",".join(WEEKDAYS[day] for day in days) or USUAL_DAYS


def deployments_of(workspace: Workspace, language: str) -> list[Any]:
    """The catalogue as Prefect's deployments; their entrypoints wire the house before the flow is loaded."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron, RRule

    from deployments.lists import lists_of

    zone = workspace.company.zone
    with spoken(language), offering(lists_of(workspace)):
        return [
            RunnerDeployment.from_entrypoint(
                entrypoint=f"deployments.wired.{entry.flow}", name=entry.name, tags=list(entry.tags),
                description=translate(entry.about), parameters=entry.parameters,
                schedules=[
                    *(Cron(cron, timezone=zone) for cron in entry.crons),
                    *(RRule(rule, timezone=zone) for rule in entry.rules(working_days(workspace))),
                ],
            )
            for entry in CATALOGUE
        ]  # fmt: skip


def catalogue() -> list[Any]:
    """All deployments of this house."""
    import deployments.wired  # noqa: F401  furnishes the house
    from models.locale import language
    from tasks.house import house

    return deployments_of(house().workspace, language())
