"""The pages about groups and mailings say what is so: rules are read, files taken in, tables are the code's."""

import re
from collections.abc import Iterator

import pytest
import yaml
from pydantic import BaseModel, SecretStr

from integrations.mailboxes.imap import ImapSettings
from integrations.mailers import discovered
from integrations.mailers.base import Mailer
from integrations.mailers.smtp import SmtpSettings
from integrations.web.composing.fields import KINDS
from models.company import Addresses, BrandKit, MailingPolicy
from models.group_rules import CONDITIONS_MOST, DEPTH_MOST
from models.locale import LANGUAGES, spoken, translate
from models.mailers import Mailers
from models.trial import USUAL_HOURS
from tasks.composing.checks.size import CLIPPED
from tasks.composing.expressions import EXAMPLES
from tasks.composing.look import READABLE
from tasks.groups.lexing import TEXT_MOST
from tasks.groups.parsing import BEGINNINGS, parsed
from tasks.groups.ready import READY
from tasks.mailing.lists.rows import COUNTED_FROM
from tasks.mailing.pace import GIVE_UP_AFTER, WARM_DAYS
from tasks.mailing.writing.fields import OWN
from tasks.reactions_to_mailings.engine import DAYS
from tasks.returns.policy import SOFT_TIMES
from tasks.returns.sums.attribution import Window
from tasks.returns.sums.funnel import TITLES, Funnel, shares
from tasks.returns.sums.resampling import BUYERS_LEAST, TIMES
from tasks.returns.sums.trials import SUCCESSES_LEAST
from tests.laws.source import ROOT

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
YES = {"yes", "да"}
# What is a share of what, in the words of the page.
OF = {
    "en": {"of those listed": "those listed", "of those sent": "sent", "of those delivered": "delivered"},
    "ru": {"of those listed": "списка", "of those sent": "отправленных", "of those delivered": "доставленных"},
}
ROWS = (
    "sent", "delivered", "bounced_hard", "bounced_soft", "rejected", "opened", "clicked",
    "replied unsubscribed complained", "bought",
)  # fmt: skip


def page(language: str, name: str) -> str:
    return (ROOT / "docs" / language / f"{name}.md").read_text(encoding="utf-8")


def blocks(text: str, kind: str) -> list[str]:
    found = re.findall(rf"^( *)```{kind}\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", said, flags=re.MULTILINE) for indent, said in found]


def tables(text: str) -> Iterator[list[list[str]]]:
    """Each table's rows below its heading."""
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        yield [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@EVERY_LANGUAGE
def test_the_rules_shown_can_be_read(language: str) -> None:
    [shown] = blocks(page(language, "groups"), "rules")
    rules = [parsed(line) for line in shown.splitlines()]
    assert len(rules) >= 8


@EVERY_LANGUAGE
def test_every_word_a_condition_begins_with_is_in_the_table(language: str) -> None:
    said = page(language, "groups")
    grammar = list(tables(said))[1]
    assert {word.split()[0] for row in grammar for word in words(row[0])} == set(BEGINNINGS) - {"not"}
    assert all(str(bound) in said for bound in (CONDITIONS_MOST, DEPTH_MOST, TEXT_MOST))


@EVERY_LANGUAGE
def test_every_ready_group_is_there_with_its_numbers(language: str) -> None:
    ready, _ = tables(page(language, "groups"))
    said = "\n".join(" ".join(row) for row in ready).casefold()
    with spoken(language):
        for group in READY:
            assert translate(group.title).split()[0].casefold() in said, group.key
            assert all(str(number) in said for number in group.numbers.values()), group.key


@EVERY_LANGUAGE
def test_the_files_shown_are_taken_in(language: str) -> None:
    company, mailers, brand = (
        yaml.safe_load(blocks(page(language, name), "yaml")[0]) for name in ("mailings", "mailers", "letters")
    )
    assert MailingPolicy.model_validate(company["mailings"]).cap_number
    assert Addresses.model_validate(company["addresses"]).public_url
    [card] = Mailers.model_validate(mailers).mailers
    assert card.provider in discovered() and card.warm_up
    assert SmtpSettings.model_validate(card.settings)
    assert ImapSettings.model_validate({**card.bounces, "password": "secret"})
    assert BrandKit.model_validate(brand).logo


@EVERY_LANGUAGE
def test_every_provider_stands_there_as_it_is(language: str) -> None:
    providers, _ = tables(page(language, "mailers"))
    assert [words(row[0])[0] for row in providers if words(row[0])[0] not in discovered()] == []
    rows = {words(row[0])[0]: row for row in providers}
    assert rows.keys() == discovered().keys()
    for name, provider in discovered().items():
        _demand_row(rows[name], provider)


def _demand_row(row: list[str], provider: type[Mailer]) -> None:
    fields, able = provider.Settings.model_fields, provider.capabilities
    needed = {name for name, field in fields.items() if field.is_required()}
    assert set(words(row[1])) == needed, provider.name
    if provider.Settings is not SmtpSettings:
        assert set(words(row[2])) == fields.keys() - needed - {"api_url"}, provider.name
    starred = set(re.findall(r"`(\w+)`\*", " ".join(row)))
    secret = {name for name, field in fields.items() if field.annotation is SecretStr}
    assert starred == (set() if provider.Settings is SmtpSettings else secret), provider.name
    assert (row[3] in YES, row[4] in YES) == (able.tells, able.pulls), provider.name
    assert (row[5].split()[0] in {"looked", "находим", "видно"}) == able.finds, provider.name
    assert (row[6] in YES) == provider.limits.headers_allowed, provider.name


@EVERY_LANGUAGE
@pytest.mark.parametrize("settings", [SmtpSettings, ImapSettings])
def test_every_setting_of_a_server_is_named(language: str, settings: type[BaseModel]) -> None:
    said = page(language, "mailers")
    assert [name for name in settings.model_fields if f"`{name}`" not in said and f"{name}:" not in said] in (
        [], ["password"],
    )  # fmt: skip


@EVERY_LANGUAGE
def test_every_block_field_and_filter_of_a_letter_is_there(language: str) -> None:
    said = page(language, "letters")
    named = next(tables(said))
    with spoken(language):
        titles = {translate(kind.title) for kind in KINDS.values()}
    assert {title for row in named for title in row[0].split(", ")} == titles
    shown = {word.split("(")[0] for word in words(said)}
    assert shown >= set(EXAMPLES) | OWN
    assert str(READABLE).replace(".", "." if language == "en" else ",") in said


@EVERY_LANGUAGE
def test_every_figure_of_a_report_says_what_it_is_of(language: str) -> None:
    figures = next(tables(page(language, "mailing-reports")))
    of = dict(zip(TITLES, (share.of_what for share in shares(Funnel())), strict=True))
    told = [{OF[language][of[name]] for name in names.split()} for names in ROWS]
    assert [{row[2]} for row in figures[: len(ROWS)]] == told


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("mailings", (CLIPPED // 1000, GIVE_UP_AFTER, USUAL_HOURS["clicked"])),
        ("mailers", (WARM_DAYS, COUNTED_FROM)),
        ("mailing-reports", (DAYS, BUYERS_LEAST, SUCCESSES_LEAST, COUNTED_FROM, USUAL_HOURS["clicked"],
                             Window().touch.days, Window().returned.days)),
    ],
)  # fmt: skip
def test_the_numbers_of_a_page_are_the_codes(language: str, name: str, numbers: tuple[int, ...]) -> None:
    said = page(language, name)
    assert [number for number in numbers if not re.search(rf"(?<!\d){number}(?!\d)", said)] == []


@EVERY_LANGUAGE
def test_pages_lead_to_pages_that_are_there(language: str) -> None:
    folder = ROOT / "docs" / language
    for file in folder.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", file.read_text(encoding="utf-8")):
            if "://" not in link and not link.startswith("../pictures"):
                assert (folder / link).exists(), f"{file.name}: {link}"


def test_days_and_draws_are_said_as_they_are() -> None:
    assert (SOFT_TIMES, TIMES) == (3, 2000), "the pages say three days and 2,000 draws"
