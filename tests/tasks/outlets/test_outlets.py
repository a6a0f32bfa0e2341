"""Outlets and the keys of their tills, on both databases: a key is shown once and lets in while it is good."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import yaml
from sqlalchemy import Engine

from models.database import SetClock
from models.locale import spoken
from models.orders import Signed
from models.outlets import TillKey
from models.staff import ALTER, CLOSE, LIST, OPEN, REVOKE, OutletForm, TillKeyForm
from tasks.house import House
from tasks.orders.answers import Report
from tasks.outlets import rows
from tasks.outlets.engine import Shops
from tasks.people.tokens import keyed
from tests.fakes import NOW, FakeChannel
from tests.house import furnished

COMPANY = """\
name: Seven Cups
locale: en
zone: Europe/Moscow
outlets:
  - {key: quay, name: Cups on the Quay, city: Dublin}   # the first one
people:
  - {key: nina, name: Nina Cashier, email: nina@example.org, roles: [cashier]}
  - {key: vera, name: Vera Head, email: vera@example.org, roles: [head]}
  - {key: anton, name: Anton Keys, email: anton@example.org, roles: [admin]}
"""


@pytest.fixture
def house(database: Engine, tmp_path: Path) -> Iterator[House]:
    with spoken("en"):
        yield furnished(tmp_path / "company", database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY)


def hashed(key: str) -> str:
    return keyed("a secret", "till", key)


def outlet(house: House, what: str, by: str = "anton", former: str = "", **fields: str) -> str:
    return Shops(house).outlet(OutletForm(what=what, person=by, **fields), former).markdown()  # type: ignore[arg-type]


def key(house: House, secret: str = "very-secret-1234", outlet: str = "quay", by: str = "anton") -> tuple[Report, str]:
    return Shops(house).make_key(outlet, "till 1", Signed(person=by), lambda: secret, hashed)


def tend(house: House, what: str, by: str = "anton", outlet: str = "", number: int = 0) -> str:
    form = TillKeyForm(what=what, outlet=outlet, key=number, person=by)  # type: ignore[arg-type]
    return Shops(house).keys(form).markdown()


def let_in(house: House, secret: str) -> TillKey | None:
    with house.sessions.begin() as session:
        return rows.authenticate(session, house.clock, hashed(secret), [one["key"] for one in outlets(house)])


def outlets(house: House) -> list[dict[str, str]]:
    return list(yaml.safe_load((house.root / "company.yaml").read_text())["outlets"])


def test_an_outlet_opens_changes_and_closes(house: House) -> None:
    said = outlet(house, OPEN, name="Чашки на Волге", city="Самара", zone="Europe/Samara", hours="daily 8-20")
    assert "Чашки на Волге — is open" in said
    assert outlets(house)[1] == {"key": "chashki", "name": "Чашки на Волге", "city": "Самара", "zone": "Europe/Samara",
                                 "hours": "daily 8-20"}  # fmt: skip
    assert "is changed" in outlet(house, ALTER, outlet="Чашки на Волге", zone="-", phone="+7 000")
    assert outlets(house)[1] == {"key": "chashki", "name": "Чашки на Волге", "city": "Самара", "hours": "daily 8-20",
                                 "phone": "+7 000"}  # fmt: skip
    key(house, outlet="chashki")
    assert "keys of its tills revoked: 1" in outlet(house, CLOSE, outlet="chashki")
    assert let_in(house, "very-secret-1234") is None and "# the first one" in (house.root / "company.yaml").read_text()


@pytest.mark.parametrize(
    ("what", "fields", "reason"),
    [
        pytest.param(OPEN, {}, "name of the outlet", id="no name"),
        pytest.param(OPEN, {"name": "cups on the quay"}, "already (quay)", id="the same name"),
        pytest.param(OPEN, {"name": "New", "outlet": "quay"}, "already stands", id="the key is taken"),
        pytest.param(OPEN, {"name": "New", "zone": "Moscow"}, "no time zone “Moscow”", id="no zone"),
        pytest.param(ALTER, {"outlet": "kay", "name": "x"}, "Nearest: quay", id="no such outlet"),
        pytest.param(CLOSE, {"outlet": "x"}, "no outlet “x”", id="nothing to close"),
    ],
)
def test_what_cannot_be_is_refused(house: House, what: str, fields: dict[str, str], reason: str) -> None:
    before = (house.root / "company.yaml").read_bytes()
    assert reason in outlet(house, what, **fields)
    assert (house.root / "company.yaml").read_bytes() == before


@pytest.mark.parametrize("by", ["nina", "vera"])
def test_only_an_administrator_changes_outlets_and_keys(house: House, by: str) -> None:
    key(house)
    assert "may not manage" in outlet(house, CLOSE, by, outlet="quay")
    assert key(house, "other", by=by)[1] == "" and "may not manage" in tend(house, REVOKE, by, number=1)
    assert ("№ 1" in tend(house, LIST, by)) is (by == "vera")


def test_the_list_says_what_a_key_is_for(house: House) -> None:
    purposes = [{}, {"coupons": True}, {"coupons": True, "intake": True}]
    for n, purpose in enumerate(purposes):
        Shops(house).make_key("quay", f"till {n}", Signed(person="anton"), lambda n=n: f"key {n}", hashed, **purpose)  # type: ignore[misc]
    said = [line for line in tend(house, LIST).splitlines() if "till" in line and "№" in line][-3:]
    assert [("redeems coupons" in one, "hands in customers" in one) for one in said] == [
        (True, True), (True, False), (False, False)
    ]  # fmt: skip


def test_a_key_is_given_once_and_kept_as_a_hash(house: House) -> None:
    report, secret = key(house)
    assert secret == "very-secret-1234" and secret not in report.model_dump_json()
    found = let_in(house, secret)
    assert found and (found.outlet, found.title, found.ends_in, found.made_by) == ("quay", "till 1", "1234", "anton")
    assert secret not in str(found.model_dump()) and found.key_hash == hashed(secret) != keyed(
        "another", "till", secret
    )
    assert let_in(house, "wrong") is None and let_in(house, "") is None


def test_a_revoked_key_lets_nobody_in(house: House) -> None:
    secret = key(house)[1]
    assert "key № 1 is revoked" in tend(house, REVOKE, number=1)
    assert let_in(house, secret) is None
    assert "was revoked before" in tend(house, REVOKE, number=1)
    assert "no key № 7" in tend(house, REVOKE, number=7)


def test_use_is_written_down_now_and_then(house: House) -> None:
    secret, clock = key(house)[1], house.clock
    assert isinstance(clock, SetClock)
    stamps = []
    for _ in range(4):
        let_in(house, secret)
        with house.reads() as session:
            stamps.append(session.get_one(TillKey, 1).used_at)
        clock.at += timedelta(minutes=2)
    assert stamps == [NOW, NOW, NOW, NOW + timedelta(minutes=6)]


def test_the_list_shows_no_key(house: House) -> None:
    assert "There are no keys yet" in tend(house, LIST)
    secret = key(house)[1]
    tend(house, REVOKE, number=1)
    key(house, "second-key-5678")
    said = tend(house, LIST, outlet="cups on the quay")
    assert "№ 2 · Cups on the Quay · till 1 — in force; ends in …5678; never used yet" in said
    assert "№ 1" in said and "revoked 23.11.2026; ended in …1234" in said and secret not in said


def test_of_two_who_revoke_at_once_one_did_it(house: House) -> None:
    key(house)
    start, said = Barrier(2), []

    def revoke() -> None:
        start.wait()
        with spoken("en"):
            said.append(tend(house, REVOKE, number=1))

    threads = [Thread(target=revoke) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("is revoked" in one for one in said) == 1 and sum("before" in one for one in said) == 1


def test_an_outlet_changed_meanwhile_is_told(house: House) -> None:
    shown = Shops(house).file.read().print_of("outlets", key="quay")
    assert "is changed" in outlet(house, ALTER, outlet="quay", city="Cork", former=shown)
    assert "Somebody has changed" in outlet(house, ALTER, outlet="quay", city="Galway", former=shown)
    assert "Somebody has changed" in outlet(house, CLOSE, outlet="quay", former=shown)


def test_closing_that_broke_off_before_the_tills_leaves_no_key_in_force(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key(house)
    assert let_in(house, "very-secret-1234")

    def killed(*_: object) -> int:
        raise RuntimeError("killed")

    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(rows, "revoke_all", killed)
        outlet(house, CLOSE, outlet="quay")
    assert let_in(house, "very-secret-1234") is None
    outlet(house, OPEN, outlet="quay", name="Quay again")
    assert let_in(house, "very-secret-1234") is None, "it is another outlet, though of the same key"


def test_opening_what_is_open_revokes_nothing(house: House) -> None:
    key(house)
    outlet(house, OPEN, outlet="quay", name="Another")
    assert let_in(house, "very-secret-1234")
