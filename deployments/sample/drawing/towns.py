"""Towns: rows of houses, water, snow."""

from collections.abc import Sequence

from PIL import Image, ImageFilter

from deployments.sample.drawing.shapes import TEA, Sheet, block, curve, mixed, oval, placed, ribbon, scattered
from deployments.sample.drawing.things import glaze


def lamplit(
    sheet: Sheet, blocks: Sequence[tuple[float, float, float]], ground: float, colour: str, lamps: str, seed: int
) -> None:
    """A row of houses (x, width, height) with some windows lit."""
    for x, width, height in blocks:
        sheet.fill(block(x, ground - height / 2, width, height), mixed(colour, "#ffffff", 0.1), colour)
    for fx, fy, spin in scattered(260, seed) if lamps else ():
        x, width, height = blocks[int(spin * len(blocks))]
        column, floor = round(fx * (width - 44) / 22) * 22, round(fy * (height - 60) / 30) * 30
        sheet.fill(
            block(x - width / 2 + 22 + column, ground - height + 34 + floor, 9, 14), lamps, alpha=0.5 + 0.5 * spin
        )


def houses(count: int, seed: int, low: float, high: float) -> list[tuple[float, float, float]]:
    step = 1700 / count
    return [
        (place * step, step * (0.75 + 0.4 * fx), low + (high - low) * fy)
        for place, (fx, fy, _) in enumerate(scattered(count, seed))
    ]


def mirrored(sheet: Sheet, shore: int, tint: str) -> None:
    """Water below the shore that repeats what stands above it."""
    depth = sheet.image.height - shore
    above = sheet.image.crop((0, shore - depth, sheet.image.width, shore)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    water = Image.blend(above.filter(ImageFilter.BoxBlur((10, 3))), Image.new("RGB", above.size, tint), 0.45)
    sheet.image.paste(water, (0, shore))
    for fx, fy, spin in scattered(70, 9):
        sheet.fill(oval(fx * 1600, shore + 8 + depth * fy**1.5, 30 + 130 * spin, 1 + 2 * fy), "#ffffff", alpha=0.16)


def fir(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.fill(oval(x + size * 0.2, y, size * 0.7, size * 0.1), "#5f7f92", alpha=0.5, blur=size * 0.05)
    for lift, half in ((0.0, 0.5), (0.4, 0.42), (0.78, 0.32), (1.1, 0.22)):
        tier = [(-half, -0.05 - lift), (0, 0.04 - lift), (half, -0.05 - lift), (0.02, -0.72 - lift)]
        sheet.fill(placed(tier, x, y, size=size), "#e9f1f0", "#4d7a6f", "#1f4a48")


def snow(sheet: Sheet) -> None:
    for fx, fy, spin in scattered(420, 2):
        sheet.fill(
            oval(fx * 1600, fy * 1200, 1.5 + 5 * spin**3, 1.5 + 5 * spin**3), "#ffffff", alpha=0.85, blur=1.5 * spin
        )


def moscow() -> Sheet:
    sheet = Sheet("#27304f", "#6a4564", "#c9655a", "#f2ab68", "#f7cf94")
    sheet.fill(oval(1080, 560, 190, 190), "#ffe6b0", "#f9bd74")
    lamplit(sheet, houses(17, 3, 120, 330), 880, "#7d4a5c", "", 1)
    lamplit(sheet, houses(13, 6, 60, 220), 880, "#523650", "#f7c878", 2)
    for width, height in ((420, 190), (280, 300), (180, 410), (110, 500), (64, 570)):
        lamplit(sheet, [(520, width, height)], 880, "#38284a", "#ffd68f", width)
        for side in (-1, 1):
            sheet.fill(block(520 + side * (width / 2 - 10), 880 - height - 12, 12, 34), "#38284a")
    sheet.fill([(494, 312), (546, 312), (522, 120), (518, 120)], "#4a3354", "#38284a")
    lamplit(sheet, houses(21, 12, 30, 90), 880, "#2b2040", "#ffcf80", 4)
    mirrored(sheet, 880, "#3a2a4c")
    return sheet


def samara() -> Sheet:
    sheet = Sheet("#8ec3c9", "#cfe0cf", "#fbe6b8", "#f9c98c")
    sheet.fill(oval(1385, 560, 300, 300), "#fff3cf", alpha=0.4, blur=70)
    sheet.fill(oval(1385, 560, 140, 140), "#fff6d8", "#fbd58f")
    for lift, colour, seed in ((250, "#9db7ae", 2), (170, "#74988f", 7), (90, "#4f7a72", 5)):
        ridge = curve(
            [(place * 230 - 60, 800 - lift * (0.4 + fy)) for place, (_, fy, _) in enumerate(scattered(9, seed))]
        )
        sheet.fill([*ridge, (1800, 800), (-60, 800)], mixed(colour, "#ffffff", 0.18), colour)
    lamplit(sheet, houses(34, 4, 12, 52)[:13], 800, "#e9d7bd", "", 1)
    mirrored(sheet, 800, "#5f9aa3")
    for x, y, size in ((1180, 960, 1.0), (1390, 880, 0.55), (420, 900, 0.7)):
        sheet.fill(oval(x, y + 22 * size, 95 * size, 9 * size), "#234a52", alpha=0.4, blur=6)
        sheet.fill(placed([(0, 0), (0, -230), (90, -20)], x, y, size=size), "#ffffff", "#f3e1c4")
        sheet.fill(placed([(-8, -10), (-8, -200), (-70, -10)], x, y, size=size), "#e98f5f", TEA)
        sheet.fill(placed(curve([(-95, -4), (-60, 24), (60, 24), (105, -4)]), x, y, size=size), "#7a4128", "#4b2617")
    return sheet


def novosibirsk() -> Sheet:
    sheet = Sheet("#16283f", "#2f5470", "#7fa3b4", "#cfdde0")
    lamplit(sheet, houses(15, 14, 160, 420), 900, "#557a90", "", 1)
    lamplit(sheet, houses(11, 17, 80, 260), 900, "#34566d", "#ffd68f", 6)
    for side in (-1, 1):
        lamplit(sheet, [(800 + side * 360, 300, 170)], 900, "#d9cbb6", "#f5b65c", 5 + side)
    dome = [(x, y) for x, y in oval(800, 700, 330, 250) if y <= 700]
    sheet.fill(dome, *glaze("#b9c4c2"), across=True)
    for step in range(-5, 6):
        sheet.fill(
            ribbon([(800 + step * 12, 452), (800 + step * 48, 540), (800 + step * 64, 700)], 2, 3, 4),
            "#5f7b80",
            alpha=0.5,
        )
    sheet.fill(block(800, 715, 700, 34), "#efe4d2", "#cdbda4")
    sheet.fill(block(800, 815, 470, 170), "#b8a68d", "#8d7a64")
    for step in range(9):
        sheet.fill(block(600 + step * 50, 815, 22, 168), *glaze("#f3e9d8"), across=True)
    sheet.fill([(550, 735), (800, 660), (1050, 735)], "#f5ecdc", "#d9c9b0")
    sheet.fill(
        [*curve([(-20, 900), (400, 876), (820, 902), (1250, 880), (1640, 905)]), (1640, 1220), (-20, 1220)],
        "#f4f8f8",
        "#b9cdd6",
    )
    for x, y, size in ((150, 1010, 150), (270, 1090, 210), (1320, 1020, 160), (1450, 1110, 240), (60, 1120, 190)):
        fir(sheet, x, y, size)
    snow(sheet)
    return sheet
