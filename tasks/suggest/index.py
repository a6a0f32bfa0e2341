"""Names that are found while they are typed: by key, by the beginning of a word, by a part of it, by likeness. Pure.

Made once and asked often: of ten thousand names only those that share letters with the words are compared.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from heapq import nsmallest
from itertools import chain

from models.desk.suggest import Named
from tasks.content.references import fold

MOST = 20
NEAREST = 3
COMPARED = 40


class Index:
    """All names of one kind. What several names share leads to the first of them."""

    def __init__(self, names: Sequence[Named]) -> None:
        self.names = tuple(names)
        self._folded = [(fold(one.key), fold(one.title)) for one in self.names]
        self._exact: dict[str, int] = {}
        self._by_letters: defaultdict[str, list[int]] = defaultdict(list)
        for place, (key, title) in enumerate(self._folded):
            self._exact.setdefault(key, place)
            for letters in _trigrams(key) | _trigrams(title):
                self._by_letters[letters].append(place)
        for place, (_, title) in enumerate(self._folded):
            self._exact.setdefault(title, place)

    def called(self, said: str) -> Named | None:
        """The one with exactly this key or title, however capitalised; a № may stand before it, its title behind."""
        for words in (said, said.strip().lstrip("№#").strip(), said.partition(" · ")[0].strip().lstrip("№# ")):
            if fold(words) and fold(words) in self._exact:
                return self.names[self._exact[fold(words)]]
        return None

    def suggest(self, said: str, most: int = MOST) -> list[Named]:
        """What these words may become: first the keys and words that begin so, then what contains them, then the like.

        Nothing typed yet suggests the first names there are.
        """
        words = fold(said.strip().lstrip("№#"))
        if not words:
            return list(self.names[:most])
        found = self._containing(words, most) or self._like(words, NEAREST)
        return [self.names[place] for place in found]

    def nearest(self, said: str, most: int = NEAREST) -> tuple[Named, ...]:
        """The names most like these words, the best first; the first there are where nothing is like them."""
        words = fold(said.strip().lstrip("№#"))
        alike = self._beside(int(words), most) if words.isdecimal() else self._containing(words, most)
        found = dict.fromkeys(chain(alike, self._like(words, most), range(len(self.names))))
        return tuple(self.names[place] for place in list(found)[:most])

    def _beside(self, number: int, most: int) -> list[int]:
        """Who mistypes a № means one near it."""
        numbers = ((abs(int(key) - number), place) for place, (key, _) in enumerate(self._folded) if key.isdecimal())
        return [place for _, place in nsmallest(most, numbers)]

    def _containing(self, words: str, most: int) -> list[int]:
        ranks = ((self._rank(words, place), place) for place in range(len(self.names)))
        return [place for _, place in nsmallest(most, (one for one in ranks if one[0] is not None))]

    def _rank(self, words: str, place: int) -> int | None:
        """How near a name that holds these words is; None where it does not hold them."""
        key, title = self._folded[place]
        if key == words or title == words:
            return 0
        if key.startswith(words) or title.startswith(words):
            return 1
        if f" {words}" in title:
            return 2
        return 3 if words in key or words in title else None

    def _like(self, words: str, most: int) -> list[int]:
        shared = Counter(chain.from_iterable(self._by_letters.get(letters, ()) for letters in _trigrams(words)))
        ranked = sorted((-self._likeness(words, place), place) for place, _ in shared.most_common(COMPARED))
        return [place for _, place in ranked[:most]]

    def _likeness(self, words: str, place: int) -> float:
        return max(SequenceMatcher(None, words, name).ratio() for name in self._folded[place])


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)} if word else set()
