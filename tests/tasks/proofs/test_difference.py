"""What a reader of a post sees changed."""

import pytest

from models.post import Picture, Post
from tasks.proofs.difference import difference

CUP = Picture(sha256="a" * 64, media_type="image/jpeg", size=1, width=4, height=3, alt="Чашка")
TEA = Post(title="Чай", text="Сенча, 430 ₽ за 100 г", pictures=(CUP,))


@pytest.mark.parametrize(
    ("update", "gone", "come"),
    [
        pytest.param({"text": "Сенча, 450 ₽ за 100 г"}, "430", "450", id="a price"),
        pytest.param({"pictures": (CUP.model_copy(update={"alt": "Чайник"}),)}, "Чашка", "Чайник", id="a picture"),
        pytest.param({"link": "https://shop.example/"}, "", "https", id="a link"),
        pytest.param({"ad_label": "Реклама"}, "", "Реклама", id="a label"),
    ],
)
def test_words_that_went_and_came_are_marked(update: dict[str, object], gone: str, come: str) -> None:
    runs = difference(TEA, TEA.model_copy(update=update))
    said = {kind: " ".join(text for one, text in runs if one == kind) for kind in ("del", "ins")}
    assert gone in said["del"] and come in said["ins"]


def test_what_no_reader_sees_is_no_difference() -> None:
    assert difference(TEA, TEA) == () and difference(TEA, TEA.model_copy(update={"slug": "chai"})) == ()
