"""A platform's own ruler."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels.base import Counted, Limits
from integrations.channels.measure import length, misfits
from models.post import Picture, Post, Span

FAMILY = "👨‍👩‍👧"
PICTURE = Picture(sha256="a" * 64, media_type="image/jpeg", width=1200, height=800, size=100_000)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param("graphemes", 4, id="graphemes"),
        pytest.param("code_points", 8, id="code points"),
        pytest.param("utf16", 11, id="utf-16"),
        pytest.param("bytes", 24, id="bytes"),
    ],
)
def test_each_platform_counts_in_its_own_unit(counts: Counted, expected: int) -> None:
    assert length(f"чай{FAMILY}", counts) == expected


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_units_only_grow_finer(text: str) -> None:
    finer = [length(text, unit) for unit in ("graphemes", "code_points", "utf16", "bytes")]
    assert finer == sorted(finer)


@pytest.mark.parametrize(
    ("limits", "post"),
    [
        pytest.param(Limits(), Post(text=" "), id="nothing"),
        pytest.param(Limits(), Post(html="<p>чай</p>"), id="html where there is none"),
        pytest.param(Limits(text_max=3), Post(text="чаёк"), id="text"),
        pytest.param(Limits(title_max=3), Post(text="ч", title="чаёк"), id="title"),
        pytest.param(Limits(description_max=3), Post(text="ч", description="чаёк"), id="description"),
        pytest.param(Limits(pictures_min=1), Post(text="ч"), id="no pictures"),
        pytest.param(Limits(pictures_max=0), Post(pictures=(PICTURE,)), id="pictures"),
        pytest.param(Limits(pictures_max=1, picture_bytes_max=99_999), Post(pictures=(PICTURE,)), id="bytes"),
        pytest.param(Limits(pictures_max=1, picture_sides_sum_max=1999), Post(pictures=(PICTURE,)), id="sides"),
        pytest.param(Limits(pictures_max=1, picture_ratio=(0.5, 1.4)), Post(pictures=(PICTURE,)), id="ratio"),
        pytest.param(
            Limits(pictures_max=1, picture_types=frozenset({"image/png"})), Post(pictures=(PICTURE,)), id="type"
        ),
        pytest.param(Limits(links_max=0), Post(text="чай", spans=(Span(start=0, end=3, kind="link"),)), id="links"),
        pytest.param(Limits(tags_max=1), Post(text="чай", tags=("чай", "кофе")), id="tags"),
    ],
)
def test_each_limit_is_kept_and_says_why(limits: Limits, post: Post) -> None:
    (reason,) = misfits(post, limits)
    assert reason.code and str(reason)


def test_a_limit_itself_fits() -> None:
    limits = Limits(
        text_max=4, title_max=4, description_max=4, pictures_max=1, picture_bytes_max=100_000,
        picture_sides_sum_max=2000, picture_ratio=(0.5, 1.5), links_max=1, tags_max=1,
    )  # fmt: skip
    post = Post(text="чаёк", title="чаёк", description="чаёк", pictures=(PICTURE,), tags=("чай",))
    assert misfits(post, limits) == []
