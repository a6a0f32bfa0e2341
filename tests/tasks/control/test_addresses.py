import pytest

from integrations.errors import Failure, Refused, Unavailable
from models.post import Post, Span
from models.reason import because
from tasks.control.addresses import addresses, is_dead, said, to_open

PUBLIC = "https://cups.example"


def test_addresses_are_those_a_reader_can_follow_each_once() -> None:
    post = Post(
        text="Tea: https://shop.example/tea, www.shop.example/x and https://shop.example/tea again",
        spans=(Span(start=0, end=3, kind="link", url="https://shop.example/under"), Span(start=0, end=3, kind="bold")),
        link="https://shop.example/own",
    )
    assert addresses(post) == [
        "https://shop.example/tea", "https://shop.example/under", "https://shop.example/own",
    ]  # fmt: skip


def test_a_short_link_is_opened_where_it_leads_and_nothing_of_our_own_is() -> None:
    post = Post(text=f"{PUBLIC}/l/abc {PUBLIC}/l/own {PUBLIC}/p/page {PUBLIC}/l/lost https://other.example/a")
    targets = {"abc": "https://shop.example/tea?utm_source=vk", "own": f"{PUBLIC}/p/page"}
    assert to_open(post, targets, f"{PUBLIC}/") == {
        f"{PUBLIC}/l/abc": "https://shop.example/tea?utm_source=vk",
        "https://other.example/a": "https://other.example/a",
    }


@pytest.mark.parametrize(
    ("failure", "dead"),
    [
        pytest.param(Refused(because("gone {status}", code="status_404", status=404)), True, id="not_found"),
        pytest.param(Refused(because("closed", code="status_403")), False, id="closed_to_us_only"),
        pytest.param(Refused(because("large", code="too_large")), False, id="too_large_but_there"),
        pytest.param(Unavailable(because("no host", code="no_host")), False, id="away_for_the_moment"),
    ],
)
def test_only_what_nobody_can_open_is_dead(failure: Failure, dead: bool) -> None:
    assert is_dead(failure) is dead


def test_an_answer_is_said_by_its_number_where_it_has_one() -> None:
    assert said(Refused(because("gone {status}", code="status_404", status=404))) == "404"
    assert said(Refused(because("It leads on for ever."))) == "It leads on for ever."
