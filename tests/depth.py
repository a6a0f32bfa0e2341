"""How many examples are tried where each is dear: some with every change, many in a storm."""

import os

DEEP = bool(os.environ.get("OTDEL_TESTS_DEEP"))


def examples(usual: int, in_a_storm: int) -> int:
    return in_a_storm if DEEP else usual
