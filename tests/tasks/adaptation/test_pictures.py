"""Pictures: what is cut away, how small they become, and what is never in them."""

import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from integrations.channels.base import Limits
from tasks.adaptation.crop import BadPicture, make_ready
from tasks.adaptation.pictures import SMALLEST_SIDE, Box, Size, attempts, plan

SIZES = st.builds(Size, st.integers(1, 6000), st.integers(1, 6000))
FOCI = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(SIZES, FOCI, st.floats(0.05, 1), st.floats(1, 20), st.integers(100, 10_000))
def test_the_shape_and_the_sides_are_what_the_channel_takes(
    size: Size, focus: tuple[float, float], lowest: float, highest: float, sides: int
) -> None:
    limits = Limits(picture_ratio=(lowest, highest), picture_sides_sum_max=sides)
    made = plan(size, limits, focus)
    assert 0 <= made.box.left < made.box.right <= size.width
    assert 0 <= made.box.top < made.box.bottom <= size.height
    assert made.size.width + made.size.height <= sides
    assert lowest <= made.size.width / made.size.height <= highest
    assert made.size.width <= made.box.size.width
    assert made.size.height <= made.box.size.height


@given(SIZES, FOCI)
def test_a_crop_has_the_size_that_is_asked_for_or_its_shape(size: Size, focus: tuple[float, float]) -> None:
    made = plan(size, Limits(crop=(1200, 630)), focus)
    if size.width >= 1200 and size.height >= 630:
        assert made.size == Size(1200, 630)
    elif min(size.width, size.height) > 100:
        assert made.size.width / made.size.height == pytest.approx(1200 / 630, rel=0.02)


@pytest.mark.parametrize(
    ("focus", "box"),
    [
        pytest.param((0.5, 0.5), Box(50, 0, 150, 100), id="middle"),
        pytest.param((0.0, 0.5), Box(0, 0, 100, 100), id="left edge"),
        pytest.param((1.0, 0.5), Box(100, 0, 200, 100), id="right edge"),
        pytest.param((0.6, 0.1), Box(70, 0, 170, 100), id="where the eye should rest"),
    ],
)
def test_what_matters_stays_in_the_picture(focus: tuple[float, float], box: Box) -> None:
    assert plan(Size(200, 100), Limits(crop=(50, 50)), focus).box == box


@given(SIZES)
def test_attempts_only_become_smaller_and_end(size: Size) -> None:
    tried = list(attempts(size, Limits()))
    areas = [one.width * one.height for one, _ in tried]
    assert areas == sorted(areas, reverse=True)
    assert all(min(one.width, one.height) >= min(SMALLEST_SIDE - 1, size.width, size.height) for one, _ in tried)


def drawn(kind: str = "JPEG", size: tuple[int, int] = (640, 400), mode: str = "RGB", **options: object) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert(mode)
    held = BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


ANY = Limits(pictures_max=1)


def test_the_same_bytes_give_the_same_picture() -> None:
    one, other = make_ready(drawn(), ANY, alt="чашка"), make_ready(drawn(), ANY, alt="чашка")
    assert one == other
    assert (one.picture.width, one.picture.height, one.picture.size) == (640, 400, len(one.data))
    assert one.picture.alt == "чашка"


def test_a_picture_is_turned_upright_and_says_nothing_of_who_took_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: rotated by 90°
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    made = make_ready(drawn(exif=exif, comment=b"private"), ANY)
    assert (made.picture.width, made.picture.height) == (400, 640)
    assert not opened(made.data).getexif()
    assert b"Camera" not in made.data
    assert b"private" not in made.data


def test_a_picture_is_cut_and_made_small_enough() -> None:
    noise = Image.effect_noise((1600, 1600), 90).convert("RGB")
    held = BytesIO()
    noise.save(held, "PNG")
    made = make_ready(held.getvalue(), Limits(crop=(1200, 600), picture_bytes_max=300_000))
    assert made.picture.size <= 300_000
    assert made.picture.media_type == "image/jpeg"
    assert made.picture.width / made.picture.height == pytest.approx(2, rel=0.02)


def test_what_shows_through_stays_so_or_becomes_white() -> None:
    clear = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(clear, "PNG")
    assert make_ready(clear.getvalue(), ANY).picture.media_type == "image/png"
    made = make_ready(clear.getvalue(), Limits(picture_types=frozenset({"image/jpeg"})))
    assert opened(made.data).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        pytest.param("PNG", "P", id="palette"),
        pytest.param("PNG", "1", id="black and white"),
        pytest.param("PNG", "LA", id="grey with alpha"),
        pytest.param("JPEG", "CMYK", id="for print"),
        pytest.param("JPEG", "L", id="grey"),
        pytest.param("WEBP", "RGB", id="webp"),
    ],
)
def test_any_kind_of_picture_becomes_one_that_every_channel_takes(kind: str, mode: str) -> None:
    made = make_ready(drawn(kind, mode=mode), Limits(picture_types=frozenset({"image/jpeg"})))
    assert opened(made.data).format == "JPEG"


def test_a_colour_profile_is_applied_not_kept() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert "icc_profile" not in opened(make_ready(drawn(icc_profile=profile), ANY).data).info


def test_a_moving_picture_stands_still_and_that_is_said() -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    held = BytesIO()
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:])
    assert [note.reason.code for note in make_ready(held.getvalue(), ANY).notes] == ["animated"]


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than its bytes could hold."""
    data = bytearray(drawn("PNG", (8, 8)))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bomb(9000, 9000), id="more pixels than we take"),
        pytest.param(bomb(60_000, 60_000), id="a bomb"),
        pytest.param(drawn()[:500], id="cut off"),
        pytest.param(b"not a picture", id="no picture"),
        pytest.param(b"", id="nothing"),
        pytest.param(drawn("TIFF"), id="a kind we do not take"),
    ],
)
def test_what_cannot_be_a_picture_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        make_ready(data, ANY)
    assert str(refused.value.reason)


def test_a_picture_that_cannot_be_small_enough_is_refused() -> None:
    with pytest.raises(BadPicture):
        make_ready(drawn(), Limits(picture_bytes_max=100))
