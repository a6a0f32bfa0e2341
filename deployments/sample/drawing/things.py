"""Cups, teapots, beans, leaves, sweets: what stands in the pictures."""

from math import pi

from deployments.sample.drawing.shapes import (
    CUP,
    INK,
    LEAF,
    PAPER,
    SHADE,
    Points,
    Sheet,
    block,
    curve,
    mixed,
    oval,
    placed,
    ribbon,
    vessel,
)


def glaze(colour: str) -> list[str]:
    """How a turned body catches the light that comes from the left."""
    light = mixed(colour, "#ffffff", 0.45)
    deep, deeper, deepest = (mixed(colour, SHADE, share) for share in (0.2, 0.3, 0.5))
    return [deeper, light, mixed(colour, "#ffffff", 0.15), colour, deep, deepest]


def still_life(wall: tuple[str, str], table: tuple[str, str], disc: str, edge: int = 860) -> Sheet:
    sheet = Sheet(*wall)
    sheet.fill(oval(800, 560, 470, 470), mixed(disc, "#ffffff", 0.08), disc)
    for left in (-120, 330):
        sheet.fill([(left, 0), (left + 330, 0), (left + 30, 900), (left - 300, 900)], "#ffffff", alpha=0.1, blur=24)
    sheet.fill(block(800, (edge + 1200) / 2, 1602, 1200 - edge), *table)
    sheet.fill(block(800, edge + 3, 1602, 6), "#ffffff", alpha=0.35)
    return sheet


def shadow(sheet: Sheet, x: float, y: float, r: float) -> None:
    sheet.fill(oval(x + r * 0.25, y, r * 1.25, r * 0.17), INK, alpha=0.4, blur=r * 0.09 + 2)
    sheet.fill(oval(x, y, r * 0.8, r * 0.08), INK, alpha=0.45, blur=r * 0.04 + 1)


def steam(sheet: Sheet, x: float, y: float, size: float) -> None:
    for shift, height in ((-0.32, 1.0), (0.05, 1.35), (0.4, 0.9)):
        sway = [(0, 0), (0.16, -0.25), (-0.1, -0.55), (0.14, -0.85), (0, -1.1)]
        line = [(x + (shift + dx) * size, y + dy * height * size) for dx, dy in sway]
        sheet.fill(
            ribbon(line, 0.03 * size, 0.16 * size, 0.12 * size, 0.01),
            "#ffffff",
            "#ffffff",
            alpha=0.5,
            blur=size * 0.035,
        )


def cup(sheet: Sheet, x: float, y: float, r: float, colour: str, drink: str, bare: bool = False) -> None:
    """A cup by the middle of its foot; a `bare` one has neither saucer nor handle."""
    shadow(sheet, x, y + r * 0.06, r * (0.8 if bare else 1.5))
    if not bare:
        sheet.fill(oval(x, y, r * 1.55, r * 0.27), *glaze(mixed(colour, SHADE, 0.15)), across=True)
        sheet.fill(oval(x, y - r * 0.04, r * 1.52, r * 0.25), *glaze(colour), across=True)
        sheet.fill(oval(x, y - r * 0.03, r * 0.95, r * 0.14), mixed(colour, SHADE, 0.35), mixed(colour, SHADE, 0.1))
        ear = [(0.8, -1.1), (1.32, -1.12), (1.36, -0.62), (0.62, -0.34)]
        sheet.fill(placed(ribbon(ear, 0.12, 0.17, 0.15, 0.12), x, y, size=r), *glaze(colour)[2:])
    bowl = vessel(
        x,
        (r, y - 1.25 * r),
        (0.97 * r, y - 0.85 * r),
        (0.74 * r, y - 0.32 * r),
        (0.46 * r, y - 0.07 * r),
        (0.42 * r, y),
    )
    sheet.fill(bowl, *glaze(colour), across=True)
    sheet.fill(
        oval(x - 0.5 * r, y - 0.75 * r, 0.09 * r, 0.42 * r, -10), "#ffffff", alpha=0.5, blur=0.05 * r, within=bowl
    )
    sheet.fill(oval(x, y - 1.25 * r, r, 0.2 * r), mixed(colour, "#ffffff", 0.6), mixed(colour, "#ffffff", 0.2))
    sheet.fill(oval(x, y - 1.24 * r, 0.93 * r, 0.165 * r), mixed(colour, INK, 0.45), mixed(colour, INK, 0.15))
    sheet.fill(
        oval(x, y - 1.215 * r, 0.87 * r, 0.135 * r), mixed(drink, INK, 0.35), drink, mixed(drink, "#ffffff", 0.25)
    )
    sheet.fill(oval(x - 0.3 * r, y - 1.2 * r, 0.3 * r, 0.03 * r), "#ffffff", alpha=0.35, blur=0.02 * r)


def teapot(sheet: Sheet, x: float, y: float, r: float, colour: str) -> None:
    shadow(sheet, x, y, r * 1.1)
    ear = [(-0.7, -1.3), (-1.5, -1.45), (-1.62, -0.8), (-0.85, -0.35)]
    sheet.fill(placed(ribbon(ear, 0.13, 0.17, 0.17, 0.12), x, y, size=r), *glaze(colour)[1:5])
    spout = [(0.7, -0.55), (1.2, -0.75), (1.42, -1.2), (1.72, -1.45)]
    sheet.fill(placed(ribbon(spout, 0.62, 0.34, 0.2, 0.17), x, y, size=r), *glaze(colour)[2:])
    body = vessel(
        x,
        (0.42 * r, y - 1.55 * r),
        (0.82 * r, y - 1.35 * r),
        (1.06 * r, y - 0.8 * r),
        (0.9 * r, y - 0.25 * r),
        (0.56 * r, y - 0.02 * r),
        (0.5 * r, y + 0.02 * r),
    )
    sheet.fill(body, *glaze(colour), across=True)
    sheet.fill(
        oval(x - 0.55 * r, y - 0.95 * r, 0.12 * r, 0.38 * r, 14), "#ffffff", alpha=0.4, blur=0.07 * r, within=body
    )
    lid = vessel(
        x, (0.04 * r, y - 1.74 * r), (0.3 * r, y - 1.68 * r), (0.5 * r, y - 1.53 * r), (0.45 * r, y - 1.47 * r)
    )
    sheet.fill(lid, *glaze(mixed(colour, "#ffffff", 0.06)), across=True)
    sheet.fill(oval(x, y - 1.82 * r, 0.13 * r, 0.12 * r), *glaze(colour), across=True)


def bean(sheet: Sheet, x: float, y: float, size: float, turn: float, colour: str) -> None:
    sheet.fill(oval(x + size * 0.12, y + size * 0.16, size, size * 0.68, turn), "#120a06", alpha=0.55, blur=size * 0.12)
    body = oval(x, y, size, size * 0.68, turn)
    sheet.fill(body, mixed(colour, "#ffffff", 0.22), colour, mixed(colour, "#120a06", 0.55))
    groove = [(-0.98, 0.05), (-0.5, -0.1), (0, 0.05), (0.5, 0.16), (0.98, -0.02)]
    sheet.fill(
        placed(ribbon(groove, 0.04, 0.14, 0.16, 0.14, 0.04), x, y, turn, size), "#1a0e08", alpha=0.85, within=body
    )
    sheet.fill(placed(oval(-0.15, -0.4, 0.45, 0.1), x, y, turn, size), "#ffffff", alpha=0.22, blur=size * 0.07)


def leaf(sheet: Sheet, x: float, y: float, size: float, turn: float, colour: str, blur: float = 0.0) -> None:
    """A leaf by its stem end; it grows to the right before it is turned."""
    upper = curve([(0, 0), (0.25, -0.19), (0.55, -0.21), (0.85, -0.09), (1, 0)])
    lower = curve([(1, 0), (0.85, 0.1), (0.55, 0.2), (0.25, 0.17), (0, 0)])
    light, dark = mixed(colour, "#ffffff", 0.22), mixed(colour, "#0c1f16", 0.4)
    sheet.fill(placed([*upper, (0, 0)], x, y, turn, size), light, colour, blur=blur)
    sheet.fill(placed([*lower, (0, 0)], x, y, turn, size), colour, dark, blur=blur)
    if blur:
        return
    for place in (0.2, 0.36, 0.52, 0.68, 0.82):
        for side in (-1, 1):
            vein = [
                (place, 0),
                (place + 0.09, side * 0.09 * (1.1 - place)),
                (place + 0.16, side * 0.17 * (1.15 - place)),
            ]
            sheet.fill(placed(ribbon(vein, 0.008, 0.003), x, y, turn, size), light, alpha=0.55)
    sheet.fill(placed(ribbon([(0, 0), (0.5, -0.008), (0.98, 0)], 0.02, 0.012, 0.003), x, y, turn, size), light)


def cup_from_above(sheet: Sheet, x: float, y: float, r: float, colour: str, drink: str) -> None:
    sheet.fill(oval(x + r * 0.1, y + r * 0.13, r * 1.02, r * 1.02), "#120a06", alpha=0.6, blur=r * 0.09)
    sheet.fill(oval(x, y, r, r), *glaze(colour)[1:])
    sheet.fill(oval(x, y, r * 0.95, r * 0.95), mixed(colour, SHADE, 0.35), mixed(colour, "#ffffff", 0.4))
    sheet.fill(oval(x, y, r * 0.88, r * 0.88), mixed(drink, SHADE, 0.55), drink, mixed(drink, "#ffffff", 0.1))


def whisk(sheet: Sheet, x: float, y: float, size: float) -> None:
    sheet.fill(block(x + 24, y - 60, size * 0.5, size * 1.5, 12), INK, alpha=0.35, blur=22)
    for step in range(-12, 13):
        tine = [(step * 0.012, 0), (step * 0.026, 0.4), (step * 0.02, 0.78)]
        sheet.fill(placed(ribbon(tine, 0.02, 0.016, 0.01), x, y, 12, size), "#e8cf9c", "#c9a566")
    sheet.fill(placed(block(0, -0.42, 0.3, 0.9), x, y, 12, size), *glaze("#d8b87c"), across=True)
    for band in (-0.02, 0.02, 0.06):
        sheet.fill(placed(block(0, band, 0.33, 0.025), x, y, 12, size), INK)


def macaron(sheet: Sheet, x: float, y: float, r: float, colour: str) -> None:
    shadow(sheet, x, y, r * 0.9)
    pale, cream = mixed(colour, "#ffffff", 0.2), mixed(colour, "#ffffff", 0.65)
    lower = [(0.96, -0.42), (1.0, -0.28), (0.9, -0.08), (0.62, 0.0)]
    middle = [(0.88, -0.64), (0.93, -0.52), (0.88, -0.4)]
    upper = [(0.12, -1.12), (0.66, -1.03), (0.95, -0.82), (1.0, -0.64)]
    for profile, shades in ((lower, glaze(colour)), (middle, glaze(cream)), (upper, glaze(colour))):
        sheet.fill(vessel(x, *((px * r, y + py * r) for px, py in profile)), *shades, across=True)
    for height in (-0.42, -0.63):
        for step in range(-9, 10):
            sheet.fill(
                oval(x + step * r * 0.103, y + height * r, r * 0.075, r * 0.055), pale, mixed(colour, SHADE, 0.15)
            )
    sheet.fill(oval(x - r * 0.35, y - r * 0.9, r * 0.28, r * 0.07, -8), "#ffffff", alpha=0.5, blur=r * 0.04)


def orange(sheet: Sheet, x: float, y: float, r: float, glass: Points | None) -> None:
    flat = 1.0 if glass else 0.55
    for size, top, bottom in ((1.0, "#ee9a2e", "#d9761d"), (0.9, "#fbe3b0", "#f7d38e")):
        sheet.fill(oval(x, y, r * size, r * size * flat), top, bottom, within=glass)
    for step in range(9):
        turn = step * 2 * pi / 9
        wedge = curve([(0.12, 0), (0.6, -0.24), (0.84, -0.12), (0.84, 0.12), (0.6, 0.24), (0.12, 0)])
        slice_ = [(x + px * r, y + py * r * flat) for px, py in placed(wedge, 0, 0, turn * 180 / pi)]
        sheet.fill(slice_, "#f6a93b", "#ee8a24", within=glass)


def star(sheet: Sheet, x: float, y: float, r: float) -> None:
    """Star anise."""
    sheet.fill(oval(x + r * 0.1, y + r * 0.14, r * 0.95, r * 0.6), "#120a06", alpha=0.4, blur=r * 0.12)
    for step in range(8):
        petal = curve([(0.05, 0), (0.5, -0.17), (1, 0), (0.5, 0.17), (0.05, 0)])
        ray = [(x + px * r, y + py * r * 0.65) for px, py in placed(petal, 0, 0, step * 45 + 10)]
        sheet.fill(ray, "#a5653a", "#5f321b")
        seed = [(x + px * r, y + py * r * 0.65) for px, py in placed(oval(0.6, 0, 0.14, 0.06), 0, 0, step * 45 + 10)]
        sheet.fill(seed, "#e0a26a", "#8a4f2b")


def jar(sheet: Sheet, x: float, y: float, colour: str) -> None:
    shadow(sheet, x, y, 80)
    sheet.fill(vessel(x, (60, y - 240), (84, y - 205), (86, y - 60), (76, y - 4), (70, y)), *glaze(colour), across=True)
    sheet.fill(vessel(x, (20, y - 285), (64, y - 272), (70, y - 240), (68, y - 230)), *glaze("#b98552"), across=True)
    sheet.fill(block(x, y - 120, 104, 74), PAPER, CUP, alpha=0.92)
    leaf(sheet, x - 30, y - 106, 66, -32, LEAF)
