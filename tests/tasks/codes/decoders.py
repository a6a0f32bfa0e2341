"""Pictures read back as tills and phones read them: by ZXing (from PyPI), and by ZBar where the distribution has it."""

import io
import shutil
import subprocess

import pytest
import zxingcpp
from PIL import Image

WITHOUT_ZBAR = "zbarimg of the distribution (zbar-tools) is not installed"
WITHOUT_POPPLER = "pdftoppm of the distribution (poppler-utils) is not installed"


def by_zxing(png: bytes) -> list[tuple[str, str]]:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return [(_format(str(one.format)), one.text) for one in found]


def by_zbar(png: bytes) -> list[tuple[str, str]]:
    command = ["zbarimg", "--quiet", "--nodbus", "-"]
    run = subprocess.run(command, input=png, capture_output=True, check=False)
    assert run.returncode in (0, 4), run.stderr  # 4: there is no symbol in it
    lines = run.stdout.decode().splitlines()
    return [(_format(kind), text) for kind, _, text in (line.partition(":") for line in lines)]


def _format(name: str) -> str:
    plain = name.lower().replace("-", "").replace(" ", "").replace("_", "")
    return {"qrcode": "qr", "code128": "code_128", "ean13": "ean_13"}.get(plain, plain)


DECODERS = pytest.mark.parametrize(
    "decoded",
    [
        pytest.param(by_zxing, id="zxing"),
        pytest.param(by_zbar, id="zbar", marks=pytest.mark.skipif(not shutil.which("zbarimg"), reason=WITHOUT_ZBAR)),
    ],
)
PRINTED = pytest.mark.skipif(not shutil.which("pdftoppm"), reason=WITHOUT_POPPLER)


def pages_of(pdf: bytes, dpi: int = 300) -> list[bytes]:
    """Each page as a printer of so many dots would put it on paper."""
    run = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-"], input=pdf, capture_output=True, check=True)
    return list(_split(run.stdout))


def _split(pgm: bytes):
    """pdftoppm writes one picture after the other: a heading of three lines, then a byte a dot."""
    while pgm:
        kind, size, depth, rest = pgm.split(b"\n", 3)
        assert (kind, depth) == (b"P5", b"255")
        wide, high = map(int, size.split())
        kept = io.BytesIO()
        Image.frombytes("L", (wide, high), rest[: wide * high]).save(kept, "PNG", compress_level=1)
        yield kept.getvalue()
        pgm = rest[wide * high :]


def drawn_svg(svg: bytes, wide_mm: float = 60) -> bytes:
    """What an SVG looks like, by a renderer that is not the one that made it."""
    import typst

    page = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("it.svg", width: {wide_mm}mm)'
    parts = {"main.typ": page.encode(), "it.svg": svg}
    return typst.compile(parts, format="png", ppi=300, ignore_system_fonts=True)
