"""The report in a few sentences that a head reads before anything else. Pure."""

from collections.abc import Callable, Iterator

from models.delivery import State
from models.locale import mark, translate, translate_plural
from models.report import Sentence, Tone
from tasks.reports.measures import MEASURES, measure_of
from tasks.reports.numbers import say, say_change
from tasks.reports.values import Figure, GoalLine, MoneyLine, Report, Standing

OUT_OF_PLAN = (
    mark("{number} publication went out, {planned} planned."),
    mark("{number} publications went out, {planned} planned."),
)
OUT = (mark("{number} publication went out."), mark("{number} publications went out."))
NOTHING_KNOWN = mark("The registry knows of no publication in this period.")
ON_TIME = mark("On time: {share}.")
RESULTS = {"week": mark("This week: {parts}."), "month": mark("This month: {parts}.")}
COMPARED = {"week": mark("Against the week before: {parts}."), "month": mark("Against the month before: {parts}.")}
GOALS = (mark("{done} of {number} goal is on track."), mark("{done} of {number} goals are on track."))
BEHIND = mark("“{goal}” is behind: {fact} of {target}, and {expected} should have been there by now.")
NOT_REACHED = mark("“{goal}” was not reached: {fact} of {target}.")
LIMIT_BROKEN = mark("“{goal}” went over its limit: {fact}, and at most {target} was allowed.")
GOAL_DARK = mark("Nothing is known of “{goal}”: the registry has no fact of it.")
FUND_OVER = mark("The fund “{title}” is overspent by {amount}.")
CAMPAIGN_OVER = mark("The campaign “{title}” is over its budget by {amount}.")
BEST = mark("Best received: “{piece}”, {responses}.")
RESPONSES = (mark("{number} response"), mark("{number} responses"))
STUCK = mark("These wait for a decision: {parts}.")
CLEAN = mark("Nothing is held, refused or of unknown outcome.")
MISSING = mark("No data: {measures}.")
GAPS = (
    mark("{number} publication is out, but the registry knows nothing of it."),
    mark("{number} publications are out, but the registry knows nothing of them."),
)
STATES = {
    State.HELD: mark("held: {number}"),
    State.REJECTED: mark("refused by the channel: {number}"),
    State.UNKNOWN: mark("outcome unknown, check: {number}"),
    State.MISSED: mark("missed their time: {number}"),
}
WELL = (Standing.DONE, Standing.ON_TRACK)
SAID = ("views", "responses", "clicks", "calls", "visits", "orders", "revenue")
SAID_AT_MOST = 3


def sentences(report: Report) -> list[Sentence]:
    """What happened, what was reached, what it cost, and what needs a hand, in the current language."""
    parts: tuple[Callable[[Report], Iterator[Sentence]], ...] = (_out, _figures, _goals, _money, _best, _stuck, _gaps)
    return [sentence for part in parts for sentence in part(report)]


def _out(report: Report) -> Iterator[Sentence]:
    published, on_time = report.figure("published"), report.figure("on_time").value
    if published.value is None:
        yield Sentence(translate(NOTHING_KNOWN), "bad")
        return
    number = round(published.value)
    said = [translate_plural(*(OUT if published.planned is None else OUT_OF_PLAN), number, planned=published.planned)]
    said += [translate(ON_TIME, share=say(on_time, "share"))] if on_time is not None else []
    short = published.planned is not None and number < published.planned
    yield Sentence(" ".join(said), "bad" if short else "good")


def _figures(report: Report) -> Iterator[Sentence]:
    """The results that are known beside those of the period before, then what they cost."""
    known = [one for one in report.figures if one.measure in SAID][:SAID_AT_MOST]
    if known:
        compared = any(one.change is not None for one in known)
        text = (COMPARED if compared else RESULTS)[report.period.kind]
        parts = ", ".join(part[:1].lower() + part[1:] for part in (_figure(one, report) for one in known))
        yield Sentence(translate(text, parts=parts), tone_of(known[0].change or 0))
    costs = [_figure(one, report) for one in report.figures if one.measure in ("cost", "price")]
    if costs:
        yield Sentence(". ".join(costs) + ".")


def _figure(figure: Figure, report: Report) -> str:
    measure = measure_of(figure.measure, report.result)
    value = say(figure.value, measure.shape, report.currency)
    compared = "" if figure.change is None else f" ({say_change(figure.change)})"
    return f"{translate(measure.title)} — {value}{compared}"


def tone_of(change: float) -> Tone:
    """A change by less than a twentieth is noise."""
    if abs(change) < 0.05:
        return "plain"
    return "good" if change > 0 else "bad"


def _goals(report: Report) -> Iterator[Sentence]:
    begun = [line for line in report.goals if line.standing != Standing.NOT_BEGUN]
    if begun:
        done = sum(line.standing in WELL for line in begun)
        yield Sentence(translate_plural(*GOALS, len(begun), done=done), "good" if done == len(begun) else "plain")
    for line in [line for line in begun if line.standing in TROUBLES][:SAID_AT_MOST]:
        yield Sentence(translate(TROUBLES[line.standing], **_goal_words(line, report)), "bad")


TROUBLES = {
    Standing.BEHIND: BEHIND,
    Standing.NOT_REACHED: NOT_REACHED,
    Standing.OVER: LIMIT_BROKEN,
    Standing.NO_DATA: GOAL_DARK,
}


def _goal_words(line: GoalLine, report: Report) -> dict[str, str]:
    shape = MEASURES[line.goal.metric].shape
    numbers = {"fact": line.fact, "target": line.goal.target, "expected": line.expected}
    return {"goal": line.goal.title} | {name: say(value, shape, report.currency) for name, value in numbers.items()}


def _money(report: Report) -> Iterator[Sentence]:
    for text, lines in ((FUND_OVER, report.funds), (CAMPAIGN_OVER, report.campaigns)):
        for line in [line for line in lines if line.over][:SAID_AT_MOST]:
            yield Sentence(translate(text, **_over(line, report)), "bad")


def _over(line: MoneyLine, report: Report) -> dict[str, str]:
    return {"title": line.budget.title, "amount": say(line.over, "money", report.currency)}


def _best(report: Report) -> Iterator[Sentence]:
    for line in report.best[:1]:
        if number := round(line.values["responses"] or 0):
            counted = translate_plural(*RESPONSES, number)
            yield Sentence(translate(BEST, piece=line.title, responses=counted), "good")


def _stuck(report: Report) -> Iterator[Sentence]:
    parts = [
        translate(text, number=report.outcomes[state]) for state, text in STATES.items() if state in report.outcomes
    ]
    if parts:
        yield Sentence(translate(STUCK, parts=", ".join(parts)), "bad")
    elif report.outcomes:
        yield Sentence(translate(CLEAN), "good")


def _gaps(report: Report) -> Iterator[Sentence]:
    if report.missing:
        measures = ", ".join(translate(MEASURES[measure].title).lower() for measure in report.missing)
        yield Sentence(translate(MISSING, measures=measures))
    if report.unrecorded:
        yield Sentence(translate_plural(*GAPS, report.unrecorded), "bad")
