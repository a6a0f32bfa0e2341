"""Steps about people: the tables follow company.yaml, and orders change it."""

import secrets

from models.ending import Ending
from models.locale import mark
from models.staff import AbsenceForm, InviteForm, PersonForm
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.people.engine import Staff
from tasks.people.rows import sync_people
from tasks.step import step


@step(mark("Follow company.yaml"))
def follow_company_file() -> int:
    """Make people and absences in the tables say what company.yaml says; returns how many changed.

    While the file cannot be read everybody stays who they are: else a slip in it would sign all of them out.
    """
    at = house()
    if at.unreadable():
        return 0
    with at.sessions.begin() as session:
        return sync_people(session, at.clock, at.workspace)


def staff() -> Staff:
    return Staff(house(), lambda: secrets.token_urlsafe(32))


@step(mark("Write the person into company.yaml"))
def change_person(form: PersonForm) -> Ending:
    """Enlist, change, let go or sign out a person; access follows at once."""
    return told(by_the_book(lambda: staff().person(form)))


@step(mark("Write the absence into company.yaml"))
def change_absence(form: AbsenceForm) -> Ending:
    """Write an absence down or strike it out."""
    return told(by_the_book(lambda: staff().absence(form)))


@step(mark("Send the personal link"))
def send_invitation(form: InviteForm) -> Ending:
    """Send a personal link to the person: it stands in the letter and nowhere else."""
    return told(by_the_book(lambda: staff().invite_by_mail(form)))
