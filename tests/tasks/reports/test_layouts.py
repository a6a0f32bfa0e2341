"""The report as a page, on paper and as a workbook: whole, self-contained, and safe whatever people write."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import openpyxl
import pypdf
import pytest
from lxml import html as lxml_html

from models.locale import LANGUAGES
from tasks.reports import html, pdf, sheet
from tasks.reports.compute import report
from tasks.reports.page import said
from tasks.reports.values import Card, Day, Facts
from tests.tasks.reports.sample import MADE, period, plan, sample

HOSTILE = '<script>alert("x")</script> #panic() $x$ =cmd()'
KINDS = ["week", "month"]


def text_of(pdf_bytes):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf_bytes)).pages]
    return pages, " ".join(" ".join(pages).split())


def words_of(page):
    tree = lxml_html.fromstring(page)
    for style in tree.xpath("//style"):
        style.drop_tree()
    return " ".join(tree.text_content().split()).replace("\u00a0", " ")


def hostile():
    made = sample()
    line = replace(made.best[0], title=HOSTILE, link="https://example.com/?a=1&b=2")
    return replace(made, company=HOSTILE, conclusion=HOSTILE, best=(line,), pieces={"0": Card(title=HOSTILE)})


def empty():
    return report(plan("ru"), Facts(), period("month"), MADE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_loads_nothing_from_anywhere(kind, language):
    page = html.page(sample(kind, language), language)
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //@onclick")
    assert not re.findall(r"url\(|@import|https?://(?!www\.w3\.org/)", page)
    assert tree.get("lang") == language and tree.xpath("//meta[@name='viewport']")


def test_a_page_says_what_the_report_says():
    words = words_of(html.page(sample(), "ru"))
    for expected in ("Неделя 47", "Вывод руководителя", "Адвент работает лучше", "Деньги по фондам", "Учебные данные"):
        assert expected in words
    assert 'class="number absent" title="нет данных"' in html.page(sample(), "ru")


def test_the_days_without_data_are_said_as_stretches_and_days_to_come_are_not_among_them():
    made = replace(sample("month"), today=date(2026, 11, 12), days=tuple(
        Day(day.on, day.values if day.on.day in (3, 4, 8) else {}) for day in sample("month").days
    ))  # fmt: skip
    assert said(made, "ru").plot_note == "Нет данных за 1–2 ноября, 5–7 ноября, 9–12 ноября."


def test_a_reason_does_not_run_over_the_edge_of_a_phone():
    phone = html.page(sample(), "ru").partition("@media (max-width: 720px)")[2]
    assert ".stuck td { display: block; text-align: left; white-space: normal; }" in phone


def test_what_was_not_spent_in_the_period_is_not_mentioned():
    notes = {bar.title: bar.note for bar in said(sample(), "ru").funds}
    assert notes["Фонд руководителя"] == "" and notes["Связь"].startswith("за неделю")


def test_a_page_has_its_plot_twice_for_desk_and_phone():
    tree = lxml_html.fromstring(html.page(sample(), "ru"))
    assert [plot.xpath("count(.//*[name()='svg'])") for plot in tree.xpath("//div[contains(@class,'plot')]")] == [1, 1]


def test_what_people_write_stays_text_on_the_page():
    page = html.page(hostile(), "ru")
    assert "<script>" not in page and HOSTILE in words_of(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_director_gets_one_page(kind, language):
    pages, words = text_of(pdf.one_page(sample(kind, language), language))
    assert len(pages) == 1
    assert ("Отчёт директору" if language == "ru" else "A report for the director") in words


def test_the_director_gets_one_page_of_a_busy_month():
    made = sample("month")
    busy = replace(
        made,
        goals=made.goals * 4,
        funds=made.funds * 3,
        campaigns=made.campaigns * 4,
        conclusion="Длинный вывод руководителя о том, что было и что будет. " * 25,
    )
    assert len(text_of(pdf.one_page(busy, "ru"))[0]) == 1


def test_the_whole_report_takes_a_few_pages():
    pages, words = text_of(pdf.full(sample(), "ru"))
    assert 2 <= len(pages) <= 5
    assert "По клиентским группам" in words and "нет данных" in words and "₽" in words


def test_what_people_write_stays_text_on_paper():
    assert '<script>alert("x")</script> #panic() $x$' in text_of(pdf.full(hostile(), "ru"))[1]


@pytest.mark.parametrize("layout", [pdf.full, pdf.one_page])
def test_the_same_report_is_the_same_paper(layout):
    assert layout(sample(), "ru") == layout(sample(), "ru")


@pytest.mark.parametrize("layout", [html.page, pdf.full, pdf.one_page, sheet.workbook])
def test_a_report_of_nothing_is_still_a_report(layout):
    assert layout(empty(), "ru")


def sheets(made, language="ru"):
    return {page.title: page for page in openpyxl.load_workbook(io.BytesIO(sheet.workbook(made, language)))}


def test_every_cut_has_its_sheet_with_a_frozen_heading_and_a_filter():
    found = sheets(sample())
    assert {
        "Сводка",
        "Цели",
        "Деньги",
        "По целям",
        "По акциям",
        "По клиентским группам",
        "По каналам",
        "По авторам",
    } < set(found)
    assert all(page.freeze_panes == "B2" and page.auto_filter.ref for page in found.values())


def test_numbers_are_numbers_and_what_is_not_known_is_no_nought():
    page = sheets(sample())["По каналам"]
    columns = [cell.value for cell in page[1]]
    rows = {row[0]: dict(zip(columns, row, strict=True)) for row in page.iter_rows(min_row=2, values_only=True)}
    assert rows["Телеграм-канал"]["Просмотры"] == "нет данных"
    assert isinstance(rows["Свой сайт"]["Просмотры"], int) and isinstance(rows["Всего"]["Вовремя"], float)
    assert rows["Группа ВКонтакте"]["Потрачено"] == 4_400


def test_no_cell_is_a_formula():
    cells = [cell for page in sheets(hostile()).values() for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_importing_the_report_costs_no_heavy_library():
    modules = "tasks.reports.compute, tasks.reports.html, tasks.reports.pdf, tasks.reports.sheet, tasks.reports.rows"
    heavy = "{'altair', 'vl_convert', 'typst', 'polars', 'xlsxwriter'}"
    code = f"import sys, tasks.registry.export, {modules}; print({heavy} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
