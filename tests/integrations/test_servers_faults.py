"""The test servers when they misbehave: every fault does what it says, to the caller and to the wall."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import KINDS, Fault, Faults, Remote, TelegramServer, VkServer, launched, telegram, vk
from tests.servers.faults import DONE, NOTHING_DONE
from tests.servers.remote import ROOT

Server = TelegramServer | VkServer
MESSAGE = {"chat_id": telegram.CHANNEL, "text": "Чай [п-1]"}
POST = {"access_token": vk.TOKEN, "v": "5.199", "owner_id": vk.WALL, "message": "Чай [п-1]"}
MARK = r"\[(п-\d+)\]"


def say_on_telegram(url: str, client: httpx.Client, text: str = MESSAGE["text"]) -> httpx.Response:
    return client.post(f"{url}/bot{telegram.TOKEN}/sendMessage", json=MESSAGE | {"text": text})


def say_on_vk(url: str, client: httpx.Client, text: str = POST["message"]) -> httpx.Response:
    return client.post(f"{url}/method/wall.post", data=POST | {"message": text})


PROVIDERS = [
    pytest.param(TelegramServer, say_on_telegram, "sendMessage", id="telegram"),
    pytest.param(VkServer, say_on_vk, "wall.post", id="vk"),
]
Say = Callable[..., httpx.Response]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def hasty() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=0.2) as client:
        yield client


def accepted(server: Server | Remote) -> int:
    return sum(each.accepted for place in server.published(MARK).values() for each in place)


LOST = {
    "timeout_before": httpx.ReadTimeout,
    "timeout_after": httpx.ReadTimeout,
    "close_before": httpx.RemoteProtocolError,
    "close_after": httpx.RemoteProtocolError,
    "truncated_wire": httpx.RemoteProtocolError,
}


@pytest.mark.parametrize(("made", "say", "method"), PROVIDERS)
@pytest.mark.parametrize("kind", sorted(KINDS - {"acts_late"}))
def test_a_fault_acts_or_does_not_act_as_its_name_says(
    http: httpx.Client, hasty: httpx.Client, made: type[Server], say: Say, method: str, kind: str
) -> None:
    with made(faults={"script": {method: [kind]}}) as server:
        if kind in LOST:
            with pytest.raises(LOST[kind]):
                say(server.url, hasty if kind.startswith("timeout") else http)
        else:
            say(server.url, http)
        assert accepted(server) == (1 if kind in DONE else 0)
        assert kind in NOTHING_DONE | DONE
        assert say(server.url, http).status_code == 200
        (fault,) = [each["fault"] for each in server.journal_events("answered") if each["fault"]]
        assert fault == kind


def test_each_spoilt_answer_looks_as_it_says(http: httpx.Client) -> None:
    kinds = ["429", "5xx", "5xx_after", "ok_with_error", "no_id", "html", "html_after"]
    with TelegramServer(faults={"script": {"sendMessage": kinds}}) as server:
        seen = [say_on_telegram(server.url, http) for _ in kinds]
    assert [answer.status_code for answer in seen] == [429, 502, 502, 200, 200, 200, 200]
    assert seen[0].json()["parameters"] == {"retry_after": 1}
    assert seen[3].json()["ok"] is False
    assert seen[4].json()["result"]["message_id"] == 0
    assert [answer.text.startswith("<!DOCTYPE html>") for answer in seen[5:]] == [True, True]


def test_vk_spoils_its_answers_inside_of_200(http: httpx.Client) -> None:
    faults = [{"kind": "429", "code": 9}, "429", {"kind": "ok_with_error", "code": 10}, "no_id", "5xx"]
    with VkServer(faults={"script": {"wall.post": faults}}) as server:
        seen = [say_on_vk(server.url, http) for _ in faults]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 200, 502]
    assert [answer.json()["error"]["error_code"] for answer in seen[:3]] == [9, 6, 10]
    assert seen[3].json() == {"response": {}}


def test_a_truncated_answer_is_whole_http_and_half_json(http: httpx.Client) -> None:
    with TelegramServer(faults={"script": {"sendMessage": ["truncated"]}}) as server:
        answer = say_on_telegram(server.url, http)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_slow_answer_comes_byte_by_byte(http: httpx.Client) -> None:
    """Each byte renews a time-out per read, so a caller that has no total deadline waits for all of it."""
    with TelegramServer(faults={"script": {"getMe": [{"kind": "slow", "delay_ms": 3}]}}) as server:
        began = time.monotonic()
        with http.stream("POST", f"{server.url}/bot{telegram.TOKEN}/getMe") as answer:
            pieces = list(answer.iter_raw())
        assert json.loads(b"".join(pieces))["ok"]
        assert len(pieces) > 20
        assert time.monotonic() - began >= 0.003 * len(b"".join(pieces))


def test_a_late_act_is_not_there_when_the_caller_looks_and_is_there_after(hasty: httpx.Client) -> None:
    with VkServer(faults={"script": {"wall.post": [{"kind": "acts_late", "delay_ms": 1500}]}}) as server:
        with pytest.raises(httpx.ReadTimeout):
            say_on_vk(server.url, hasty)
        assert server.posts() == []
        server.wait_for("accepted")
        assert [post["text"] for post in server.posts()] == ["Чай [п-1]"]


def test_a_held_call_is_dropped_when_its_time_is_up() -> None:
    with (
        TelegramServer(faults={"script": {"sendMessage": [{"kind": "timeout_after", "delay_ms": 30}]}}) as server,
        httpx.Client(trust_env=False, timeout=10) as patient,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        say_on_telegram(server.url, patient)


def test_a_script_is_used_up_call_by_call_and_only_by_its_method() -> None:
    faults = Faults({"sendMessage": ["429", None, "html"], "*": ["5xx"]})
    assert faults.next_for("getMe") == Fault("5xx")
    assert [faults.next_for("sendMessage") for _ in range(4)] == [Fault("429"), None, Fault("html"), None]


def test_the_same_seed_gives_the_same_faults_whatever_is_called_between() -> None:
    chance = {"*": {"close_after": 0.2, "429": 0.1}, "wall.post": [({"kind": "late", "delay_ms": 5}, 0.3)]}
    one, other, third = Faults(chance=chance, seed=7), Faults(chance=chance, seed=7), Faults(chance=chance, seed=8)
    met = [one.next_for("wall.post") for _ in range(300)]
    again = [(other.next_for("wall.get"), other.next_for("wall.post"))[1] for _ in range(300)]
    assert met == again != [third.next_for("wall.post") for _ in range(300)]
    share = {kind: sum(fault is not None and fault.kind == kind for fault in met) / 300 for kind in ("late", "429")}
    assert 0.2 < share["late"] < 0.4 and 0.03 < share["429"] < 0.2


def test_an_unknown_fault_is_refused_before_it_could_be_missed() -> None:
    with pytest.raises(ValueError, match="not a fault"):
        Faults({"sendMessage": ["explode"]})


@pytest.mark.parametrize(("made", "say", "method"), PROVIDERS)
def test_many_callers_are_all_answered_and_the_judge_counts_each_once(
    made: type[Server], say: Say, method: str
) -> None:
    with made(faults={"chance": {method: {"close_after": 0.1, "5xx": 0.1}}, "seed": 3}) as server:
        answered: list[str] = []

        def run(worker: int) -> None:
            with httpx.Client(trust_env=False, timeout=10) as client:
                for n in range(10):
                    try:
                        answer = say(server.url, client, f"Чай [п-{worker}{n}]")
                        answered.extend([f"п-{worker}{n}"] if answer.status_code == 200 else [])
                    except httpx.RemoteProtocolError:
                        continue

        threads = [threading.Thread(target=run, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (place,) = server.published(MARK).values()
        assert {each.accepted for each in place} == {1}
        lost = [e for e in server.journal_events("answered") if e["fault"] == "close_after"]
        refused = [e for e in server.journal_events("answered") if e["fault"] == "5xx"]
        assert len(place) == 80 - len(refused) == len(answered) + len(lost)


@pytest.mark.parametrize(("made", "say", "method"), PROVIDERS)
def test_a_server_that_ends_frees_its_port_and_its_thread(
    http: httpx.Client, hasty: httpx.Client, made: type[Server], say: Say, method: str
) -> None:
    before = set(threading.enumerate())
    with made(faults={"script": {method: ["timeout_before"]}}) as server:
        with pytest.raises(httpx.ReadTimeout):
            say(server.url, hasty)
        port = server.port
    assert set(threading.enumerate()) == before
    with made(port=port) as again:
        assert say(again.url, http).status_code == 200


@pytest.mark.parametrize(
    ("provider", "say", "method"), [(each.values[0].__name__, *each.values[1:]) for each in PROVIDERS]
)
def test_a_server_in_its_own_process_is_set_asked_and_ended(
    http: httpx.Client, tmp_path: Path, provider: str, say: Say, method: str
) -> None:
    log = tmp_path / "calls.jsonl"
    name = provider.removesuffix("Server").lower()
    with launched(name, log=log, faults={"script": {method: ["429"]}}) as server:
        say(server.url, http)
        say(server.url, http)
        server.add_faults(method=method, faults=[{"kind": "5xx", "code": 500}])
        assert say(server.url, http).status_code == 500
        (place,) = server.published(MARK).values()
        assert [(each.marker, each.accepted) for each in place] == [("п-1", 1)]
        assert server.complaints() == {"violations": [], "broken": []}
        with pytest.raises(LookupError, match="is not one of"):
            server.conquer()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events if event["call"] == 2] == ["received", "accepted", "answered"]
    assert events[0]["parameters"].get("access_token") is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)


def test_a_server_ends_with_the_process_that_started_it() -> None:
    script = (
        "import os, signal, sys; from tests.servers import launched\n"
        "with launched('vk') as s: print(s.port, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    port = int(subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=False).stdout)
    until = time.monotonic() + 10
    while listens(port) and time.monotonic() < until:
        time.sleep(0.05)
    assert not listens(port)


def listens(port: int) -> bool:
    with socket.socket() as wire:
        return wire.connect_ex(("127.0.0.1", port)) == 0


def test_a_killed_server_has_told_its_journal_all_it_did(http: httpx.Client, tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    with launched("telegram", log=log) as server:
        for n in range(20):
            say_on_telegram(server.url, http, f"Чай [п-{n}]")
        os.kill(server.pid, signal.SIGKILL)
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [event["remote_id"] for event in events if event["event"] == "accepted"] == [str(n) for n in range(1, 21)]


@pytest.mark.parametrize(("provider", "say"), [("telegram", say_on_telegram), ("vk", say_on_vk)])
def test_throughput_is_told(provider: str, say: Say, capsys: pytest.CaptureFixture[str]) -> None:
    """Over a bare socket, because httpx itself would be the bottleneck."""
    with launched(provider) as server:
        seconds = drive(server.port, bytes_of(say), threads=8, calls=100)
        assert accepted(server) == 800
    with capsys.disabled():
        print(f"\n{provider}: {800 / seconds:.0f} small posts a second over 8 connections")


def bytes_of(say: Say) -> bytes:
    """What one call sends."""
    sent: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(keep)) as recorder:
        say("http://127.0.0.1", recorder)
    head = [f"{sent[0].method} {sent[0].url.raw_path.decode()} HTTP/1.1"]
    head += [f"{name}: {value}" for name, value in sent[0].headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + sent[0].content


def drive(port: int, request: bytes, threads: int, calls: int) -> float:
    def run() -> None:
        with socket.create_connection(("127.0.0.1", port)) as wire, wire.makefile("rb") as answers:
            for _ in range(calls):
                wire.sendall(request)
                size = 0
                while line := answers.readline().strip().lower():
                    size = int(line.split(b":")[1]) if line.startswith(b"content-length") else size
                answers.read(size)

    began = time.monotonic()
    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.monotonic() - began
