"""The ports of the house: what is in the way is told apart, and another port is named that is really free."""

import socket

import pytest

from deployments.ports import complaints
from deployments.processes import Obstacle, obstacle
from deployments.refusal import Exit
from deployments.settings import Settings


def test_free_ports_are_no_complaint(settings: Settings) -> None:
    assert list(complaints(settings)) == []


def test_a_taken_port_is_named_with_its_holder_and_one_that_is_free(settings: Settings) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", settings.web_port))
        stranger.listen()
        (found,) = complaints(settings)
    assert f"Port {settings.web_port} is taken by " in str(found.what)
    free = int(str(found.mend).rpartition("=")[2])
    assert obstacle("127.0.0.1", free) == Obstacle.NONE


def test_a_port_at_the_very_end_has_another_too(settings: Settings) -> None:
    last = settings.model_copy(update={"web_port": 65535})
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 65535))
        stranger.listen()
        (found,) = complaints(last)
    assert 1024 < int(str(found.mend).rpartition("=")[2]) < 65535


@pytest.mark.parametrize("host", ["192.0.2.1", "nonsense.invalid"])
def test_a_host_that_is_not_this_machine_is_no_taken_port(settings: Settings, host: str) -> None:
    (found,) = complaints(settings.model_copy(update={"host": host}))
    assert (host in str(found.what), "OTDEL_HOST" in str(found.mend), found.code) == (True, True, Exit.USAGE)


def test_one_port_for_two_is_wrong_use(settings: Settings) -> None:
    shared = settings.model_copy(update={"web_port": settings.ui_port})
    assert next(complaints(shared)).code == Exit.USAGE
