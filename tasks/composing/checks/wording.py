"""What a recipient reads first: subject and preheader; and words that were meant to be replaced. Pure."""

import re
from collections.abc import Iterator

import regex  # type: ignore[import-untyped]

from models.locale import mark
from models.mail_document import Part
from models.reason import because
from tasks.adaptation.counting import graphemes
from tasks.composing.agreement import visible
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.checks.sample import sampled
from tasks.composing.marking import EXPRESSION

LONG_SUBJECT = mark(
    "The subject has {count} characters; phones show about {shown}. Say what matters first, or shorten it."
)
SHORT_SUBJECT = mark("The subject “{subject}” says little. Say what the letter brings.")
NO_PREHEADER = mark("There is no preheader: mailboxes show the first words of the letter instead. Write one.")
PREHEADER_LENGTH = mark("The preheader has {count} characters; between {least} and {most} are shown best.")
SAME = mark("The preheader repeats the subject. Say something else with it.")
CAPITALS = mark("“{words}” is in capital letters, which filters take for spam. Write it small.")
EXCLAIMS = mark("The subject has {count} exclamation marks. Leave one at most.")
EMOJI = mark("The subject has {count} emoji. Leave one at most.")
PRETENDS = mark("The subject begins like an answer (“{words}”) though it is none. Take that out.")
PLACEHOLDER = mark("“{words}” was meant to be replaced. Write what belongs there.")

SUBJECT_SHOWN, SUBJECT_MAX = 45, 60
PREHEADER_LEAST, PREHEADER_MOST = 30, 110
_EMOJI = regex.compile(r"\p{Extended_Pictographic}")
_SHOUTED = re.compile(r"\b[A-ZА-ЯЁ]{5,}\b(?:\s+\b[A-ZА-ЯЁ]{2,}\b)*")
_PRETENDS = re.compile(r"\s*(?:re|fwd?|отв|пересл)\s*:", re.IGNORECASE)
_LEFT = re.compile(
    r"lorem ipsum|\bdolor sit amet\b|^\s*текст\.?\s*$|\bтекст(?:\s+текст)+\b|^\s*(?:заголовок|подзаголовок)\.?\s*$"
    r"|\b(?:your|insert) text(?: here)?\b|\bвставьте текст\b|\bздесь (?:будет )?текст\b|\bTODO\b|\bx{4,}\b"
    r"|^\s*(?:text|heading|title)\.?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_BRACKETS = re.compile(r"\[[^\[\]\n]{3,200}\](?![(\[])")


def check(letter: Letter) -> Iterator[Finding]:
    yield from _subject(letter)
    yield from _preheader(letter)
    for block, words in _left(letter):
        yield letter.finding(Severity.STOPS, because(PLACEHOLDER, code="placeholder", words=words[:60]), block)
    shown, _ = visible(sampled(letter.made.counted)[0])
    for shouted in dict.fromkeys(_SHOUTED.findall(shown)):
        if len(shouted) >= 12:
            yield letter.finding(Severity.NOTES, because(CAPITALS, code="capitals", words=shouted[:60]))


def _subject(letter: Letter) -> Iterator[Finding]:
    subject = EXPRESSION.sub("Марина", letter.written.subject)
    count = sum(1 for _ in graphemes(subject))
    warns = Severity.WARNS
    if count > SUBJECT_MAX:
        yield letter.finding(warns, because(LONG_SUBJECT, code="long_subject", count=count, shown=SUBJECT_SHOWN))
    if count < 4:
        yield letter.finding(warns, because(SHORT_SUBJECT, code="short_subject", subject=subject))
    if shouted := next(iter(_SHOUTED.findall(subject)), ""):
        yield letter.finding(warns, because(CAPITALS, code="capitals", words=shouted))
    if (count := subject.count("!")) > 1:
        yield letter.finding(warns, because(EXCLAIMS, code="exclaims", count=count))
    if (count := len(_EMOJI.findall(subject))) > 1:
        yield letter.finding(warns, because(EMOJI, code="emoji", count=count))
    if found := _PRETENDS.match(subject):
        yield letter.finding(warns, because(PRETENDS, code="pretends", words=found[0].strip()))


def _preheader(letter: Letter) -> Iterator[Finding]:
    written = letter.written.preheader
    if not written:
        if not (letter.written.finished and "display:none" in letter.written.finished.source.replace(" ", "")):
            yield letter.finding(Severity.WARNS, because(NO_PREHEADER, code="no_preheader"))
        return
    count = sum(1 for _ in graphemes(EXPRESSION.sub("Марина", written)))
    if not PREHEADER_LEAST <= count <= PREHEADER_MOST:
        words = {"count": count, "least": PREHEADER_LEAST, "most": PREHEADER_MOST}
        yield letter.finding(Severity.NOTES, because(PREHEADER_LENGTH, code="preheader_length", **words))
    if written.casefold().strip(".! ") == letter.written.subject.casefold().strip(".! "):
        yield letter.finding(Severity.WARNS, because(SAME, code="same"))


def _left(letter: Letter) -> Iterator[tuple[str, str]]:
    """Words that stand for others still; a designer's letter has square brackets of its own."""
    for where in (letter.written.subject, letter.written.preheader):
        yield from (("", found[0]) for found in _found(where))
    for block, part in letter.written.parts():
        yield from ((block, found[0]) for text in _texts(part) for found in _found(text))
    if letter.written.finished:
        shown, _ = visible(sampled(letter.made.counted)[0])
        yield from (("", found[0].strip()) for found in _LEFT.finditer(shown))


def found_left(text: str) -> Iterator[str]:
    """Words of a text that stand for others still."""
    return (found[0] for found in _found(EXPRESSION.sub("", text)))


def _found(text: str) -> Iterator[re.Match[str]]:
    yield from _LEFT.finditer(text)
    yield from _BRACKETS.finditer(text)


def _texts(part: Part) -> Iterator[str]:
    for name in ("text", "label", "alt", "gives", "terms", "button", "words", "name", "role", "why", "more"):
        if isinstance(said := getattr(part, name, None), str):
            yield EXPRESSION.sub("", said)
