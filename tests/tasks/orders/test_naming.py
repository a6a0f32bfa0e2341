"""What people write, found: by key, by title, by one word of a name, by №."""

from collections.abc import Callable

import pytest

from integrations.errors import Refused
from models.locale import spoken
from models.people import Permission, Role
from models.stop import Scope
from tasks.approval.rules import Who
from tasks.orders.naming import bare_number, channel_called, entitled, person_called, piece_called, scope_key

PEOPLE = {
    "olga": Who("olga", "Ольга Ветрова", (Role.AUTHOR,)),
    "vera": Who("vera", "Вера Полянская", (Role.HEAD,)),
    "vera2": Who("vera2", "Вера Лебедева", (Role.CASHIER,)),
}


def refusal(call: Callable[[], object]) -> str:
    with spoken("ru"), pytest.raises(Refused) as refused:
        call()
    with spoken("ru"):
        return str(refused.value)


PIECES = {"7": "Гид по улунам", "12": "Медовик", "113": "Матча"}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("olga", "olga"),
        ("ОЛЬГА ВЕТРОВА", "olga"),
        ("ольга", "olga"),
        ("Полянская", "vera"),
        (" вера лебедева ", "vera2"),
    ],
)
def test_a_person_is_known_by_key_name_or_one_word(said: str, key: str) -> None:
    assert person_called(said, PEOPLE).key == key


@pytest.mark.parametrize("said", ["Вера", "", "Олег Ветров", "вер"])
def test_nobody_is_guessed(said: str) -> None:
    assert "Похожие: " in refusal(lambda: person_called(said, PEOPLE))


@pytest.mark.parametrize("permission", [Permission.STOP, Permission.SCHEDULE, Permission.RELEASE])
def test_only_who_may_does(permission: Permission) -> None:
    assert entitled("vera", PEOPLE, permission).key == "vera"
    assert refusal(lambda: entitled("vera2", PEOPLE, permission)).startswith("Вера Лебедева: нет права")


@pytest.mark.parametrize(("said", "number"), [("7", "7"), ("№ 12", "12"), ("#113", "113"), ("медовик", "12")])
def test_a_piece_is_known_by_its_number_or_title(said: str, number: str) -> None:
    assert piece_called(said, PIECES) == number


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("8", "№ 7 «Гид по улунам», № 12 «Медовик», № 113 «Матча»"),
        ("110", "№ 113 «Матча», № 12 «Медовик», № 7 «Гид по улунам»"),
        ("Медовк", "№ 12 «Медовик»"),
    ],
)
def test_an_unknown_piece_is_answered_with_the_nearest_three(said: str, nearest: str) -> None:
    assert f"Ближайшие: {nearest}" in refusal(lambda: piece_called(said, PIECES))


def test_before_any_plan_there_is_nothing_near() -> None:
    assert refusal(lambda: piece_called("8", {})) == "Материала № 8 нет: контент-план ещё не загружали."


def test_a_scope_is_known_by_what_it_holds() -> None:
    assert scope_key(Scope.ALL, "whatever", {}) == ""
    assert scope_key(Scope.CHANNEL, "сайт", {"site": "Сайт"}) == "site"
    assert scope_key(Scope.PIECE, "№ 7", PIECES) == "7"
    assert (channel_called(" ", {}), channel_called("SITE", {"site": "Сайт"})) == ("", "site")
    with pytest.raises(Refused, match="Name what is meant"):
        scope_key(Scope.CAMPAIGN, " ", {"winter": "Зима"})


def test_a_number_is_bare() -> None:
    assert [bare_number(said) for said in ("7", " № 7", "#7", "№7 ")] == ["7"] * 4
