"""A department whose letters stay on this machine: a real mailing, sent by the real local mailer, in a web process."""

from dataclasses import replace

from tasks.house import House
from tests.deployments.served import COMPANY, Web
from tests.tasks.local_mail.mailed import CARDS, agree, at_home
from tests.tasks.mailing.fake_mailer import FakeMailer
from tests.tasks.mailing.office import Office

IMPRINT = """\
mailings:
  imprint: {name: ООО «Семь чашек», address: "Москва, Примерная улица, 1"}
  cap_number: 0
"""


def mailed(web: Web) -> Office:
    """Four customers who have got a letter; its links lead to this very web process."""
    (web.house.root / "company.yaml").write_text(COMPANY + IMPRINT)
    (web.house.root / "mailers.yaml").write_text(CARDS)
    house: House = replace(at_home(web.house), public_url=web.url)
    web.app.state.premises.verbs.house = house
    office = Office(house, web.clock, FakeMailer(), FakeMailer())
    office.customers(range(1, 5))
    office.group("tea", range(1, 5))
    agree(house, range(1, 5))
    id = office.made("Зимний чай")
    assert not office.saved(id, subject="Зимний чай приехал, {{ name | default('друзья') }}",
                            preheader="Три сорта для долгих вечеров и где их попробовать", blocks=[
        {"kind": "heading", "id": "heading", "text": "Зимний чай приехал"},
        {"kind": "text", "id": "text", "text": "Приходите попробовать, {{ first_name | default('друзья') }}."},
        {"kind": "button", "id": "go", "label": "Посмотреть все", "link": f"{web.url}/letters"},
    ]).refusal  # fmt: skip
    for report in (office.set_up(id), office.ask(id), office.decide(id)):
        assert not report.refusal, (report.refusal, report.notes)
    office.at(hours=1, minutes=5)
    office.minute()
    assert office.states(id) == {"sent": 4}
    return office
