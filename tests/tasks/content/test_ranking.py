from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.company import Campaign, Company, Goal, Group
from models.content import FeedItem, Finding, Offer, PictureSource, PieceSource, Ranked
from models.locale import spoken
from tasks.content.ranking import Aims, from_feed, from_offer, from_piece, rank, weigh

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TEA = Group(key="tea", title="Знатоки чая", words=("улун", "гайвань", "чайный лист"), product_groups=("12",))
COFFEE = Group(key="coffee", title="Кофе дома", words=("зерно", "помол"))
WINTER = Campaign(key="winter", title="Зимнее чаепитие", starts_on=TODAY, ends_on=TODAY + timedelta(days=9))
ORDERS = Goal.model_validate({"key": "o", "title": "Заказы посуды", "metric": "orders", "target": 5,
                              "from": TODAY, "to": TODAY})  # fmt: skip
AIMS = Aims(TODAY, (TEA, COFFEE), (WINTER,), (ORDERS,))


def finding(ref: str = "1", title: str = "Погода", **said: object) -> Finding:
    return Finding.model_validate({"source": "news", "ref": ref, "title": title} | said)


def why(ranked: Ranked) -> str:
    with spoken("ru"):
        return "; ".join(str(reason) for reason in ranked.why)


def test_a_finding_says_why_it_stands_where_it_stands() -> None:
    ranked = weigh(
        finding(title="Улуны зимой", text="Гайвань и посуда для зимних чаепитий", published=NOW, pictures=("a.jpg",),
                licence="CC0"), AIMS,
    )  # fmt: skip
    assert ranked.group == "tea"
    assert ranked.score == 26 + 13 + 3 + 20 + 5 + 5
    assert why(ranked) == (
        "подходит клиентской группе «Знатоки чая» по словам: улун, гайвань; подходит акции «Зимнее чаепитие» по "
        "словам: Зимнее, чаепитие; подходит цели «Заказы посуды» по словам: посуды; опубликовано 21.11.2026; "
        "есть картинка; лицензия: CC0"
    )


def test_a_group_named_by_hand_and_a_products_category_count_whole() -> None:
    by_hand, by_category = weigh(finding(group="coffee"), AIMS), weigh(finding(category_ids=("1", "12")), AIMS)
    assert (by_hand.group, by_category.group) == ("coffee", "tea")
    assert by_hand.score == by_category.score == 40 + 10
    assert "по категории товара" in why(by_category)


def test_news_grow_old_by_half_every_week() -> None:
    scores = [weigh(finding(published=NOW - timedelta(days=days)), AIMS).score for days in (0, 7, 14, 70)]
    assert scores == [20, 10, 5, 0]


def test_what_is_over_falls_to_the_end_and_says_so() -> None:
    over = weigh(finding(group="tea", until=TODAY - timedelta(days=1)), AIMS)
    assert over.score == 50 // 4
    assert why(over).startswith("закончилось 20.11.2026")


def test_an_unknown_licence_is_told() -> None:
    assert "лицензия неизвестна" in why(weigh(finding(), AIMS))


def test_near_copies_stand_under_the_best_of_them_and_products_never_fold() -> None:
    text = "осенний сбор улуна оказался ниже прошлогоднего на восьмую часть"
    told = [finding("1", "Сбор", text=text), finding("2", "Сбор", text=text, pictures=("a.jpg",)), finding("3")]
    offers = [from_offer(Offer(id=id, name="Сертификат", price=1, currency="RUB"), "shop") for id in ("G1", "G2")]
    ranked = rank([*told, *offers], AIMS)
    assert [(one.finding.ref, one.copies) for one in ranked] == [
        ("2", ("news:1",)), ("3", ()), ("G1", ()), ("G2", ()),
    ]  # fmt: skip


def test_only_campaigns_and_goals_of_these_days_count() -> None:
    days = (("past", -20, -1), ("now", -1, 1), ("soon", 30, 40), ("far", 31, 40))
    campaigns = [
        Campaign(key=key, title=key, starts_on=TODAY + timedelta(days=a), ends_on=TODAY + timedelta(days=b))
        for key, a, b in days
    ]
    aims = Aims.of(Company(name="x", zone="UTC", campaigns=tuple(campaigns), groups=(TEA,)), TODAY)
    assert [campaign.key for campaign in aims.campaigns] == ["now", "soon"]
    assert aims.groups == (TEA,)


def test_whatever_was_found_becomes_a_finding_with_its_provenance() -> None:
    item = FeedItem(source="news", guid="g", title="t", text="x", link="https://x.test", licence="CC0", published=NOW)
    piece = PieceSource(file="a.md", title="t", text="x", group="tea", offer_until=TODAY, licence="own",
                        pictures=(PictureSource(file="a.jpg"),))  # fmt: skip
    offer = Offer(id="T1", name="n", price=1, currency="RUB", category=("Чай",), category_ids=("12",), description="d")
    assert from_feed(item).model_dump(exclude_defaults=True) == {
        "source": "news", "ref": "g", "title": "t", "text": "x", "link": "https://x.test", "licence": "CC0",
        "published": NOW,
    }  # fmt: skip
    assert (from_piece(piece, "folder").ref, from_piece(piece, "folder").until) == ("a.md", TODAY)
    assert from_piece(piece, "folder").pictures == ("a.jpg",)
    assert from_offer(offer, "shop", "own").text == "Чай d"


@given(
    st.permutations(
        [finding(str(n), f"Заметка {word}", text=word * n) for n, word in enumerate(["улун", "кофе", "", "лист"])]
    )
)
def test_the_order_does_not_depend_on_the_order_things_were_found_in(findings: list[Finding]) -> None:
    ranked = rank(findings, AIMS)
    assert ranked == rank(sorted(findings, key=lambda one: one.ref), AIMS)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert all(0 <= one.score <= 100 for one in ranked)
