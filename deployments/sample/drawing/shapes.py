"""A sheet and the shapes that are painted on it, in pixels of the picture. Deterministic; Pillow only."""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, radians, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = (1600, 1200)
FINE = 4
PAPER, INK, TEA, LEAF, NIGHT = "#fbf6ec", "#2b2320", "#a84a24", "#3f6b4f", "#1f3a3d"
CUP, HONEY, BERRY, SHADE = "#f1dfc2", "#e2a33b", "#8c2a40", "#4a2c1e"
Points = Sequence[tuple[float, float]]


class Sheet:
    """A picture being drawn. Every shape's edge is drawn FINE times larger and reduced, so edges are smooth."""

    def __init__(self, *colours: str, size: tuple[int, int] = SIZE) -> None:
        self.image = ramp(colours, size)

    def fill(
        self,
        shape: Points,
        *colours: str,
        across: bool = False,
        alpha: float = 1.0,
        blur: float = 0.0,
        within: Points | None = None,
    ) -> None:
        """Paint a shape with a ramp of colours, top to bottom or `across`; `blur` softens it, `within` clips it."""
        box = frame(shape, 3 * blur, self.image.size)
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        mask = stencil(shape, box)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if within:
            mask = ImageChops.multiply(mask, stencil(within, box))
        paint = ramp(colours, (box[2] - box[0], box[3] - box[1]), across)
        self.image.paste(paint, box[:2], mask.point([round(level * alpha) for level in range(256)]))


def ramp(colours: Sequence[str], size: tuple[int, int], across: bool = False) -> Image.Image:
    strip = Image.new("RGB", (len(colours), 1))
    for place, colour in enumerate(colours):
        strip.putpixel((place, 0), tuple(bytes.fromhex(colour[1:])))
    if not across:
        strip = strip.transpose(Image.Transpose.ROTATE_270)
    return strip.resize(size, Image.Resampling.BILINEAR)


def frame(shape: Points, margin: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    return (
        max(0, int(min(xs) - margin)),
        max(0, int(min(ys) - margin)),
        min(size[0], int(max(xs) + margin) + 2),
        min(size[1], int(max(ys) + margin) + 2),
    )


def stencil(shape: Points, box: tuple[int, int, int, int]) -> Image.Image:
    left, top, right, bottom = box
    mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE))
    ImageDraw.Draw(mask).polygon([((x - left) * FINE, (y - top) * FINE) for x, y in shape], fill=255)
    return mask.reduce(FINE)


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Points:
    ring = [(rx * cos(step * pi / 60), ry * sin(step * pi / 60)) for step in range(120)]
    return placed(ring, x, y, turn)


def block(x: float, y: float, width: float, height: float, turn: float = 0.0) -> Points:
    """A rectangle by its centre."""
    return placed(
        [(-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2)],
        x,
        y,
        turn,
    )


def placed(shape: Points, x: float, y: float, turn: float = 0.0, size: float = 1.0) -> Points:
    c, s = cos(radians(turn)) * size, sin(radians(turn)) * size
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in shape]


def curve(points: Points, steps: int = 16) -> Points:
    """A Catmull-Rom line through the points."""
    ends = [points[0], *points, points[-1]]
    line = [spline(ends[i : i + 4], step / steps) for i in range(len(points) - 1) for step in range(steps)]
    return [*line, points[-1]]


def spline(four: Points, t: float) -> tuple[float, float]:
    a, b, c, d = four
    weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
    x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2 for axis in (0, 1))
    return x, y


def ribbon(points: Points, *widths: float) -> Points:
    """A line whose width changes evenly along it through the given widths."""
    line = curve(points)
    left, right = [], []
    for place, ((ax, ay), (bx, by)) in enumerate(pairwise(line)):
        reach = hypot(bx - ax, by - ay) or 1.0
        at = place / (len(line) - 2) * (len(widths) - 1)
        first = min(int(at), len(widths) - 2)
        half = (widths[first] + (widths[first + 1] - widths[first]) * (at - first)) / 2
        nx, ny = (by - ay) / reach * half, (ax - bx) / reach * half
        left.append((ax + nx, ay + ny))
        right.append((ax - nx, ay - ny))
    return left + right[::-1]


def vessel(x: float, *profile: tuple[float, float]) -> Points:
    """A turned body: the profile is (radius, y) from the rim down."""
    side = curve(list(profile))
    return [(x + r, y) for r, y in side] + [(x - r, y) for r, y in side[::-1]]


def scattered(count: int, seed: int) -> list[tuple[float, float, float]]:
    """Places in the unit square with a third number for size, turn or colour; the same in every run."""
    chance = Random(seed)  # noqa: S311
    return [(chance.random(), chance.random(), chance.random()) for _ in range(count)]


def mixed(colour: str, other: str, share: float) -> str:
    a, b = bytes.fromhex(colour[1:]), bytes.fromhex(other[1:])
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))
