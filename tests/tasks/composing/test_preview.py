"""Looking at a letter and trying it: nothing is counted, no coupon is redeemed, the subject says that it is a test."""

from models.locale import spoken
from models.mail_document import Coupon, Prose
from tasks.composing.filling import filled
from tasks.composing.preview import NO_CODE, PREVIEW_MARK, TEST_MARK, preview, preview_text, trial, trial_person
from tests.tasks.composing.sample import ANNA, DOORS, SITE, variant

MADE = variant(
    Prose(id="p", text=f"Привет, {{{{ name }}}}! [Сюда]({SITE}/a?n={{{{ name }}}})"),
    Coupon(id="c", gives="Скидка", qr="{{ coupon.qr }}"),
    subject="Привет, {{ name }}",
)
WITH_QR = {**ANNA, "coupon": {"code": "K7WM-42XQ", "qr": "https://q.7cups.example/K7WM-42XQ.png"}}


def test_a_preview_shows_the_persons_own_letter_and_counts_nothing() -> None:
    html, text = preview(MADE, WITH_QR), preview_text(MADE, WITH_QR)
    for said in (html, text):
        assert "Анна Петрова" in said
        assert "K7WM-42XQ" in said
        assert DOORS.link not in said
        assert DOORS.open not in said
        assert ANNA["mark"] not in said
        assert f"{SITE}/a?n=%D0%90" in said
    assert f"{DOORS.unsubscribe}/{PREVIEW_MARK}" in html
    assert '<base target="_blank">' in html


def test_a_test_letter_says_so_and_its_coupon_is_taken_by_no_till() -> None:
    with spoken("ru"):
        made = trial(MADE)
    values = made.values(trial_person(WITH_QR))
    assert filled(made.form.subject, values) == "ТЕСТ: Привет, Анна Петрова"
    html = filled(made.form.html, values)
    assert "K7WM" not in html + filled(made.form.text, values)
    assert NO_CODE in html
    assert f"https://q.7cups.example/{NO_CODE}.png" in html
    assert DOORS.link not in html
    assert f"{DOORS.unsubscribe}/{TEST_MARK}" in html
    assert made.form.id != MADE.counted.form.id
    assert made.form.holes == len(values)


def test_a_tester_without_a_coupon_stays_without() -> None:
    assert trial_person({"name": "Анна"}) == {"name": "Анна", "mark": TEST_MARK, "coupon": None}
