"""Whether a letter can be read: contrast, both parts alike, values that somebody lacks, what filters think. Pure."""

from collections.abc import Iterator

from models.locale import mark
from models.reason import because
from tasks.composing.agreement import agreement
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.checks.sample import sampled
from tasks.composing.holes import Hole, Shown

FAINT = mark(
    "“{words}” can hardly be read: {colour} on {ground} is {ratio} to 1, {needed} is asked for. Darken one of both."
)
APART = mark("The text part lacks {share} % of the words of the letter. Make the letter anew (C4).")
LOST = mark("The text part lacks the link {url}. Make the letter anew (C4).")
NO_FALLBACK = mark(
    'Whoever has no “{field}” gets no letter at all. Give it a fallback: {{{{ {field} | default("…") }}}}.'
)
SPAM = mark("SpamAssassin gives {score} of {limit} points: {rules}. Mend what it names.")
NO_SPAM = mark("SpamAssassin gives {score} of {limit} points: it does not take the letter for spam.")
NO_JUDGE = mark("SpamAssassin is not installed on this computer, so no spam filter has looked at the letter.")
UNJUDGED = mark("SpamAssassin gave no answer in time, so no spam filter has looked at the letter. Check it again (C4).")
SPAM_STOPS, SPAM_WARNS = 5.0, 3.0


def check(letter: Letter) -> Iterator[Finding]:
    for one in letter.made.faint:
        words = {"words": one.words, "colour": one.colour, "ground": one.ground, "ratio": one.ratio}
        yield letter.finding(Severity.WARNS, because(FAINT, code="faint", needed="4.5", **words), one.block)
    yield from _both_parts(letter)
    yield from _fallbacks(letter)
    yield from _spam(letter)


def _both_parts(letter: Letter) -> Iterator[Finding]:
    alike = agreement(*sampled(letter.made.counted))
    share = max(alike.missing_in_text, alike.missing_in_html)
    if not alike.holds and share:
        yield letter.finding(Severity.STOPS, because(APART, code="apart", share=round(share * 100)))
    for url in alike.lost_links:
        yield letter.finding(Severity.STOPS, because(LOST, code="lost_link", url=url))


def _fallbacks(letter: Letter) -> Iterator[Finding]:
    """A value without a fallback, but for those that everybody has and those that the block asks for itself."""
    asked_for = {fill.block: fill.to.has for fill in letter.made.counted.fills if isinstance(fill, Shown)}
    known = set(letter.looked.always)
    for fill in letter.made.counted.fills:
        if not isinstance(fill, Hole) or fill.expression.falls_back or fill.expression.field in known:
            continue
        if fill.expression.field in asked_for.get(fill.where, ()):
            continue
        known.add(fill.expression.field)
        block = "" if fill.where.startswith("@") else fill.where
        reason = because(NO_FALLBACK, code="no_fallback", field=fill.expression.field)
        yield letter.finding(Severity.WARNS, reason, block)


def _spam(letter: Letter) -> Iterator[Finding]:
    look = (letter.looked.spam or {}).get(letter.made.name)
    if look is None:
        return
    if look.score is None:
        text, code = (UNJUDGED, "spam_silent") if look.is_here else (NO_JUDGE, "no_spam_filter")
        yield letter.finding(Severity.NOTES, because(text, code=code))
        return
    words = {"score": look.score, "limit": SPAM_STOPS, "rules": ", ".join(look.rules) or "—"}
    if look.score < SPAM_WARNS:
        yield letter.finding(Severity.NOTES, because(NO_SPAM, code="no_spam", **words))
    else:
        severity = Severity.STOPS if look.score >= SPAM_STOPS else Severity.WARNS
        yield letter.finding(severity, because(SPAM, code="spam", **words))
