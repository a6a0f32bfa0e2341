import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.content import Problem
from models.locale import spoken
from models.post import Picture
from tasks.content.pictures import NoPicture, measure, read_picture


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    kept = io.BytesIO()
    Image.new(mode, size, 100).save(kept, kind, **options)
    return kept.getvalue()


def png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def refusal(data: bytes, **limits: int) -> Problem:
    found = read_picture(data, "cup.png", **limits)  # type: ignore[arg-type]
    assert isinstance(found, Problem)
    return found


SIZES = st.tuples(st.integers(2, 300), st.integers(2, 300))


@given(
    SIZES, st.sampled_from([("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")])
)
def test_a_picture_is_as_large_as_its_header_says(size: tuple[int, int], kind: tuple[str, str]) -> None:
    data = picture(kind[0], size, "L" if kind[0] == "GIF" else "RGB")
    found = read_picture(data, "x", alt="чашка")
    assert isinstance(found, Picture)
    assert (found.media_type, found.width, found.height, found.size) == (kind[1], *size, len(data))
    assert found.alt == "чашка"


@pytest.mark.parametrize(
    ("kind", "options"),
    [("WEBP", {"lossless": True}), ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}), ("JPEG", {"progressive": True}),
     ("JPEG", {"comment": b"x" * 60_000}), ("PNG", {"optimize": True})],
)  # fmt: skip
def test_every_kind_of_header_is_understood(kind: str, options: dict[str, object]) -> None:
    assert measure(picture(kind, (64, 48), **options))[1:] == (64, 48)


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_a_picture_laid_on_its_side_is_measured_as_it_is_seen(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = read_picture(picture("JPEG", exif=exif), "x")
    assert isinstance(found, Picture)
    assert (found.width, found.height) == size


def test_a_picture_of_30_000_by_30_000_is_refused_by_its_header() -> None:
    with spoken("ru"):
        said = str(refusal(png_header(30_000, 30_000)))
    assert said == "cup.png: Картинка 30000 × 30000 точек, больше 50 млн. Уменьшите её."


def test_the_limit_of_pixels_is_a_setting() -> None:
    data = picture("PNG", (1001, 1000))
    assert refusal(data, megapixels=1).reason.code == "too_many_pixels"
    assert isinstance(read_picture(data, "x", megapixels=2), Picture)


def test_a_canvas_that_hides_in_webp_is_seen_before_it_is_made() -> None:
    head = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + (16_382).to_bytes(3, "little") * 2
    assert refusal(head + b"\0" * 30).reason.code == "too_many_pixels"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param("это текст".encode(), "no_picture", id="a text"),
        pytest.param(b"<!doctype html><html>", "no_picture", id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "other_type", id="svg"),
        pytest.param(b"\0\0\0\x18ftypheic" + b"\0" * 30, "other_type", id="heic"),
        pytest.param(picture("BMP"), "other_type", id="bmp"),
        pytest.param(picture("PNG")[:-40], "damaged", id="cut short"),
        pytest.param(picture("JPEG", (300, 300))[:-200], "damaged", id="a photo cut short"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"x" * 50, "damaged", id="only a beginning"),
        pytest.param(b"\xff\xd8\xff\xe0", "damaged", id="only a marker"),
        pytest.param(png_header(100, 100), "damaged", id="fewer points than said"),
        pytest.param(picture("PNG", (1, 1)), "damaged", id="a point"),
        pytest.param(b"GIF89a\x0a\x00\x0a\x00", "damaged", id="only a size"),
    ],
)  # fmt: skip
def test_what_is_no_picture_says_how_to_make_one(data: bytes, code: str) -> None:
    assert refusal(data).reason.code == code


def test_a_heavy_file_is_refused_before_it_is_looked_at() -> None:
    assert refusal(picture(), size=50).reason.code == "too_heavy"


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBPVP8 "]),
)
def test_no_bytes_are_more_than_a_picture_or_a_sentence(data: bytes, head: bytes) -> None:
    found = read_picture(head + data, "x")
    assert isinstance(found, Picture) or str(found)


@given(st.binary(max_size=100))
def test_a_header_is_measured_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        assert min(measure(b"\xff\xd8\xff" + data)[1:]) > 0
    except NoPicture as error:
        assert error.reason
