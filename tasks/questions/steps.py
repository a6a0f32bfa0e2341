"""Steps of questions: written down as answered, passed on to whoever knows."""

from models.ending import Ending
from models.locale import mark
from models.orders import QuestionIs, Signed
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.questions.engine import Questions
from tasks.step import step


def questions() -> Questions:
    at = house()
    return Questions(at.sessions, at.clock, at.workspace, at.mail_leaves)


@step(mark("Take the question off the list"))
def settle_question(number: int, answer: QuestionIs, by: Signed) -> Ending:
    """Write down that a question was answered, or needs no answer."""
    return told(by_the_book(lambda: questions().answered(number, answer, by)))


@step(mark("Pass the question on"))
def pass_question_on(number: int, to: str, by: Signed) -> Ending:
    """Hand a question to an outlet or a colleague, with a letter where there is an address."""
    return told(by_the_book(lambda: questions().pass_on(number, to, by)))
