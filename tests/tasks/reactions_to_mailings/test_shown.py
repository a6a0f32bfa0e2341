"""What a mailing came to, said: the sentence in front is true, numbers keep their denominators, nothing breaks."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from models.letters import Ground
from models.locale import LANGUAGES, spoken
from models.mailings import Stage
from tasks.reactions_to_mailings.artifact import markdown
from tasks.reactions_to_mailings.judging import against
from tasks.reactions_to_mailings.sentences import lead, others, rounded
from tasks.reactions_to_mailings.sheet import workbook
from tasks.reactions_to_mailings.shown import page
from tasks.reactions_to_mailings.tables import as_markdown, share_of
from tasks.reactions_to_mailings.values import Figures, Trial
from tasks.returns.sums.funnel import Funnel
from tasks.returns.sums.resampling import Spent
from tests.fakes import NOW
from tests.tasks.reactions_to_mailings.figured import ABOUT, ALONE, FEW, LESS, MORE, SENT, WHOLE, figures, flat

NOTHING = Figures(
    about=replace(ABOUT, stage=Stage.DRAFT, first_at=None, last_at=None), at=NOW, zone="Europe/Moscow", currency="RUB",
    whole=Funnel(),
)  # fmt: skip
SERVICE = figures(against=None, about=replace(ABOUT, ground=Ground.SERVICE))


@pytest.mark.parametrize(
    ("found", "words", "tone"),
    [
        pytest.param(figures(MORE), "принесла примерно на", "good", id="more"),
        pytest.param(figures(LESS), "купили меньше, чем те, кому не писали", "bad", id="less"),
        pytest.param(figures(), "неотличим от нуля", "plain", id="cannot be told"),
        pytest.param(figures(against=against(MORE, 7, NOW)), "будет сказано", "plain", id="too early"),
        pytest.param(figures(FEW), "купили слишком немногие", "plain", id="too few"),
        pytest.param(figures(ALONE), "Для сравнения никого не оставили", "plain", id="no control"),
        pytest.param(SERVICE, "Из 9900 писем дошло, насколько известно, 9800", "plain", id="service"),
        pytest.param(NOTHING, "ещё ничего не ушло", "plain", id="not sent"),
    ],
)
def test_the_sentence_in_front(found: Figures, words: str, tone: str) -> None:
    with spoken("ru"):
        said = lead(found)
    assert words in said.text and said.tone == tone


def test_an_estimate_is_of_all_recipients_and_no_finer_than_it_is_known() -> None:
    with spoken("en"):
        said = lead(figures(MORE)).text
    assert "₽" in said and "with 95 % certainty between" in said
    assert [rounded(number) for number in (0, 7, 12.4, 123.9, -4567, 99_960)] == [0, 7, 12, 120, -4600, 100_000]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(figures(at=SENT + timedelta(hours=5)), "Ещё рано", id="early"),
        pytest.param(figures(whole=replace(WHOLE, complained=40)), "На спам пожаловались 0,4", id="complaints"),
        pytest.param(figures(whole=replace(WHOLE, bounced_hard=600)), "Несуществующих адресов 6,1", id="bounces"),
        pytest.param(figures({"A": Spent((100, 900_000_000), 99)}), "один покупатель", id="hangs on one"),
        pytest.param(figures(about=replace(ABOUT, groups=("tea", "x"))), "нескольким группам", id="several groups"),
        pytest.param(figures(), "Про 2 письма неизвестно", id="unknown"),
    ],
)
def test_what_is_to_be_looked_at_besides(found: Figures, words: str) -> None:
    with spoken("ru"):
        assert any(words in one.text for one in others(found))


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    calm = figures(whole=replace(WHOLE, unknown=0, complained=2))
    with spoken("ru"):
        assert list(others(calm)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "found", [figures(), figures(MORE), figures(FEW), figures(ALONE), SERVICE, NOTHING, figures(cost=0)],
    ids=["usual", "more", "few", "alone", "service", "nothing", "free"],
)  # fmt: skip
def test_every_mailing_has_its_page_file_and_row(found: Figures, language: str) -> None:
    shown = page(found, language)
    assert shown.lead.text and (shown.plots == () or all(plot.startswith("<svg") for plot in shown.plots))
    assert all(0 <= step.width <= 100 for step in shown.steps)
    for table in filter(None, (shown.variants, shown.hours, *shown.tables)):
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
    book = load_workbook(BytesIO(workbook(found, language)))
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 8
    with spoken(language):
        assert markdown([found], "https://staff.example", language)


def test_each_share_says_of_what() -> None:
    shown = page(figures(), "ru")
    steps = {step.title: step for step in shown.steps}
    assert [step.number for step in shown.steps][:3] == ["10\xa0000", "9\xa0900", "9\xa0800"]
    assert (steps["отправлено писем"].share, steps["отправлено писем"].of) == ("99\xa0%", "от списка")
    assert steps["открыли люди"].of == "от доставленных" and steps["открыли люди"].share == "24\xa0%"
    assert steps["открыли люди"].machines == "и ещё 900 — только машины"
    assert steps["перешли люди"].interval.startswith("от 4,5")


def test_links_are_shown_the_most_followed_first_without_the_one_for_machines() -> None:
    links = page(figures(), "ru").links
    assert [one.label for one in links][:2] == ["Чай 1", "Чай 2"] and "Чай 0" not in {one.label for one in links}
    assert (links[0].heat, links[0].width) == (4, 100) and links[-1].heat >= 1
    assert page(figures(links=()), "ru").links == ()


def test_hours_become_days_where_it_goes_on_for_long() -> None:
    from models.letters import Happening
    from tasks.returns.sums.rows import Hour

    hours = (Hour("2026-11-20T21", Happening.OPENED, 5, 1), Hour("2026-11-24T05", Happening.OPENED, 3, 0))
    table = page(figures(hours=hours), "en").hours
    assert table is not None and [(row.title, row.cells) for row in table.rows] == [
        ("21 Nov", ("4", "0")), ("24 Nov", ("3", "0")),
    ]  # fmt: skip
    only = page(figures(hours=(Hour("2026-11-20T21", Happening.DELIVERED, 5, 0),)), "en")
    assert only.hours is None and only.plots == ()


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        pytest.param(Trial("clicked", None, 400), "через назначенное время", id="the test is not out"),
        pytest.param(Trial("clicked", NOW, 400), "ранний взгляд", id="not yet"),
        pytest.param(Trial("opened", NOW, 400, decided_at=NOW), "ждут получатели: 400", id="a person is asked"),
        pytest.param(Trial("opened", NOW, 0, decided_at=NOW, chosen="A"), "ушёл вариант A", id="let out"),
    ],
)
def test_what_is_said_of_the_choice_among_variants(trial: Trial, words: str) -> None:
    said = page(figures(trial=trial), "ru").trial
    assert said is not None and words in said.text
    assert page(figures(trial=None, variants=figures().variants[:1]), "ru").variants is None


def test_the_winner_is_marked() -> None:
    shown = page(figures(), "ru")
    assert shown.variants is not None and [row.strong for row in shown.variants.rows] == [False, True]
    assert shown.trial is not None and shown.trial.tone == "good"


def test_a_share_of_nothing_is_a_dash() -> None:
    with spoken("en"):
        assert share_of(0, 0) == "—" and share_of(3, 2).startswith("150%")


def test_the_numbers_of_a_workbook_are_numbers() -> None:
    book = load_workbook(BytesIO(workbook(figures(), "en")))
    rows = list(book["Variants"].iter_rows(values_only=True))
    assert rows[1][:3] == ("A", 4950, 4900)
    money = {row[0]: row[1:] for row in book["Money"].iter_rows(values_only=True)}
    assert money["after a click"][:3] == (180, 215_000, 5000) and money["Cost of the letters"][1] == 3465


def test_what_stands_beside_the_run_names_nobody_and_keeps_its_table() -> None:
    odd = figures(MORE, about=replace(ABOUT, title="Ти|тул [x](y)"))
    with spoken("ru"):
        said = markdown([odd, SERVICE], "https://staff.example", "ru")
        table = page(figures(), "ru").tables[0]
        assert all(line.count("|") == len(table.columns) + 2 for line in as_markdown(table))
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {7} and "data:image/svg+xml;base64," in said
    assert "https://staff.example/staff/mailings/7/report" in said and "@" not in said
    assert flat(1, 2).size == 2
    with spoken("en"):
        assert "No mailing is due" in markdown([], "https://staff.example", "en")
