"""Draws the sample company's pictures and logo: `python -m deployments.sample.draw`. Deterministic; Pillow only."""

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

from deployments.sample.drawing import flat_lays, scenes, towns
from deployments.sample.drawing.shapes import Sheet

HERE = Path(__file__).parent
ENGLISH = ("seven-cups", "pour-over", "sweets", "winter-glass")
PICTURES: dict[str, Callable[[], Sheet]] = {
    "beans": flat_lays.roasted_beans,
    "cup": scenes.morning_cup,
    "gift": scenes.gift_box,
    "leaves": flat_lays.tea_sprig,
    "matcha": flat_lays.matcha_bowl,
    "moscow": towns.moscow,
    "novosibirsk": towns.novosibirsk,
    "pour-over": scenes.pour_over,
    "samara": towns.samara,
    "samovar": scenes.samovar,
    "seven-cups": scenes.seven_cups,
    "sweets": scenes.sweets,
    "tasting": flat_lays.tasting_table,
    "teapot": scenes.clay_teapot,
    "ware": scenes.shelf_of_ware,
    "winter-glass": scenes.winter_glass,
}


def draw() -> None:
    """Redraw every picture of both companies and their logo in place."""
    pictures = HERE / "ru/content/pictures"
    for name, scene in PICTURES.items():
        scene().image.save(pictures / f"{name}.jpg", quality=76, optimize=True, progressive=True)
    for name in ENGLISH:
        copyfile(pictures / f"{name}.jpg", HERE / f"en/content/pictures/{name}.jpg")
    scenes.emblem().save(HERE / "ru/brand/logo.png", optimize=True)
    copyfile(HERE / "ru/brand/logo.png", HERE / "en/brand/logo.png")


if __name__ == "__main__":
    draw()
