"""Near copies of one text found among many: the same news in ten feeds is one finding with nine copies. Pure.

Texts are sets of hashed pairs of stems. Two that share one of their smallest hashes are compared by the share of
common pairs (Jaccard, as in A. Broder's "On the resemblance and containment of documents", 1997), so the work grows
with the texts and not with their pairs.
"""

import zlib
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.analysis.stems import stem_line

SHARE = 0.5
SKETCH = 8
LOOKED_AT = 32
PAIRS_MAX = 400


@dataclass
class _Fold:
    first: int
    pairs: frozenset[int]
    members: list[int] = field(default_factory=list)


def fold(texts: Sequence[str], share: float = SHARE) -> list[list[int]]:
    """Group the texts by their places: each group begins with its first text, groups in the order of these.

    A text is compared with the first of a group only, so a chain of small changes does not fold into one.
    """
    folds: list[_Fold] = []
    shelves: dict[int, deque[_Fold]] = defaultdict(lambda: deque(maxlen=LOOKED_AT))
    for place, text in enumerate(texts):
        pairs = shingles(text)
        sketch = sorted(pairs)[:SKETCH]
        near = {id(one): one for hashed in sketch for one in shelves[hashed] if resemblance(one.pairs, pairs) >= share}
        found = max(near.values(), key=lambda one: (resemblance(one.pairs, pairs), -one.first), default=None)
        if found is None:
            found = _Fold(place, pairs)
            folds.append(found)
            for hashed in sketch:
                shelves[hashed].append(found)
        found.members.append(place)
    return [one.members for one in folds]


def shingles(text: str) -> frozenset[int]:
    """Hashes of every two neighbouring stems; of the single ones where there are no more than two."""
    stems = stem_line(text)[: PAIRS_MAX + 1]
    pairs = [f"{one} {other}" for one, other in pairwise(stems)] if len(stems) > 2 else stems
    return frozenset(zlib.crc32(pair.encode()) for pair in pairs)


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of common pairs, 1.0 for the same; texts without a word resemble nothing."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0
