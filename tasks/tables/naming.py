"""What a loading of a company's table is known by: which file, which contents, and what was taken before it. Pure.

The same contents that come back after others are another loading: nothing of the former is gone on with.
"""

import hashlib

TABLE, FIRST = "table:", "0"


def stem(kind: str, path: str) -> str:
    """What all loadings of one file begin with; the path itself may hold signs of a pattern."""
    return f"{TABLE}{kind}:{hashlib.sha256(path.encode()).hexdigest()[:16]}:"


def source(kind: str, path: str, print_: str, behind: str) -> str:
    """A loading of these contents; `behind` says what was taken last before."""
    return f"{stem(kind, path)}{print_}:{behind}"


def print_in(source: str) -> str:
    """The print of the contents that a loading is of."""
    return source.split(":")[3]


def taken_before(source: str) -> str:
    """What was taken last before this loading."""
    return source.split(":")[4]
