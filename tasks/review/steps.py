"""Steps about people outside the company: ask them, end a link."""

import secrets

from models.ending import Ending
from models.locale import mark
from models.review_forms import AskReviewer, RevokeReviewer
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.review.engine import Reviewers
from tasks.runs.steps import show
from tasks.step import step


def reviewers() -> Reviewers:
    return Reviewers(house(), lambda: secrets.token_urlsafe(32))


@step(mark("Ask somebody outside"))
def ask_reviewer(order: AskReviewer) -> Ending:
    """Make the link and send it in a letter; neither the run nor its page ever shows it."""
    report = by_the_book(lambda: reviewers().ask(order, by_letter=True)[0])
    show("review", report.markdown(), report.title)
    return report.ending


@step(mark("Revoke the link"))
def revoke_reviewer(order: RevokeReviewer) -> Ending:
    """End a link before its time."""
    report = by_the_book(lambda: reviewers().revoke(order))
    show("review", report.markdown(), report.title)
    return report.ending
