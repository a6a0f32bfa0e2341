"""The words around the numbers of a report: headings, standings, what a line is called that names nothing. Pure."""

from models.delivery import State
from models.locale import mark
from tasks.reports.values import Standing

ABSENT = "—"
PLAN = mark("of {value}")
POINTS = mark("{number} pp")
BEFORE = mark("before {value}")
OUTSIDE_FUNDS = mark("Outside the funds")
OTHER_MONEY = mark("Spent in other currencies and not added above: {sums}.")
SILENT = mark("{measure}: no data from {channels}.")
SPENT = mark("spent {value}")
TOTAL = mark("Together")
IN_PERIOD = {"week": mark("this week {value}"), "month": mark("this month {value}")}
MORE = (mark("and {number} more"), mark("and {number} more"))
SYNTHETIC = mark("Synthetic data: the company and its numbers are invented")
MADE = mark("Made {moment}")
DARK_DAYS = mark("No data for: {days}.")
BY_DAY = mark("{measure} by day")
HOW_COUNTED = mark(
    "Views, responses and clicks are what came in the period, of older publications too. Responses are likes, "
    "reactions, comments, reposts and clicks together. What no channel told is “no data” or a dash, never zero. "
    "The plan counts what was due by the time the report was made."
)
UNNAMED = {
    "goal": mark("Without a goal"),
    "campaign": mark("Without a campaign"),
    "customer_group": mark("For everybody"),
    "channel": mark("Not by channel"),
    "person": mark("Without an author"),
}
BY = {
    "goal": mark("By goal"),
    "campaign": mark("By campaign"),
    "customer_group": mark("By customer group"),
    "channel": mark("By channel"),
    "person": mark("By author"),
}
HEADINGS = {
    "department": mark("Marketing department"),
    "director": mark("A report for the director"),
    "lead": mark("What matters"),
    "figures": mark("Figures"),
    "conclusion": mark("The head’s conclusion"),
    "goals": mark("Goals: plan and fact"),
    "pace": mark("The thin line is where an even pace would be today."),
    "funds": mark("Money by fund"),
    "campaigns": mark("Campaign budgets"),
    "best": mark("Best received"),
    "worst": mark("Worst received"),
    "stuck": mark("What waits for a decision"),
    "piece": mark("Piece"),
    "channel": mark("Channel"),
    "due": mark("Was due"),
    "state": mark("What happened"),
}
HEADS = {
    "goal": mark("Goal"),
    "campaign": mark("Campaign"),
    "customer_group": mark("Customer group"),
    "channel": mark("Channel"),
    "person": mark("Author"),
}
STANDINGS = {
    Standing.NOT_BEGUN: mark("not begun"),
    Standing.NO_DATA: mark("no data"),
    Standing.DONE: mark("reached"),
    Standing.UNDER_WAY: mark("under way"),
    Standing.ON_TRACK: mark("on track"),
    Standing.BEHIND: mark("behind"),
    Standing.NOT_REACHED: mark("not reached"),
    Standing.OVER: mark("over the limit"),
}
WITHIN = mark("within the budget")
OVERSPENT = mark("overspent")
MONEY_STANDINGS = {Standing.NO_DATA: mark("no data"), Standing.ON_TRACK: WITHIN, Standing.OVER: OVERSPENT}
TONES = {
    Standing.DONE: "good",
    Standing.ON_TRACK: "good",
    Standing.BEHIND: "bad",
    Standing.NOT_REACHED: "bad",
    Standing.OVER: "bad",
}
OUTCOMES = {
    State.HELD: mark("Held"),
    State.REJECTED: mark("Refused by the channel"),
    State.UNKNOWN: mark("Outcome unknown, check"),
    State.MISSED: mark("Missed its time"),
}
