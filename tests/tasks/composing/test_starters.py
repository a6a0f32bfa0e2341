"""The letters to begin from: each in both languages is made without a problem, light, readable, alike in both parts."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from integrations.mailers.mime import Filled, FormBytes
from integrations.mailers.mime import filled as filled_mime
from models.letters import Letter
from models.mail_document import Prose
from tasks.composing.agreement import agreement
from tasks.composing.checks.finding import Finding, LookedAt, Severity
from tasks.composing.checks.size import bytes_of
from tasks.composing.compiled import Variant, values
from tasks.composing.compose import compose
from tasks.composing.filling import filled
from tasks.composing.preflight import preflight
from tasks.composing.starters import TITLES, Language, Starter, document
from tests.tasks.composing.sample import ANNA, EVERYTHING, IMPRINT, SITE, html_of, ready, text_of

LANGUAGES: tuple[Language, ...] = ("ru", "en")
EACH = [(starter, language) for starter in TITLES for language in LANGUAGES]
ALL = [pytest.param(*each, id="-".join(each)) for each in EACH]
MARKS = {each: f"m{1234567890 + number}" for number, each in enumerate(EACH)}
# Only the specialist can write these; everything else of a starter is ready to go out.
OWN_WORDS = {"placeholder", "no_offer_named", "not_looked_at"}


def started(starter: Starter, language: Language) -> tuple[Variant, list[Finding]]:
    written = document(starter, language, SITE, f"week-{starter}", TITLES[starter], "news@7cups.example", "Семь чашек")
    made = compose(written, EVERYTHING)
    assert made.problems == ()
    looked = LookedAt(controls=("team@7cups.example",), always=frozenset(("coupon.code", "coupon.qr", "confirm_url")))
    found = preflight(ready(made), written, IMPRINT, looked, made.problems)
    return ready(made).variants[0], list(found)


def as_sent(made: Variant, mark: str = "m1234567890") -> Filled:
    form = made.counted.form
    letter = Letter(1, mark, "anna@example.org", form, values(made, ANNA))
    return filled_mime(FormBytes(form, True), letter, datetime(2026, 11, 21, 7, tzinfo=UTC))


@pytest.mark.parametrize(("starter", "language"), ALL)
def test_a_starter_is_ready_but_for_the_words_of_its_author(starter: Starter, language: Language) -> None:
    made, found = started(starter, language)
    assert [str(one) for one in found if one.reason.code not in OWN_WORDS] == []
    assert (starter == "news") is any(one.severity is Severity.STOPS for one in found)
    html = html_of(made)
    assert f'<html lang="{language}"' in html
    assert bytes_of(made.counted, {}) <= 95_000
    assert agreement(html, text_of(made)).holds


@pytest.mark.parametrize(("starter", "language"), ALL)
def test_a_starter_reaches_whoever_we_know_little_of(starter: Starter, language: Language) -> None:
    made, _ = started(starter, language)
    poor = {"mark": "m", "coupon": ANNA["coupon"], "confirm_url": ANNA["confirm_url"]}
    assert len(values(made, poor)) == made.counted.form.holes
    assert agreement(html_of(made, poor), text_of(made, poor)).holds
    assert "  " not in filled(made.counted.form.subject, values(made, poor))


@pytest.mark.parametrize("count", [20])
def test_a_letter_of_many_products_is_not_cut_off(count: int) -> None:
    offers = [
        EVERYTHING.products[0].model_copy(update={"id": f"N{number}", "url": f"{SITE}/catalogue/tea/{number}"})
        for number in range(count)
    ]
    written = document("digest", "ru", SITE, "week", "Неделя", "news@7cups.example")
    blocks = [
        block.model_copy(update={"top": count} if block.id == "products" else {})
        for block in written.variants[0].blocks
    ]
    whole = written.variants[0].model_copy(update={"blocks": tuple(blocks)})
    made = compose(written.model_copy(update={"variants": (whole,)}), replace(EVERYTHING, products=offers))
    assert bytes_of(ready(made).variants[0].counted, {}) <= 95_000


@pytest.mark.parametrize(("starter", "language"), ALL)
def test_a_starter_goes_out_as_it_is_written(starter: Starter, language: Language) -> None:
    """No line of it is so long that it would have to be encoded, at three bytes for each."""
    whole = as_sent(started(starter, language)[0]).whole()
    assert b"Content-Transfer-Encoding: 8bit" in whole and b"quoted-printable" not in whole


def test_a_paragraph_of_a_thousand_letters_goes_out_as_it_is_written() -> None:
    written = document("news", "ru", SITE, "week", "Неделя", "news@7cups.example")
    said = " ".join(["Этот чай собран весной в провинции Фуцзянь и обжарен на углях."] * 20)
    blocks = [Prose(id="long", text=said), *(block for block in written.variants[0].blocks if block.id != "long")]
    whole = written.variants[0].model_copy(update={"blocks": tuple(blocks)})
    made = ready(compose(written.model_copy(update={"variants": (whole,)}), EVERYTHING)).variants[0]
    assert b"quoted-printable" not in as_sent(made).whole()
    assert agreement(html_of(made), text_of(made)).holds and said in " ".join(html_of(made).split())


@cache
def judged() -> list[str]:
    """All of them with what SpamAssassin says, in one call: most of what it takes is reading its rules."""
    with TemporaryDirectory() as folder:
        for (starter, language), mark in MARKS.items():
            (Path(folder) / mark).write_bytes(as_sent(started(starter, language)[0], mark).whole())
        letters = sorted(map(str, Path(folder).iterdir()))
        done = subprocess.run(["spamassassin", "-L", "-t", *letters], capture_output=True, check=True)
    return done.stdout.decode(errors="replace").split("X-Spam-Checker-Version:")


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed, so nobody judges here")
@pytest.mark.parametrize(("starter", "language"), ALL)
def test_spamassassin_lets_a_starter_pass(starter: Starter, language: Language) -> None:
    """Judged as it goes over the wire, by the rules that need no network; a letter of ours is allowed one point."""
    [said] = (one for one in judged() if f"<{MARKS[starter, language]}@" in one)
    assert float(said.partition("score=")[2].split()[0]) <= 1.0, said.partition("Content analysis details")[2]
