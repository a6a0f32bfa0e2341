"""Pictures by their numbers: what to cut away and how small to make them for a channel. Pure.

Boxes and sizes are whole pixels; a focus is a point of the picture, (0, 0) top left to (1, 1) bottom right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from integrations.channels.base import Limits

Focus = tuple[float, float]

MIDDLE: Focus = (0.5, 0.5)
QUALITIES = (90, 82, 74, 66)
SHRINK = Fraction(4, 5)
SMALLEST_SIDE = 240  # a picture below this is no picture any more: rather refused than sent


@dataclass(frozen=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True)
class Box:
    """A part of a picture, half-open."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        return Size(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True)
class Plan:
    """Cut this box out, then make it that size."""

    box: Box
    size: Size


def plan(size: Size, limits: Limits, focus: Focus = MIDDLE) -> Plan:
    """What to do with a picture so that its shape and its sides are what the channel takes; nothing is enlarged."""
    if limits.crop:
        target = Size(*limits.crop)
        ratio = Fraction(target.width, target.height)
        box = crop_box(size, ratio, ratio, focus)
        wanted = target if box.size.width >= target.width and box.size.height >= target.height else box.size
        return Plan(box, within_sides(wanted, limits))
    box = crop_box(size, *bounds(limits), focus) if limits.picture_ratio else Box(0, 0, size.width, size.height)
    return Plan(box, within_sides(box.size, limits))


def bounds(limits: Limits) -> tuple[Fraction, Fraction]:
    lowest, highest = limits.picture_ratio or (0.0, float(10**9))
    return Fraction(lowest), Fraction(highest)


def crop_box(size: Size, lowest: Fraction, highest: Fraction, focus: Focus = MIDDLE) -> Box:
    """The largest box whose width / height is within the bounds, as near to the focus as the edges allow."""
    width, height = size.width, size.height
    if width > height * highest:
        width = max(1, int(height * highest))
    elif width < height * lowest:
        height = max(1, int(width / lowest))
    left = offset(size.width, width, focus[0])
    top = offset(size.height, height, focus[1])
    return Box(left, top, left + width, top + height)


def offset(whole: int, part: int, focus: float) -> int:
    """Where a part begins whose middle is at the focus, kept inside the whole."""
    return min(max(round(whole * focus - part / 2), 0), whole - part)


def within_sides(size: Size, limits: Limits) -> Size:
    """The size, smaller where the platform limits the sum of the sides."""
    most = limits.picture_sides_sum_max
    if most is None or size.width + size.height <= most:
        return size
    return scaled(size, Fraction(most, size.width + size.height), limits)


def scaled(size: Size, by: Fraction, limits: Limits) -> Size:
    """A smaller size of the same shape; where rounding would leave the ratio's bounds, a pixel is given up."""
    width, height = max(1, int(size.width * by)), max(1, int(size.height * by))
    lowest, highest = bounds(limits)
    if width > height * highest:
        width = max(1, int(height * highest))
    elif width < height * lowest:
        height = max(1, int(width / lowest))
    return Size(width, height)


def attempts(size: Size, limits: Limits) -> Iterator[tuple[Size, int]]:
    """Sizes and JPEG qualities to try until the bytes fit, the best first: lower quality, then fewer pixels."""
    for quality in QUALITIES:
        yield size, quality
    while min(size.width, size.height) * SHRINK >= SMALLEST_SIDE:
        size = scaled(size, SHRINK, limits)
        yield size, QUALITIES[-1]
