"""A web process of the storm: journals are handed in to it, and it is killed and frozen while they are.

Its socket is its parent's, so that a call that nobody listens to waits there, and is taken up after its sender has
given it up: late, and often a second time.
"""

import socket
from multiprocessing import forkserver, get_context
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from deployments.web import app_of, listening
from models.database import SetClock, connect
from tasks.house import House
from tests.deployments.served import CHEAP, SECRET
from tests.fakes import NOW, FakeChannel
from tests.house import COMPANY, furnished
from tests.tasks.tills.shop import OUTLETS

FORKED = get_context("forkserver")


def know_doors() -> None:
    """Let what forks know all that a door needs, or each would learn it for seconds; what runs already knows less."""
    forkserver._forkserver._stop()
    FORKED.set_forkserver_preload([__name__])


def house_of(folder: Path, database: Engine) -> House:
    """The house of the storm; every process has its own folder, as each writes the company's files anew."""
    house = furnished(folder, database, {"fake": FakeChannel()}, SetClock(NOW), company=COMPANY + OUTLETS)
    (house.var / "reports").mkdir(parents=True, exist_ok=True)
    return house


def main(at: socket.socket, database: str, folder: str) -> None:
    app = app_of(house_of(Path(folder), connect(database)), SECRET, None, CHEAP)
    uvicorn.Server(listening(app, "127.0.0.1", 0)).run(sockets=[at])
