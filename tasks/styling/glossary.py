"""The brand's glossary and its forbidden words, found in any form. Pure.

A spelling that stands in the text as it stands in the glossary is replaced; another form of it is replaced where its
ending can be carried over, and named to a person where it cannot: a wrong ending shames the brand more than a question.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.brand import Brand, Note, note
from models.locale import mark
from models.reason import because
from tasks.styling.manuscript import Edit, Manuscript
from tasks.styling.stems import Word, folded, stem, stems, words

GLOSSARY = mark("the brand writes it so")
WRITE_SO = mark("The brand writes “{write}”, the text has “{found}” (character {place}). Put it into the right form.")
FORBIDDEN = mark("The brand does not say “{found}” (character {place}).")
FORBIDDEN_USE = mark("The brand does not say “{found}” (character {place}); say “{use}”.")
CONTRADICTION = mark("brand.yaml, glossary: “{spelling}” is wanted by one entry and replaced or forbidden by another.")

_HARD = frozenset("бвгдзклмнпрстфх")
_GAP = re.compile(r"\s*(?:[\"«»„“”‘’'-]\s*){0,6}")  # any spaces: typography makes one of them afterwards


@dataclass(frozen=True)
class Phrase:
    """Something to be found. `write` is what to write instead; a right spelling is sought too, so as to be kept."""

    written: str
    write: str
    is_forbidden: bool = False

    @property
    def is_right(self) -> bool:
        return self.written == self.write


@dataclass(frozen=True)
class Finding:
    """A phrase at its place, in the form the text has it."""

    phrase: Phrase
    start: int
    end: int
    found: str

    @property
    def is_exact(self) -> bool:
        return spelling(self.found) == spelling(self.phrase.written)


Index = dict[str, list[tuple[tuple[str, ...], Phrase]]]


def apply(manuscript: Manuscript, brand: Brand) -> tuple[Note, ...]:
    """Write a shielded text as the glossary wants; what cannot be mended by itself comes back as notes."""
    edits: list[Edit] = []
    notes: list[Note] = []
    for finding in findings(manuscript.text, phrases(brand)):
        replacement = None if finding.phrase.is_forbidden else rewritten(finding)
        if replacement is None:
            notes.append(objection(finding))
        elif replacement != " ".join(finding.found.split()):
            edits.append((finding.start, finding.end, replacement))
    manuscript.edit(edits, GLOSSARY, narrow=False)
    return tuple(notes)


def phrases(brand: Brand) -> list[Phrase]:
    """All that is sought. A spelling that another entry wants is not replaced: see `contradictions`."""
    contested = set(contradicted(brand))
    right = [Phrase(entry.write, entry.write) for entry in brand.glossary]
    wrong = [
        Phrase(spelling, entry.write)
        for entry in brand.glossary
        for spelling in entry.instead_of
        if spelling not in contested
    ]
    forbidden = [Phrase(entry.word, entry.use, is_forbidden=True) for entry in brand.forbidden]
    return [*right, *wrong, *forbidden]


def findings(text: str, sought: Sequence[Phrase]) -> Iterator[Finding]:
    """Where the phrases stand, the longest first, none over another."""
    index = by_first_stem(sought)
    initials = {first[:1] for first in index}
    run = words(text)
    place = 0
    while place < len(run):
        length, finding = found_at(text, run, place, index, initials)
        if finding:
            yield finding
        place += length


def by_first_stem(sought: Sequence[Phrase]) -> Index:
    index: Index = {}
    for phrase in sought:
        if parts := stems(phrase.written):
            index.setdefault(parts[0], []).append((parts, phrase))
    return index


def found_at(
    text: str, run: Sequence[Word], place: int, index: Index, initials: set[str]
) -> tuple[int, Finding | None]:
    """The best phrase that begins with this word and how many words it takes; a stem is costly, so initials first."""
    if folded(run[place].text[:1]) not in initials:
        return 1, None
    found = [
        (len(parts), whole(text, run[place : place + len(parts)], phrase))
        for parts, phrase in index.get(stem(run[place].text), ())
        if is_phrase(text, run[place : place + len(parts)], parts)
    ]
    return max(found, key=lambda one: (one[0], weight(one[1])), default=(1, None))


def is_phrase(text: str, run: Sequence[Word], parts: tuple[str, ...]) -> bool:
    if len(run) < len(parts) or any(stem(word.text) != part for word, part in zip(run, parts, strict=True)):
        return False
    return all(_GAP.fullmatch(text, one.end, other.start) for one, other in pairwise(run))


def whole(text: str, run: Sequence[Word], phrase: Phrase) -> Finding:
    start, end = run[0].start, run[-1].end
    return Finding(phrase, start, end, text[start:end])


def weight(finding: Finding) -> int:
    """A wrong spelling counts most where it stands letter for letter; else a form of a right one is right."""
    if finding.phrase.is_right:
        return 1
    return 2 if finding.is_exact else 0


def spelling(text: str) -> list[str]:
    return [folded(word.text) for word in words(text)]


def rewritten(finding: Finding) -> str | None:
    """How the brand writes what was found; None where only a person can say."""
    phrase = finding.phrase
    if phrase.is_right:
        return " ".join(finding.found.split())
    if finding.is_exact:
        return in_case_of(finding.found, phrase.write)
    declined = carried_ending(phrase, finding.found)
    return None if declined is None else in_case_of(finding.found, declined)


def carried_ending(phrase: Phrase, found: str) -> str | None:
    """The replacement in the found form, where both words are declined alike: «кружку» gives «чашку»."""
    if len(words(phrase.write)) != 1 or len(words(found)) != 1:
        return None
    old, new = stem(phrase.written), stem(phrase.write)
    ending, same = folded(phrase.written)[len(old) :], folded(phrase.write)[len(new) :]
    form = folded(found)[len(old) :]
    if ending != same or not folded(found).startswith(old) or not is_declined_alike(old, new, ending, form):
        return None
    return phrase.write[: len(new)] + form


def is_declined_alike(old: str, new: str, ending: str, form: str) -> bool:
    """Words on the same letter, or masculine ones on hard consonants (whose plural alone may differ: -и, -ы)."""
    if old[-1:] == new[-1:]:
        return True
    return not ending and old[-1:] in _HARD and new[-1:] in _HARD and form[:1] not in ("и", "ы")


def in_case_of(found: str, write: str) -> str:
    """A replacement written small follows the case of what it replaces; one with capitals of its own keeps them."""
    if write != write.lower():
        return write
    if found.isupper() and len(found) > 1:
        return write.upper()
    return write[:1].upper() + write[1:] if found[:1].isupper() else write


def objection(finding: Finding) -> Note:
    phrase, place = finding.phrase, finding.start + 1
    if not phrase.is_forbidden:
        return note(because(WRITE_SO, code="glossary", write=phrase.write, found=finding.found, place=place))
    if not phrase.write:
        return note(because(FORBIDDEN, code="forbidden", found=finding.found, place=place))
    return note(because(FORBIDDEN_USE, code="forbidden", found=finding.found, place=place, use=phrase.write))


def contradicted(brand: Brand) -> list[str]:
    """Spellings that one entry wants and another replaces or forbids."""
    wanted = [stems(entry.write) for entry in brand.glossary]
    times = Counter(wanted)
    replaced = [
        spelling
        for entry, right in zip(brand.glossary, wanted, strict=True)
        for spelling in entry.instead_of
        if times[wrong := stems(spelling)] > (wrong == right)
    ]
    return replaced + [forbidden.word for forbidden in brand.forbidden if times[stems(forbidden.word)]]


def contradictions(brand: Brand) -> tuple[Note, ...]:
    """What only the brand's keeper can decide."""
    return tuple(note(because(CONTRADICTION, code="glossary", spelling=one)) for one in contradicted(brand))
