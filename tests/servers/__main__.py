"""A server as a process of its own: `python -m tests.servers telegram --port 0 --log calls.jsonl --faults '{…}'`.

The first line it prints is JSON with its address; it ends, with its port freed, on SIGTERM or SIGINT.
"""

import argparse
import json
import os
import signal
from typing import Any

from tests.servers.base import ProviderServer
from tests.servers.telegram import TelegramServer
from tests.servers.vk import VkServer

SERVERS: dict[str, type[ProviderServer]] = {"telegram": TelegramServer, "vk": VkServer}
END = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    order, parent = arguments(), os.getppid()  # it waits for the address, so it is there still
    signal.pthread_sigmask(signal.SIG_BLOCK, END)  # before the server's thread starts, which inherits it
    options: dict[str, Any] = json.loads(order.options)
    with SERVERS[order.provider](port=order.port, log=order.log, faults=json.loads(order.faults), **options) as server:
        print(json.dumps({"url": server.url, "port": server.port}), flush=True)
        wait(parent if order.with_parent else None)


def wait(parent: int | None) -> None:
    """Until a signal asks to end, or the process that started this one is gone and nobody could ask."""
    while not signal.sigtimedwait(END, 1):
        if parent is not None and os.getppid() != parent:
            return


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.servers", description="A provider's server that misbehaves on demand.")
    parser.add_argument("provider", choices=sorted(SERVERS))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--log", help="file for the journal, a JSON object a line")
    parser.add_argument("--faults", default="{}", help="JSON: script, chance, seed")
    parser.add_argument("--options", default="{}", help="JSON: further arguments of the server's class")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started it is gone")
    return parser.parse_args()


if __name__ == "__main__":
    main()
