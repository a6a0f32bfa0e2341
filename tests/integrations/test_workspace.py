import shutil
from datetime import date
from pathlib import Path

import pytest

from integrations.workspace import read_workspace
from models.company import Workspace
from models.content import Effect, Problem
from models.locale import spoken

START = date(2026, 11, 21)
PROVIDERS = ("site", "folder", "telegram", "vk")
SAMPLE = Path(__file__).parents[2] / "deployments" / "sample"

COMPANY = """\
name: Семь чашек
zone: Europe/Moscow
people:
  - {key: olga, name: Ольга, email: olga@example.org, roles: [author], deputy: ilya}
  - key: ilya
    name: Илья
    email: ilya@example.org
    roles: [approver]
absences:
  - {person: olga, from: "+6", to: "+9"}
goals:
  - {key: reach, title: Охват, metric: reach, target: 100, from: "-1", to: "+30"}
campaigns:
  - {key: winter, title: Зима, starts_on: "-3", ends_on: "+45", budget: 60000, goal: reach}
approval: {default: person, channels: {site: policy}, approver: ilya}
quiet_hours: "22:00-08:00"
"""
CHANNELS = """\
channels:
  - key: site
    provider: site
    title: Сайт
    slots: [пн-пт 09:00]
  - key: tg
    provider: telegram
    title: Телеграм
    lateness: {after: 2 ч, then: ask}
"""
FEEDS = "sources:\n  - {key: shop, title: Товары, path: products.xml, kind: products}\n"
BRAND = 'palette: {accent: "#A84A24"}\nlogo: logo.png\n'
FILES = {"company.yaml": COMPANY, "channels.yaml": CHANNELS, "feeds.yaml": FEEDS, "brand/brand.yaml": BRAND,
         "products.xml": "<x/>", "brand/logo.png": "png"}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def read(root: Path, **changes: str) -> tuple[Workspace, list[Problem]]:
    """Read the workspace after `old` became `new` in the files named like company_yaml."""
    for name, text in changes.items():
        (root / f"{name}.yaml").write_text(text)
    return read_workspace(root, START, PROVIDERS)


def test_a_sound_workspace_is_read_whole(root: Path) -> None:
    workspace, problems = read(root)
    assert problems == []
    assert workspace.company.name == "Семь чашек"
    assert workspace.company.absences[0].starts_on == date(2026, 11, 27)
    assert [channel.key for channel in workspace.channels] == ["site", "tg"]
    assert workspace.brand.palette == {"accent": "#a84a24"}
    known = workspace.known(pictures=frozenset({"a.jpg"}))
    assert (known.channels, known.people) == ({"site": "Сайт", "tg": "Телеграм"}, {"olga": "Ольга", "ilya": "Илья"})
    assert (known.pictures, known.pieces) == (frozenset({"a.jpg"}), None)


MAILERS = """\
mailers:
  - {key: post, provider: mailbox, title: Почта, sender: news@example.org, hours: ["ежедневно 09:00-21:00"]}
  - {key: sms, provider: unisender_sms, title: Смс, price: "4,50"}
"""


def test_mailers_are_read_where_there_is_a_file_of_them(root: Path) -> None:
    assert read(root)[0].mailers == ()
    workspace, problems = read(root, mailers=MAILERS)
    assert problems == []
    assert [(card.key, card.price) for card in workspace.mailers] == [("post", ""), ("sms", "4.50")]


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("mailbox", "pigeon", "mailers.post.provider", "mailbox, unisender_sms"),
        ("key: sms", "key: post", "mailers.post", "line 2"),
        ("key: sms", "key: site", "mailers.site", "channels.yaml"),
        ("key: sms", "key: my_sms", "mailers.my_sms.key", "hyphens"),
        ("4,50", "dear", "mailers.sms.price", "0.35"),
        ("title: Смс", "title: Смс, domains: {mail.ru: 0}", "mailers.sms.domains.mail.ru", "“0”"),
        ("09:00-21:00", "all day", "mailers.post.hours.1", "mon-fri"),
        ("title: Смс", "title: Смс, colour: red", "mailers.sms.colour", "Possible are"),
        ("title: Смс", "title: Смс, settings: {api_key: x}", "mailers.sms", "Prefect block"),
        ("news@example.org", "news", "mailers.post.sender", "name@example.org"),
    ],
)
def test_a_slip_in_a_mailer_is_named_and_leaves_out_that_mailer_alone(
    root: Path, old: str, new: str, field: str, said: str
) -> None:
    (root / "mailers.yaml").write_text(MAILERS.replace(old, new))
    with spoken("en"):
        workspace, problems = read_workspace(root, START, PROVIDERS, mailers=("mailbox", "unisender_sms"))
        assert [(problem.place.file, problem.place.field) for problem in problems] == [("mailers.yaml", field)]
        assert said in str(problems[0]) and problems[0].effect is Effect.LEFT_OUT and problems[0].place.line
    assert len(workspace.mailers) == 1


def test_controls_of_mailings_are_people_of_the_company(root: Path) -> None:
    _, problems = read(root, company=COMPANY + "mailings: {controls: [olga, nobody]}\n")
    assert [problem.place.field for problem in problems] == ["mailings.controls.2"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_sample_company_is_read_without_a_word(language: str) -> None:
    workspace, problems = read_workspace(SAMPLE / language, START, PROVIDERS)
    assert [str(problem) for problem in problems] == []
    assert workspace.company.locale == language


@pytest.mark.parametrize(
    ("sound", "now", "names"),
    [
        pytest.param("    email: ilya@example.org\n", "", ["Илья"], id="who decides"),
        pytest.param("    email: ilya@example.org\n", "    telegram: '42'\n", [], id="by telegram"),
        pytest.param(", email: olga@example.org", "", [], id="who decides nothing"),
        pytest.param("roles: [approver]", "roles: [approver]\n  - {key: vera, name: Вера, roles: [head]}", ["Вера"],
                     id="the head"),
        pytest.param("roles: [approver]", "roles: [approver]\n    deputy: vera\n  - {key: vera, name: Вера}", ["Вера"],
                     id="a deputy"),
        pytest.param('to: "+9"}', 'to: "+9"}\n  - {person: ilya, from: "+6", to: "+9", deputy: vera}', ["Вера"],
                     id="a deputy of these days"),
    ],
)  # fmt: skip
def test_whoever_decides_can_be_told(root: Path, sound: str, now: str, names: list[str]) -> None:
    company = COMPANY.replace(sound, now)
    if "deputy: vera}" in company:
        company = company.replace("absences:", "  - {key: vera, name: Вера}\nabsences:")
    workspace, problems = read(root, company=company)
    assert [(p.reason.code, p.effect, p.reason.words["name"]) for p in problems] == [
        ("out_of_reach", Effect.NOTE, name) for name in names
    ]
    assert len(workspace.company.people) == 2 + ("Вера" in company), "nobody is left out"


def test_two_outlets_with_one_folder_of_files_are_told_and_stay(root: Path) -> None:
    two = "  - {{key: {0}, name: {0}, exchange: {{folder: {1}}}}}\n"
    outlets = "outlets:\n" + two.format("a", "exchange/a") + two.format("b", "./exchange/a/") + two.format("c", "c")
    workspace, problems = read(root, company=COMPANY + outlets)
    assert [(p.reason.code, p.effect, p.place.field) for p in problems] == [
        ("same_folder", Effect.NOTE, "outlets.b.exchange.folder")
    ]
    assert len(workspace.company.outlets) == 3


BROKEN = [
    pytest.param("company", "zone: Europe/Moscow", "zone: Москва", (2, "zone"), "Europe/Moscow", id="a zone"),
    pytest.param("company", "zone: Europe/Moscow", "zon: Europe/Moscow", (2, "zon"), "zone", id="a field"),
    pytest.param("company", "deputy: ilya", "deputy: ilia", (4, "people.olga.deputy"), "ilya", id="a deputy"),
    pytest.param("company", "roles: [approver]", "roles: [aprover]", (8, "people.ilya.roles.1"), "approver",
                 id="a role"),
    pytest.param("company", "person: olga", "person: helga", (10, "absences.1.person"), "olga", id="a person"),
    pytest.param("company", 'to: "+9"', 'to: "+3"', (10, "absences.1"), "Поменяйте", id="a period"),
    pytest.param("company", "target: 100", "target: много", (12, "goals.reach.target"), "50000", id="a number"),
    pytest.param("company", "goal: reach", "goal: reech", (14, "campaigns.winter.goal"), "reach", id="a goal"),
    pytest.param("company", "site: policy", "sity: policy", (15, "approval.channels.sity"), "site",
                 id="a channel in a policy"),
    pytest.param("company", "site: policy", "site: police", (15, "approval.channels.site"), "policy",
                 id="a policy"),
    pytest.param("company", "approver: ilya", "approver: iliya", (15, "approval.approver"), "ilya",
                 id="an approver"),
    pytest.param("company", "approver: ilya", "urgent: [olga, helga]", (15, "approval.urgent.2"), "olga",
                 id="who may hurry"),
    pytest.param("company", "quiet_hours:", "tables: {customers: [../base.csv]}\nquiet_hours:",
                 (16, "tables.customers.1"), "customers.csv", id="a table outside"),
    pytest.param("company", "quiet_hours:", "tables: {purchases: [sold/*.txt]}\nquiet_hours:",
                 (16, "tables.purchases.1"), ".xlsx", id="no table"),
    pytest.param("company", "quiet_hours:", "tables: {customers: base.csv}\nquiet_hours:",
                 (16, "tables.customers"), "[", id="a table that stands alone"),
    pytest.param("company", '"22:00-08:00"', "ночью", (16, "quiet_hours"), "22:00-08:00", id="quiet hours"),
    pytest.param("company", "key: ilya", "key: olga", (5, "people.olga"), "строке 4", id="a key twice"),
    pytest.param("channels", "пн-пт 09:00", "пн-пт утром", (5, "channels.site.slots.1"), "пн-пт 09:00",
                 id="a slot"),
    pytest.param("channels", "after: 2 ч", "after: долго", (9, "channels.tg.lateness.after"), "2 ч",
                 id="a length of time"),
    pytest.param("channels", "provider: telegram", "provider: telegramm", (7, "channels.tg.provider"),
                 "telegram", id="a provider"),
    pytest.param("channels", "title: Сайт", "title: Сайт\n    settings: {token: abc}", (2, "channels.site"),
                 "секрет", id="a secret"),
    pytest.param("channels", "key: tg", "key: t_g", (6, "channels.t_g.key"), "дефис", id="a key"),
    pytest.param("feeds", "path: products.xml", "path: product.xml", (2, "sources.shop.path"), "product.xml",
                 id="a file that is not there"),
    pytest.param("feeds", "path: products.xml", "path: ../../etc/passwd", (2, "sources.shop.path"), "папке",
                 id="a file outside"),
    pytest.param("feeds", "kind: products", "kind: product", (2, "sources.shop.kind"), "products", id="a kind"),
    pytest.param("brand/brand", "#A84A24", "терракота", (1, "palette.accent"), "#a84a24", id="a colour"),
    pytest.param("brand/brand", "logo.png", "logo.svg", (2, "logo"), "logo.svg", id="a logo"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "sound", "broken", "place", "mend"), BROKEN)
def test_what_is_wrong_names_file_line_field_and_mend(
    root: Path, file: str, sound: str, broken: str, place: tuple[int, str], mend: str
) -> None:
    text = FILES[f"{file}.yaml"]
    assert sound in text
    with spoken("ru"):
        _, problems = read(root, **{file: text.replace(sound, broken, 1)})
        said = [str(problem) for problem in problems]
    mine = [text for text in said if text.startswith(f"{file}.yaml, строка {place[0]}, поле «{place[1]}»: ")]
    assert len(mine) == 1, said
    assert mend in mine[0]


def test_a_broken_item_is_left_out_and_the_rest_goes_on(root: Path) -> None:
    workspace, problems = read(root, channels=CHANNELS.replace("пн-пт 09:00", "утром"))
    assert [channel.key for channel in workspace.channels] == ["tg"]
    assert [problem.effect for problem in problems] == [Effect.LEFT_OUT]


def test_a_reference_to_nothing_is_cleared_where_it_may_be_empty(root: Path) -> None:
    workspace, (problem,) = read(root, company=COMPANY.replace("deputy: ilya", "deputy: nobody"))
    assert [(person.key, person.deputy) for person in workspace.company.people] == [("olga", ""), ("ilya", "")]
    assert problem.effect is Effect.LEFT_OUT


def test_an_item_that_needs_its_reference_is_left_out(root: Path) -> None:
    workspace, _ = read(root, company=COMPANY.replace("person: olga", "person: nobody"))
    assert workspace.company.absences == ()


def test_what_was_left_out_is_still_known_to_the_others(root: Path) -> None:
    _, problems = read(root, company=COMPANY.replace("email: ilya@example.org", "email: ilya"))
    assert [problem.place.field for problem in problems] == ["people.ilya.email"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("company", COMPANY.replace("zone: Europe/Moscow\n", ""), id="a company without a zone"),
        pytest.param("company", COMPANY.replace('"22:00-08:00"', "ночью"), id="quiet hours nobody understands"),
        pytest.param("company", COMPANY.replace("approver: ilya", "approver: x"), id="an approver who is not there"),
        pytest.param("company", "name: [", id="a company that cannot be read"),
        pytest.param("channels", "chanels: []", id="channels under another name"),
    ],
)
def test_what_concerns_the_whole_stops(root: Path, file: str, text: str) -> None:
    workspace, problems = read(root, **{file: text})
    assert Effect.STOPS in {problem.effect for problem in problems}
    assert workspace.company.zone in ("UTC", "Europe/Moscow")


def test_a_missing_file_that_is_needed_stops_and_another_is_a_note(root: Path) -> None:
    shutil.rmtree(root / "brand")
    (root / "feeds.yaml").unlink()
    (root / "channels.yaml").unlink()
    _, problems = read(root, company=COMPANY.replace("channels: {site: policy}, ", ""))
    assert {problem.place.file: problem.effect for problem in problems} == {
        "channels.yaml": Effect.STOPS, "feeds.yaml": Effect.NOTE, "brand/brand.yaml": Effect.NOTE,
    }  # fmt: skip


def test_a_file_in_another_encoding_is_told(root: Path) -> None:
    (root / "company.yaml").write_bytes(COMPANY.encode("cp1251"))
    _, problems = read(root)
    assert [problem.reason.code for problem in problems] == ["not_utf8"]


def test_a_folder_that_is_not_there_is_two_sentences_that_stop(tmp_path: Path) -> None:
    workspace, problems = read_workspace(tmp_path / "nowhere", START)
    assert workspace.company.name == "nowhere"
    assert [problem.effect for problem in problems].count(Effect.STOPS) == 2
