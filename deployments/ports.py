"""The two ports of the house: free to listen on, or what is in the way and how to mend it."""

from collections.abc import Iterator

from deployments import processes
from deployments.processes import Obstacle
from deployments.refusal import Exit, Refusal
from deployments.settings import Settings
from models.locale import mark, translate
from models.reason import because

TAKEN = mark("Port {port} is taken by {holder}.")
END_IT = mark("End it, or choose another port: {name}={free}")
FORBIDDEN = mark("This user may not listen on port {port}.")
CHOOSE = mark("Choose a port above 1023: {name}={free}")
ELSEWHERE = mark("{host} is no address of this machine.")
SET_HOST = mark("Set OTDEL_HOST to an address of this machine; 127.0.0.1 serves this machine only.")
SHARED = mark("Prefect and the desk are to share port {port}.")
GIVE_TWO = mark("Give them different ports: OTDEL_UI_PORT and OTDEL_WEB_PORT.")
HIGHEST = 65535


def ports_of(settings: Settings) -> dict[str, int]:
    """The ports by the variables that set them."""
    return {"OTDEL_UI_PORT": settings.ui_port, "OTDEL_WEB_PORT": settings.web_port}


def complaints(settings: Settings) -> Iterator[Refusal]:
    """What keeps the house from listening on its ports."""
    if settings.ui_port == settings.web_port:
        yield Refusal(because(SHARED, port=settings.ui_port), because(GIVE_TWO), Exit.USAGE)
    for name, port in ports_of(settings).items():
        match processes.obstacle(settings.host, port):
            case Obstacle.TAKEN:
                holder = processes.holder(port) or translate("another program")
                mend = because(END_IT, name=name, free=_another(settings, port))
                yield Refusal(because(TAKEN, port=port, holder=holder), mend)
            case Obstacle.FORBIDDEN:
                mend = because(CHOOSE, name=name, free=_another(settings, port + 8000))
                yield Refusal(because(FORBIDDEN, port=port), mend)
            case Obstacle.ELSEWHERE:
                yield Refusal(because(ELSEWHERE, host=settings.host), because(SET_HOST), Exit.USAGE)
                return


def _another(settings: Settings, port: int) -> int:
    """A port a hundred further, or the next that is free."""
    found = port + 100 if port + 100 < HIGHEST - 100 else 10_000
    while found in ports_of(settings).values() or processes.obstacle(settings.host, found):
        found += 1
    return found
