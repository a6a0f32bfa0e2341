"""The link of an outlet: the number of its instruction and a sign of the house's key, which nobody guesses. Pure."""

import hmac
from collections.abc import Callable

SIGNED = 32
NUMBER_MOST = 10
KIND = "instruction of an outlet"


def token(id: int, printed: Callable[[str, str], str]) -> str:
    return f"{id}-{printed(KIND, str(id))[:SIGNED]}"


def number(token_: str, printed: Callable[[str, str], str]) -> int:
    """The number of the instruction; 0 where the sign is not ours."""
    id, _, sign = token_.partition("-")
    if not (id.isascii() and id.isdecimal() and len(id) < NUMBER_MOST and id[0] != "0"):
        return 0
    wanted = printed(KIND, id)[:SIGNED]
    return int(id) if hmac.compare_digest(sign.encode(), wanted.encode()) else 0
