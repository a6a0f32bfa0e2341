"""A server that is killed, and a sender that is frozen: processes of their own, with real signals."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from integrations.mailers.smtp import Smtp, SmtpSettings
from models.delivery import State
from models.letters import Answer
from tests.integrations.mailers.forms import letter
from tests.servers.smtp_sink import ROOT, SmtpSink, launched_sink

NUMBER = 2000


def test_what_was_answered_as_sent_stands_in_the_journal_of_a_server_that_was_killed(tmp_path: Path) -> None:
    with launched_sink(tmp_path / "journal") as sink:
        line = Smtp(SmtpSettings(host="127.0.0.1", port=sink.port, encryption="none", connections=20)).open()
        found: dict[int, Answer] = {}
        letters, at, is_alive = [letter(n) for n in range(NUMBER)], 0, True
        while len(found) < NUMBER:
            room = line.room()
            line.post(letters[at : at + room], datetime.now(UTC) + timedelta(seconds=20))
            at = min(at + room, NUMBER)
            for answer in line.answers(timedelta(seconds=5)):
                assert answer.id not in found
                found[answer.id] = answer
            if is_alive and len(found) > NUMBER // 4:
                os.kill(sink.pid, signal.SIGKILL)
                is_alive = False
        assert line.close() == []
        taken = {to for to, _ in sink.lines()}
        counts = sink.counts()
    states = {each.to: found[each.id].state for each in letters}
    assert set(counts.values()) == {1}
    assert {to for to, state in states.items() if state is State.SENT} <= taken
    assert not {to for to, state in states.items() if state is State.PLANNED} & taken
    assert 0 < sum(state is State.SENT for state in states.values()) < NUMBER
    assert sum(state is State.UNKNOWN for state in states.values()) <= 20  # at most the open connections


def test_a_sender_that_was_frozen_past_the_letters_time_sends_nothing_when_it_thaws() -> None:
    with SmtpSink() as sink:
        sink.fault("data", "stall")
        order = [sys.executable, "-m", "tests.integrations.mailers.sender", str(sink.port), "1.0"]
        with subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
            try:
                sink.wait(lambda: any(session.deaf for session in list(sink.sessions.values())), 30)
                os.kill(sender.pid, signal.SIGSTOP)
                Event().wait(1.2)  # until the letter's time is over
                [session] = sink.sessions.values()
                session.in_data, session.deaf = True, False
                session.socket.send(b"354 go ahead\r\n")
                os.kill(sender.pid, signal.SIGCONT)
                assert sender.communicate(timeout=30)[0].strip() == State.PLANNED
            finally:
                sender.kill()
        sink.wait(lambda: not sink.sessions)
        assert sink.taken == [] and not session.began and not session.read
