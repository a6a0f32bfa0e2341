"""What the own site and the mailings leave to schedules, run in Prefect: forgetting, and content for groups."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from flows.mailings.c02_content_search import MailingSearchForm, mailing_content_search
from flows.mailings.retention import forget_what_is_old
from models.customers import Customer
from models.locale import spoken
from models.piece import Candidate
from tests.fakes import NOW
from tests.flows.test_control_flows import artifact, run
from tests.tasks.subscribing.site import Site, site_of
from tests.tasks.suited.test_search import grouped

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def site(database: Engine, tmp_path: Path) -> Iterator[Site]:
    with spoken("en"):
        yield site_of(tmp_path / "company", database)


def customers(site: Site) -> int:
    with site.house.reads() as session:
        return session.execute(select(func.count()).select_from(Customer)).scalar_one()


def test_whoever_never_confirmed_is_forgotten_by_schedule(site: Site, prefect: None) -> None:
    assert run(forget_what_is_old).name == "Nothing to do"
    site.ask()
    site.clock.at += timedelta(days=31)
    assert run(forget_what_is_old).name == "Done" and customers(site) == 0
    said = artifact("forgotten")
    assert "Never confirmed: 1" in said and "anna" not in said


def test_content_is_proposed_for_a_group_with_its_reasons(site: Site, prefect: None) -> None:
    refused = run(mailing_content_search, MailingSearchForm(group="nobody"))
    assert refused.is_failed() and "nobody" in (refused.message or "")
    with site.house.sessions.begin() as session:
        session.add(Customer(id=1, code="C1", city="Kazan", created_at=NOW, changed_at=NOW))
        session.add(Candidate(source="news", source_ref="n", title="Oolong is here", content={}, found_at=NOW))
    grouped(site.house)
    assert run(mailing_content_search, MailingSearchForm(group="kazan", how_many=5)).name == "Done"
    assert "For the group “Kazan”: 1" in artifact("mailing-content") and "Oolong is here" in artifact("mailing-content")
