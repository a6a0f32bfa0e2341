"""Still lifes, one function a picture, and the logo."""

from math import cos, pi, sin

from PIL import Image

from deployments.sample.drawing.shapes import (
    BERRY,
    CUP,
    HONEY,
    INK,
    LEAF,
    NIGHT,
    PAPER,
    SHADE,
    TEA,
    Sheet,
    block,
    curve,
    mixed,
    oval,
    placed,
    ribbon,
    scattered,
    vessel,
)
from deployments.sample.drawing.things import (
    cup,
    glaze,
    jar,
    leaf,
    macaron,
    orange,
    shadow,
    star,
    steam,
    still_life,
    teapot,
)
from deployments.sample.drawing.towns import fir, snow


def morning_cup() -> Sheet:
    sheet = still_life(("#f7e9d2", "#edcfa9"), ("#9c5b35", "#6e3a20"), "#e6b074")
    cup(sheet, 800, 985, 270, PAPER, "#b5602a")
    steam(sheet, 800, 640, 330)
    for x, y, turn in ((270, 1040, -20), (345, 1075, 25), (1340, 1060, 160)):
        leaf(sheet, x, y, 150, turn, LEAF)
    return sheet


def clay_teapot() -> Sheet:
    sheet = still_life(("#23433f", "#1b3230"), ("#4b2c1d", "#2d1a12"), "#d9a066")
    shadow(sheet, 800, 1040, 560)
    sheet.fill(block(800, 1010, 1180, 60), "#8a5433", "#5c3520")
    sheet.fill(block(800, 984, 1180, 10), "#b97a4d")
    for step in range(14):
        sheet.fill(block(250 + step * 85, 1012, 44, 8), "#3a2014", alpha=0.7)
    teapot(sheet, 700, 975, 260, "#8f4326")
    for x in (1130, 1290):
        cup(sheet, x, 978, 66, "#e9dcc4", "#c98a3a", bare=True)
    return sheet


def seven_cups() -> Sheet:
    sheet = Sheet("#264a46", "#1c3633")
    sheet.fill(oval(800, 800, 640, 640), "#efc08a", "#d9945c")
    sheet.fill(block(800, 1030, 1602, 360), "#6b3a22", "#3f2115")
    sheet.fill(block(800, 852, 1602, 6), "#ffffff", alpha=0.3)
    cups = ((BERRY, 0), (HONEY, 1), (LEAF, 0), (PAPER, 3), (TEA, 0), ("#7fa7a0", 1), ("#54425e", 0))
    for place, (colour, tall) in enumerate(cups):
        x, r = 155 + place * 215, 92 + 11 * tall
        steam(sheet, x, 975 - 1.35 * r, 150 + 45 * tall)
        cup(sheet, x, 975, r, colour, ("#c07a35", "#8f4a22", "#c9a24a")[place % 3], bare=True)
    return sheet


def pour_over() -> Sheet:
    sheet = still_life(("#dfe7dc", "#bccdc0"), ("#8a5a3a", "#5b3522"), "#f4ead6")
    shadow(sheet, 800, 1015, 250)
    server = vessel(800, (128, 690), (120, 730), (215, 850), (245, 950), (205, 1010), (190, 1016))
    coffee = [*block(800, 975, 600, 160)]
    sheet.fill(server, "#ffffff", alpha=0.35)
    sheet.fill(coffee, "#5a2c14", "#2e140a", within=server)
    sheet.fill(oval(800, 896, 226, 24), "#8a5430", "#a66a3c")
    sheet.fill(server, *("#8fa39a", "#ffffff", "#e9efe9", "#dfe8e2", "#c4d1c9", "#7f948a"), across=True, alpha=0.1)
    sheet.fill(oval(690, 850, 16, 110, 22), "#ffffff", alpha=0.7, blur=9, within=server)
    sheet.fill(
        ribbon([(1000, 800), (1110, 810), (1120, 930), (1030, 965)], 20, 26, 24, 18), "#ffffff", "#b9c8bf", alpha=0.85
    )
    sheet.fill(block(800, 750, 7, 270), "#5a2f18", alpha=0.9)
    sheet.fill(block(800, 690, 390, 26), *glaze(PAPER), across=True)
    cone = vessel(800, (275, 400), (200, 520), (120, 640), (110, 680))
    sheet.fill(vessel(800, (262, 352), (250, 410), (200, 500)), "#f9f2e4", "#e6d8bf")
    sheet.fill(cone, *glaze(TEA), across=True)
    for step in range(-4, 5):
        sheet.fill(
            ribbon([(800 + step * 54, 425), (800 + step * 44, 530), (800 + step * 22, 668)], 8, 6, 3),
            "#ffffff",
            alpha=0.16,
        )
    sheet.fill(oval(800, 402, 275, 40), "#d98a66", "#c0623a")
    sheet.fill(oval(800, 396, 250, 33), "#f7efdf", "#fffaf0")
    sheet.fill(oval(800, 402, 212, 22), "#4a2615", "#7a4627")
    stream = ribbon([(1210, 110), (1075, 120), (930, 190), (845, 300), (830, 400)], 26, 20, 12, 8)
    sheet.fill(stream, "#ffffff", "#dff0f2", alpha=0.8)
    sheet.fill(ribbon([(1640, 210), (1450, 190), (1290, 60), (1190, 112)], 120, 70, 38, 26), *glaze("#55636a"))
    steam(sheet, 700, 330, 150)
    return sheet


def sweets() -> Sheet:
    sheet = still_life(("#f6dfd6", "#eec4b5"), ("#f4e8da", "#d9c1ac"), "#d98d80")
    shadow(sheet, 640, 1010, 250)
    sheet.fill(vessel(640, (60, 800), (46, 900), (90, 970), (210, 1008)), *glaze(PAPER), across=True)
    sheet.fill(oval(640, 800, 420, 62), *glaze(mixed(PAPER, SHADE, 0.12)), across=True)
    sheet.fill(oval(640, 788, 420, 60), *glaze(PAPER), across=True)
    sheet.fill(oval(650, 792, 300, 36), SHADE, alpha=0.35, blur=14)
    for layer in range(9):
        y, colour = 775 - layer * 33, "#f9ecd2" if layer % 2 else "#b9743a"
        sheet.fill([*oval(640, y, 281, 42)[:61], (359, y - 33), (921, y - 33)], *glaze(colour), across=True)
    sheet.fill(oval(640, 480, 281, 42), "#c98a4a", "#a8642e")
    for fx, fy, spin in scattered(190, 7):
        sheet.fill(
            oval(
                640 + 262 * fx**0.5 * cos(fy * 2 * pi),
                480 + 36 * fx**0.5 * sin(fy * 2 * pi),
                5 + 5 * spin,
                3 + 3 * spin,
            ),
            "#e8b878",
            "#8f5226",
        )
    for place, colour in enumerate(("#8fae6b", "#c8506a", "#e2a33b")):
        macaron(sheet, 1230, 1050 - place * 138, 130, colour)
    macaron(sheet, 1010, 1105, 120, "#7a4a35")
    return sheet


def winter_glass() -> Sheet:
    sheet = still_life(("#14283a", "#2a4b5c"), ("#5b321e", "#341a10"), "#3d6a78")
    for x, y, size in ((130, 860, 190), (330, 862, 130), (1500, 862, 210), (1290, 861, 120)):
        fir(sheet, x, y, size)
    snow(sheet)
    sheet.fill(block(800, 1032, 1602, 344), "#6b3a22", "#341a10")
    shadow(sheet, 800, 1070, 260)
    sheet.fill(
        ribbon([(1000, 600), (1190, 590), (1200, 880), (1000, 900)], 40, 46, 44, 38), "#ffffff", "#9fb6bd", alpha=0.55
    )
    glass = vessel(800, (230, 480), (228, 700), (222, 920), (205, 1050), (180, 1068))
    sheet.fill(glass, "#ffffff", alpha=0.2)
    sheet.fill(block(800, 820, 600, 490), "#c2472f", "#8c2233", "#571426", within=glass)
    orange(sheet, 720, 760, 120, glass)
    orange(sheet, 890, 900, 95, glass)
    sheet.fill(oval(800, 575, 228, 36), "#d8694a", "#b23f33")
    for lean, x in ((14, 905), (22, 950)):
        sheet.fill(block(x, 500, 30, 330, lean), *glaze("#8a4f2b"), across=True)
    sheet.fill(oval(800, 592, 226, 30), "#b23f33", alpha=0.55)
    star(sheet, 720, 575, 62)
    sheet.fill(glass, "#ffffff", "#dfe9ec", "#ffffff", "#e6eef0", "#b5c6cb", across=True, alpha=0.16)
    sheet.fill(oval(640, 760, 18, 230, 1), "#ffffff", alpha=0.6, blur=10, within=glass)
    sheet.fill(oval(800, 482, 230, 34), "#ffffff", alpha=0.3)
    sheet.fill(oval(800, 484, 218, 28), "#5f8794", "#b9cfd3", alpha=0.55)
    steam(sheet, 790, 470, 240)
    star(sheet, 430, 1080, 80)
    orange(sheet, 1210, 1090, 105, None)
    return sheet


def gift_box() -> Sheet:
    sheet = still_life(("#3a5a4c", "#2b463b"), ("#7a4a2e", "#4a2a1a"), "#e2b36a")
    shadow(sheet, 720, 1030, 380)
    sheet.fill(block(720, 860, 620, 340), *glaze(BERRY)[2:], across=True)
    sheet.fill(block(720, 660, 680, 90), *glaze(mixed(BERRY, "#ffffff", 0.08))[1:], across=True)
    sheet.fill(block(720, 712, 620, 20), INK, alpha=0.3, blur=5)
    for y, height in ((860, 340), (660, 90)):
        sheet.fill(block(720, y, 86, height), *glaze(HONEY), across=True)
    for side in (-1, 1):
        tail = [(720, 600), (720 + side * 110, 640), (720 + side * 150, 720), (720 + side * 215, 770)]
        sheet.fill(ribbon(tail, 30, 62, 58, 66), *glaze(HONEY)[1:])
        loop = curve([(0, 0), (0.5, -0.75), (1.1, -0.8), (1.25, -0.3), (0.8, 0.05), (0, 0)])
        sheet.fill(placed([(side * px, py) for px, py in loop], 720, 610, size=190), *glaze(HONEY)[1:])
        sheet.fill(
            placed([(side * px * 0.6 + side * 0.12, py * 0.6 - 0.06) for px, py in loop], 720, 610, size=190),
            mixed(HONEY, SHADE, 0.55),
            mixed(HONEY, SHADE, 0.3),
        )
    sheet.fill(oval(720, 606, 48, 40), *glaze(HONEY))
    shadow(sheet, 1240, 1040, 150)
    sheet.fill(vessel(1240, (140, 740), (142, 760), (142, 1000), (140, 1040), (120, 1046)), *glaze(NIGHT), across=True)
    sheet.fill(oval(1240, 740, 146, 26), *glaze(HONEY), across=True)
    sheet.fill(vessel(1240, (120, 686), (146, 694), (147, 740), (146, 748)), *glaze(HONEY), across=True)
    sheet.fill(block(1240, 900, 160, 150), PAPER, CUP)
    leaf(sheet, 1195, 930, 105, -38, LEAF)
    for x, y, turn in ((330, 1090, -15), (395, 1110, 20), (980, 1110, 190)):
        leaf(sheet, x, y, 130, turn, "#5f8a55")
    return sheet


def shelf_of_ware() -> Sheet:
    sheet = Sheet("#e9dcc6", "#d6c0a0")
    for y in (560, 1050):
        sheet.fill(block(800, y + 60, 1500, 60), INK, alpha=0.35, blur=22)
        sheet.fill(block(800, y + 22, 1520, 44), "#a0683f", "#7a4728")
        sheet.fill(block(800, y + 3, 1520, 6), "#c98f60")
    for x, colour in ((210, "#7fa7a0"), (400, CUP), (590, TEA)):
        jar(sheet, x, 558, colour)
    teapot(sheet, 960, 558, 150, "#3f5d66")
    cup(sheet, 1370, 550, 105, PAPER, "#c9803a")
    teapot(sheet, 330, 1048, 165, "#8f4326")
    for x, colour in ((700, "#e2a33b"), (850, "#8c2a40"), (1000, "#3f6b4f")):
        cup(sheet, x, 1048, 66, colour, "#b5602a", bare=True)
    for x, colour in ((1200, NIGHT), (1390, "#d9a58c")):
        jar(sheet, x, 1048, colour)
    return sheet


def samovar() -> Sheet:
    sheet = still_life(("#f3dcc0", "#e6bd93"), ("#8c2a40", "#5c1a2c"), "#c8553a")
    shadow(sheet, 800, 1060, 260)
    brass = "#d9a441"
    sheet.fill(vessel(800, (90, 930), (110, 960), (80, 985), (190, 1030), (200, 1056)), *glaze(brass), across=True)
    for side in (-1, 1):
        ear = [(800 + side * 225, 560), (800 + side * 330, 530), (800 + side * 345, 640), (800 + side * 225, 650)]
        sheet.fill(ribbon(ear, 22, 30, 28, 20), *glaze("#4b2617"))
    body = vessel(800, (235, 430), (262, 520), (250, 640), (190, 800), (110, 900), (95, 940))
    sheet.fill(body, *glaze(brass), across=True)
    sheet.fill(oval(655, 600, 26, 150, 4), "#ffffff", alpha=0.65, blur=14, within=body)
    sheet.fill(oval(800, 430, 250, 40), *glaze(brass), across=True)
    sheet.fill(
        vessel(800, (90, 340), (105, 370), (200, 410), (232, 432)), *glaze(mixed(brass, "#ffffff", 0.1)), across=True
    )
    teapot(sheet, 800, 345, 92, PAPER)
    sheet.fill(ribbon([(800, 830), (800, 845), (802, 880), (802, 930)], 44, 40, 26, 18), *glaze(brass)[1:])
    sheet.fill(block(800, 822, 90, 20), *glaze("#4b2617"))
    cup(sheet, 1230, 1080, 105, "#3d6a78", "#b5602a")
    for place in range(9):
        x, y = 250 + place * 52, 1040 + 46 * sin(place * 0.9)
        ring = oval(x, y, 38, 30)
        sheet.fill(ribbon([*ring, ring[0], ring[1]], 26, 26), *glaze("#d99a4e")[1:])
    steam(sheet, 1220, 930, 130)
    return sheet


def emblem() -> Image.Image:
    """The logo: a cup whose steam is a seven, on a round ground, transparent outside."""
    sheet = Sheet(TEA, size=(1024, 1024))
    sheet.fill(oval(512, 512, 478, 478), PAPER)
    sheet.fill(oval(512, 512, 464, 464), TEA)
    sheet.fill(ribbon([(366, 262), (452, 282), (548, 250), (640, 250)], 6, 42, 44, 44), PAPER)
    sheet.fill(oval(640, 250, 22, 22), PAPER)
    sheet.fill(ribbon([(640, 250), (588, 340), (540, 430), (520, 530)], 44, 46, 44, 6), PAPER)
    sheet.fill(ribbon([(680, 612), (792, 600), (804, 706), (640, 752)], 34, 40, 40, 34), PAPER)
    sheet.fill(vessel(500, (214, 572), (208, 640), (164, 744), (96, 800), (84, 802)), PAPER)
    sheet.fill(oval(500, 838, 236, 15), PAPER)
    ground = Sheet("#000000", size=(1024, 1024))
    ground.fill(oval(512, 512, 508, 508), "#ffffff")
    sheet.image.putalpha(ground.image.convert("L"))
    return sheet.image.reduce(2)
