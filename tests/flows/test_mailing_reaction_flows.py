"""What came of mailings, from Prefect: gathered, counted, reported, once more; and nobody by name in what it shows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from flows.mailings.c05_reaction_analysis import reaction_analysis
from flows.mailings.c11_reports import MailingReportForm, mailing_reports
from flows.mailings.mail_returns import ReturnsForm, mail_returns
from flows.orders.non_openers import non_openers
from integrations.errors import Unavailable
from models.customers import Customer
from models.database import SetClock
from models.letters import Happening
from models.locale import spoken
from models.mailing_reaction_orders import NonOpenersForm, ReactionForm
from models.mailings import Mailing
from models.reason import because
from models.registry import Fact
from tasks.groups import reactions
from tasks.house import House, furnish
from tasks.reactions_to_mailings.conditions import LETTERS
from tests.fakes import NOW, FakeChannel
from tests.flows.test_control_flows import artifact, run
from tests.house import furnished
from tests.tasks.reactions_to_mailings.crowd import Crowd
from tests.tasks.reactions_to_mailings.fakes import TellingMailer, with_mailers
from tests.tasks.returns.mailed import news

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
AWAY = Unavailable(because("The mailer is away.", code="away"))
NAME = "Аполлинария Неповторимая"


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    former = list(reactions._registered)
    reactions.register(LETTERS)
    with spoken("en"):
        made = furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW))
        mailers = {"smtp": TellingMailer([[news(Happening.DELIVERED, 1)]]), "other": TellingMailer(trouble=AWAY)}
        made = with_mailers(made, mailers)
        furnish(made)
        crowd = Crowd(made.sessions)
        crowd.customers(60)
        crowd.mailing()
        crowd.letters(range(1, 41))
        crowd.happened(Happening.OPENED, range(1, 11))
        crowd.happened(Happening.CLICKED, range(1, 6))
        crowd.bought(range(1, 6))
        with made.sessions.begin() as session:
            session.execute(update(Customer).values(name=NAME))
        yield made
    reactions._registered[:] = former


def test_mailings_are_looked_after_from_prefect(house: House, prefect: None) -> None:
    gathered = run(mail_returns, ReturnsForm())
    assert gathered.name == "Done with remarks: 1 of 2" and "The mailer is away" in (gathered.message or "")
    assert run(mail_returns, ReturnsForm()).name == "Done"

    counted = run(reaction_analysis, ReactionForm())
    shown = artifact("mailings")
    assert counted.name == "Done" and "№ 1 “Зима”" in shown and "data:image/svg+xml;base64," in shown
    assert "https://staff.example/staff/mailings/1/report" in shown
    with house.reads() as session:
        known = {(one.metric, one.value) for one in session.execute(select(Fact)).scalars()}
    assert {("mail_sent", 40), ("mail_opened", 10), ("mail_orders", 5)} <= known

    reported = run(mailing_reports, MailingReportForm(on="2026-11-20"))
    links = artifact("mailings-week")
    assert reported.name == "Done" and "mailings-week-2026-11-16.pdf" in links
    assert (house.var / "reports" / "mailings-week-2026-11-16.html").is_file()
    wrong = run(mailing_reports, MailingReportForm(on="2026-02-31"))
    assert wrong.is_failed()

    again = run(non_openers, NonOpenersForm(mailing=1, person="olga"))
    assert again.name == "Done" and "begun for 30 who did not open № 1" in artifact("order")
    refused = run(non_openers, NonOpenersForm(mailing=9, person="olga"))
    assert refused.is_failed() and "No mailing has the number 9" in (refused.message or "")
    mayed = run(non_openers, NonOpenersForm(mailing=1, person="marina"))
    assert mayed.is_failed() and "may not change customers" in (mayed.message or "")
    with house.reads() as session:
        assert len(session.execute(select(Mailing)).scalars().all()) == 2
    page = (house.var / "reports" / "mailings-week-2026-11-16.html").read_text(encoding="utf-8")
    everything = shown + links + artifact("order") + page
    assert NAME not in everything


def test_a_month_is_reported_too(house: House, prefect: None) -> None:
    house.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert run(mailing_reports, MailingReportForm.model_validate({"kind": "month", "on": "2026-11-20"})).name == "Done"
    assert "mailings-month-2026-11-01.html" in artifact("mailings-month")
