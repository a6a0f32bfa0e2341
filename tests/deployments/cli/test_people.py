"""`otdel invite` and `otdel till-key`: made by whoever may, shown once, kept as hashes."""

import pytest
from sqlalchemy import select

from deployments.secrets import ensure_secrets
from deployments.settings import read_settings
from models.database import reading
from models.outlets import TillKey
from models.people import Invitation
from tasks.people.tokens import fingerprint
from tests.deployments.cli.conftest import Otdel, Town


def administer(town: Town) -> None:
    path = town.root / "company.yaml"
    path.write_text(path.read_text().replace("roles: [head]", "roles: [head, admin]"))


def test_a_link_is_shown_once_and_lets_in(town: Town, otdel: Otdel) -> None:
    administer(town)
    said = otdel("invite", "Olga", "--person", "vera", "--json")
    assert said.code == 0
    token = said.data["link"].rpartition("/")[2]
    with reading(town.engine) as session:
        assert session.execute(select(Invitation)).scalar_one().token_hash == fingerprint(token)
    assert "Give it to nobody else" in otdel("invite", "Olga", "--person", "vera").text


@pytest.mark.parametrize("who", ["olga", "nobody"])
def test_who_may_not_invite_is_told(town: Town, otdel: Otdel, who: str) -> None:
    administer(town)
    said = otdel("invite", "Olga", "--person", who, "--json")
    assert said.code == 4 and "link" not in said.data


def test_a_key_of_a_till_is_shown_once(town: Town, otdel: Otdel) -> None:
    administer(town)
    settings = read_settings()
    (settings.var / "otdel.sqlite").rename(settings.var / "kept")  # secrets are made before there is a database
    ensure_secrets(settings)
    (settings.var / "kept").rename(settings.var / "otdel.sqlite")
    said = otdel("till-key", "Seven Cups in Bath", "till 1", "--person", "vera", "--json")
    assert said.code == 0 and len(said.data["key"]) >= 40
    with reading(town.engine) as session:
        key = session.execute(select(TillKey)).scalar_one()
    assert (key.outlet, key.title, key.made_by) == ("bath", "till 1", "vera") and said.data["key"] not in str(key)
    assert otdel("till-key", "nowhere", "till 1", "--person", "vera").code == 4
    assert otdel("till-key", "bath", "till 2", "--coupons", "--person", "vera").code == 0
    with reading(town.engine) as session:
        purposes = session.execute(select(TillKey.coupons, TillKey.intake).order_by(TillKey.id)).all()  # type: ignore[call-overload]
    assert [tuple(one) for one in purposes] == [(False, False), (True, False)]
