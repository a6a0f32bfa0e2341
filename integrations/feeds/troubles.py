"""What can go wrong on the way to a strange server, in words that name its address and the mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpcore
import httpx

from integrations.errors import Refused, Unavailable
from integrations.feeds.unpack import Damaged, TooLarge
from models.locale import mark
from models.reason import Reason, because

LATE = (httpcore.TimeoutException, httpx.TimeoutException)
LOST = (httpcore.NetworkError, httpcore.ProtocolError, httpx.NetworkError, httpx.ProtocolError, OSError)

NOT_REACHED = mark("{url} does not answer. Check the address; it will be tried again.")
BAD_CERTIFICATE = mark("The certificate of {url} is not valid, so nobody knows who answers there. Check the address.")
SLOW = mark("{url} did not answer whole within {seconds} s. It will be tried again.")
TOO_LARGE = mark("{url} sends more than {limit} MB. Ask for a shorter feed, or keep it as a file and write its path.")
BOMB = mark("{url} unpacks to more than {limit} MB, which no feed is, and was not read. Check the address.")
DAMAGED = mark("What {url} sends cannot be unpacked. It will be tried again; if it stays so, tell its owner.")


@contextmanager
def explained(url: str, total: timedelta) -> Iterator[None]:
    """Turn whatever goes wrong on the way into what a specialist can mend, or we can try again."""
    try:
        yield
    except LATE as error:
        raise Unavailable(because(SLOW, code="slow", url=url, seconds=max(1, round(total.total_seconds())))) from error
    except LOST as error:
        text, code = (BAD_CERTIFICATE, "certificate") if "CERTIFICATE" in str(error) else (NOT_REACHED, "unreachable")
        raise Unavailable(because(text, code=code, url=url)) from error
    except Damaged as error:
        raise Unavailable(because(DAMAGED, code="damaged", url=url)) from error
    except TooLarge as error:
        raise Refused(_too_large(error, url)) from error


def _too_large(error: TooLarge, url: str) -> Reason:
    code, text = ("too_large", TOO_LARGE) if error.packed else ("bomb", BOMB)
    return because(text, code=code, url=url, limit=error.limit // 1_000_000)
