"""How a brand looks in a letter: its colours as far as they can be read, by day and by night, and its letters. Pure.

Contrast is WCAG 2.2's, section 1.4.3. Clients that turn colours around by themselves (Gmail's application) start from
the day's; those that ask (Apple Mail, Outlook) get the night's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.web.brand import ACCENT, FONTS, HEX, INK, PAPER, contrast, legible, mixed, on
from models.company import BrandKit

READABLE = 4.6  # a little more than is asked for, as colours are rounded
NIGHT, NIGHT_PAPER, NIGHT_INK, NIGHT_SOFT = "#14181a", "#1b2124", "#e6e9ea", "#a7b2b8"
SANS = "Arial, Helvetica, sans-serif"


@dataclass(frozen=True)
class Shades:
    """The colours of one time of day."""

    ground: str
    paper: str
    tint: str
    accent: str
    on_accent: str
    ink: str
    soft: str
    link: str
    rule: str


@dataclass(frozen=True)
class Look:
    day: Shades
    night: Shades
    heading_font: str = SANS
    text_font: str = SANS

    def ground_of(self, band: str) -> str:
        return {"paper": self.day.paper, "tint": self.day.tint}.get(band, self.day.accent)

    def ink_of(self, band: str) -> str:
        return self.day.on_accent if band == "accent" else self.day.ink

    def link_of(self, band: str) -> str:
        return self.day.on_accent if band == "accent" else self.day.link

    def soft_of(self, band: str) -> str:
        return self.day.on_accent if band == "accent" else self.day.soft


def look_of(brand: BrandKit) -> Look:
    """The look of a brand; a colour that is missing is ours, one that cannot be read on its ground is moved."""
    palette = {name: colour.lower() for name, colour in brand.palette.items() if HEX.fullmatch(colour)}
    return Look(_day(palette), _night(palette), _font(brand, "heading"), _font(brand, "text"))


def _font(brand: BrandKit, name: str) -> str:
    """Only letters that a recipient has: a letter loads none from anywhere."""
    said = brand.fonts.get(name, "")
    return said.replace('"', "'") if FONTS.fullmatch(said) and said.strip() else SANS


def _day(palette: Mapping[str, str]) -> Shades:
    ground, ink = palette.get("background", PAPER), palette.get("text", INK)
    if contrast(ground, ink) < READABLE:
        ground, ink = PAPER, INK
    light = contrast(ground, "#000000") > contrast(ground, "#ffffff")
    paper = mixed(ground, "#ffffff", 0.75) if light else ground
    wanted = palette.get("accent", ACCENT)
    tint = mixed(paper, wanted, 0.1)
    grounds = (ground, paper, tint)
    ink = _on_all(ink, grounds)
    accent = legible(wanted, paper, ink)
    return Shades(ground, paper, tint, accent, _on_accent(palette, accent), ink,
                  soft=_on_all(mixed(ink, paper, 0.35), grounds), link=_on_all(palette.get("link", accent), grounds),
                  rule=mixed(paper, ink, 0.16))  # fmt: skip


def _night(palette: Mapping[str, str]) -> Shades:
    wanted = palette.get("accent", ACCENT)
    tint = mixed(NIGHT_PAPER, wanted, 0.16)
    grounds = (NIGHT, NIGHT_PAPER, tint)
    accent = _on_all(wanted, grounds, "#ffffff")
    link = _on_all(palette.get("link", accent), grounds, "#ffffff")
    ink, soft = _on_all(NIGHT_INK, grounds, "#ffffff"), _on_all(NIGHT_SOFT, grounds, "#ffffff")
    rule = mixed(NIGHT_PAPER, NIGHT_INK, 0.2)
    return Shades(NIGHT, NIGHT_PAPER, tint, accent, on(accent), ink, soft, link, rule)


def _on_accent(palette: Mapping[str, str], accent: str) -> str:
    wanted = palette.get("accent_text", "#ffffff")
    return wanted if contrast(wanted, accent) >= READABLE else on(accent)


def _on_all(colour: str, grounds: tuple[str, ...], towards: str = "") -> str:
    """The colour, moved just so far that it can be read on each of these grounds."""
    for ground in grounds:
        if contrast(colour, ground) < READABLE:
            colour = _moved(colour, ground, towards or on(ground))
    return colour


def _moved(colour: str, ground: str, towards: str) -> str:
    steps = (mixed(colour, towards, step / 20) for step in range(21))
    return next((step for step in steps if contrast(step, ground) >= READABLE), towards)


def stylesheet(look: Look) -> str:
    """What is written into every element, and what stays in the head: the night and the phone."""
    day, night = look.day, look.night
    inlined = f"""
.prose p{{margin:0 0 12px}}.prose p:last-child{{margin-bottom:0}}
.prose ul,.prose ol{{margin:0 0 12px;padding:0 0 0 22px}}.prose li{{margin:0 0 6px}}
.prose blockquote{{margin:0 0 12px;padding:0 0 0 14px;border-left:3px solid {day.rule}}}
.prose h1,.prose h2,.prose h3{{margin:0;font-family:{look.heading_font};font-weight:bold;line-height:1.25}}
.prose h1{{font-size:28px}}.prose h2{{font-size:22px}}.prose h3{{font-size:18px}}
.on-paper a,.on-tint a{{color:{day.link};text-decoration:underline}}
.on-accent a{{color:{day.on_accent};text-decoration:underline}}
.quiet a{{color:{day.soft}}}
"""
    return inlined + _at_night(night) + _on_phone()


def _at_night(night: Shades) -> str:
    rules = [
        f".ground{{background-color:{night.ground} !important}}",
        *(f".{band},.{band}>table{{background:{colour} !important;background-color:{colour} !important}}"
          for band, colour in (("paper", night.paper), ("tint", night.tint), ("accent", night.accent))),
        *(f".on-{band} div,.on-{band} p,.on-{band} li,.on-{band} h1,.on-{band} h2,.on-{band} h3,.on-{band} s"
          f"{{color:{colour} !important}}"
          for band, colour in (("paper", night.ink), ("tint", night.ink), ("accent", night.on_accent))),
        f".on-paper a,.on-tint a{{color:{night.link} !important}}.on-accent a{{color:{night.on_accent} !important}}",
        f".quiet div,.quiet p,.quiet a,.quiet s{{color:{night.soft} !important}}",
        f".button td,.button a{{background:{night.accent} !important;color:{night.on_accent} !important}}",
        f".turned td,.turned a{{background:{night.on_accent} !important;color:{night.accent} !important}}",
        f".outlined td,.outlined a{{background:transparent !important;color:{night.link} !important;"
        f"border-color:{night.link} !important}}",
        f".strong{{color:{night.link} !important}}",
    ]  # fmt: skip
    return "@media (prefers-color-scheme:dark){" + "".join(rules) + "}\n"


def _on_phone() -> str:
    wide = ".wide table{width:100% !important}.wide a{display:block !important}"
    return f"@media only screen and (max-width:479px){{{wide}}}\n"
