"""What is seen from above: beans, leaves, bowls."""

from math import cos, pi, sin

from deployments.sample.drawing.shapes import CUP, PAPER, Sheet, block, curve, mixed, oval, placed, ribbon, scattered
from deployments.sample.drawing.things import bean, cup_from_above, leaf, whisk


def roasted_beans() -> Sheet:
    sheet = Sheet("#3b2417", "#24150d")
    for fx, fy, spin in scattered(470, 5):
        tone = mixed("#54301d", "#8a5330", (spin * 7) % 1)
        bean(sheet, fx * 1680 - 40, fy * 1280 - 40, 62 + 18 * spin, spin * 1800, tone)
    cup_from_above(sheet, 800, 600, 330, PAPER, "#b9793f")
    sheet.fill(oval(800, 600, 268, 268), "#9a5c2c", "#8a4f26", blur=26)
    for size, colour in ((212, "#f3e0bf"), (166, "#a9692f"), (136, "#f3e0bf"), (94, "#a9692f"), (66, "#f6e7cb")):
        heart = curve([(0, 1), (-0.6, 0.5), (-0.98, -0.15), (-0.62, -0.72), (-0.18, -0.66), (0, -0.42)])
        sheet.fill(placed([*heart, *((-x, y) for x, y in heart[::-1])], 800, 590, size=size), colour, blur=2)
    return sheet


def tea_sprig() -> Sheet:
    sheet = Sheet("#dfe8cf", "#a9c4a0", "#5f8b68")
    for fx, fy, spin in scattered(16, 3):
        leaf(
            sheet,
            fx * 1700 - 100,
            fy * 1300 - 80,
            420 + 160 * spin,
            spin * 360,
            mixed("#7fa77c", "#dfe8cf", fy * 0.5),
            blur=16,
        )
    sheet.fill(ribbon([(560, 1240), (690, 900), (790, 560), (820, 330)], 26, 18, 12, 6), "#8aa35c", "#55713d")
    for x, y, size, turn in (
        (640, 1010, 520, 160),
        (690, 900, 560, -12),
        (745, 730, 430, 205),
        (770, 640, 470, -38),
        (800, 480, 330, 232),
        (808, 420, 340, -62),
    ):
        leaf(sheet, x, y, size, turn, mixed("#3f7a4c", "#8fb35a", (900 - y) / 900 if y < 900 else 0))
    leaf(sheet, 820, 340, 250, -95, "#b5cf72")
    for x, y, r in ((930, 860, 17), (1080, 815, 11), (430, 1075, 14), (960, 520, 10)):
        sheet.fill(oval(x + 3, y + 5, r, r), "#12331f", alpha=0.5, blur=4)
        sheet.fill(oval(x, y, r, r), "#9cc79b", "#e9f6e4")
        sheet.fill(oval(x - r * 0.3, y - r * 0.35, r * 0.28, r * 0.28), "#ffffff")
    return sheet


def tasting_table() -> Sheet:
    sheet = Sheet("#3a4a4a", "#26312f")
    for fx, fy, spin in scattered(90, 8):
        sheet.fill(block(fx * 1600, fy * 1200, 300 + 500 * spin, 2), "#ffffff", alpha=0.05)
    brews = (
        "#c9cf86",
        "#eee3a2",
        "#e5cf74",
        "#dcb651",
        "#d59a3c",
        "#cb8030",
        "#b96427",
        "#a34d20",
        "#8b3a1b",
        "#6f2b17",
        "#552014",
        "#3b1a12",
    )
    for place, brew in enumerate(brews):
        x, y = 260 + place % 4 * 360, 230 + place // 4 * 370
        cup_from_above(sheet, x, y, 140, PAPER, brew)
        sheet.fill(oval(x - 50, y - 62, 34, 12, -38), "#ffffff", alpha=0.45, blur=5)
    for fx, fy, spin in scattered(46, 21):
        leaf(sheet, 420 + 40 * fx + 360 * (int(spin * 90) % 3), 60 + 1080 * fy, 26 + 22 * spin, spin * 720, "#3f4a33")
    return sheet


def matcha_bowl() -> Sheet:
    sheet = Sheet("#efe6d3", "#dccbb0")
    for step in range(41):
        sheet.fill(block(step * 40, 600, 2, 1200), "#b89f78", alpha=0.22)
    sheet.fill(block(640, 640, 1010, 860, -7), "#2f5a57", "#23433f")
    sheet.fill(block(640, 640, 950, 800, -7), "#38696a", "#294f4b")
    cup_from_above(sheet, 640, 620, 350, "#33302e", "#86a63f")
    for fx, fy, spin in scattered(240, 4):
        reach, turn = 285 * fx**0.5, fy * 2 * pi
        sheet.fill(
            oval(640 + reach * cos(turn), 620 + reach * sin(turn), 3 + 7 * spin, 3 + 7 * spin),
            "#c4d98a",
            "#a4c060",
            alpha=0.75,
        )
    for r, width in ((210, 30), (130, 22)):
        swirl = [(640 + r * cos(t / 2), 620 + r * sin(t / 2)) for t in range(1, 10)]
        sheet.fill(ribbon(swirl, 2, width, 2), "#d3e39c", alpha=0.45, blur=7)
    whisk(sheet, 1290, 640, 300)
    cup_from_above(sheet, 1330, 995, 130, CUP, "#86a63f")
    sheet.fill(oval(1326, 990, 84, 84), "#a9c667", "#7c9c3a", blur=13)
    return sheet
