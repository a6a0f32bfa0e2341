"""A sender as a process of its own, to be frozen: `python -m tests.integrations.mailers.sender <port> <seconds>`.

It posts one letter, whose time is over after so many seconds, and prints the state of the answer.
"""

import sys
from datetime import UTC, datetime, timedelta

from integrations.mailers.smtp import Smtp, SmtpSettings
from models.letters import Answer
from tests.integrations.mailers.forms import letter


def main() -> None:
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    line = Smtp(SmtpSettings(host="127.0.0.1", port=port, encryption="none", connections=1)).open()
    line.post([letter(1)], datetime.now(UTC) + timedelta(seconds=seconds))
    answers: list[Answer] = []
    while not answers:
        answers = line.answers(timedelta(seconds=5))
    print(answers[0].state.value, flush=True)
    line.close()


if __name__ == "__main__":
    main()
