"""Everything that is looked at before a mailing goes out, the gravest first. Pure."""

from collections.abc import Callable, Iterator, Sequence

from models.content import Effect, Problem
from models.mail_document import MailDocument
from tasks.composing.checks import goods, law, links, pictures, reading, short, size, wording
from tasks.composing.checks.finding import Finding, Letter, LookedAt, Severity
from tasks.composing.compiled import Compiled
from tasks.composing.materials import Imprint

CHECKS: tuple[Callable[[Letter], Iterator[Finding]], ...] = (
    size.check, wording.check, links.check, pictures.check, law.check, goods.check, reading.check,
    short.check,
)  # fmt: skip
_GRAVITY = list(Severity)


def preflight(compiled: Compiled, document: MailDocument, imprint: Imprint, looked: LookedAt,
              problems: Sequence[Problem] = ()) -> tuple[Finding, ...]:  # fmt: skip
    """Look at every variant. `problems` are what composing found; `looked` what was looked at outside."""
    letters = [
        Letter(document, document.variant(made.name), compiled, made, imprint, looked) for made in compiled.variants
    ]
    found = [finding for letter in letters for check in CHECKS for finding in check(letter)]
    return tuple(sorted([*map(noted, problems), *found], key=lambda one: (_GRAVITY.index(one.severity), one.variant)))


def may_go(findings: Sequence[Finding]) -> bool:
    """Whether nothing stops it."""
    return not any(finding.severity is Severity.STOPS for finding in findings)


def noted(problem: Problem) -> Finding:
    """What composing found, as a finding."""
    severity = Severity.STOPS if problem.effect is Effect.STOPS else Severity.WARNS
    return Finding(severity, problem.reason, problem.place.file, problem.place.field.lstrip("@"))
