"""Elements of MJML, written so that nothing of what they hold can become an element. Pure."""

from markupsafe import escape

from tasks.composing.look import Look


def element(name: str, *inside: str, **attributes: str | int | None) -> str:
    """`css_class` is written css-class; an attribute that is None is left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def section(look: Look, band: str, *inside: str, padding: str = "0 8px") -> str:
    """A band over the whole width of the letter."""
    return element("mj-section", *inside, background_color=look.ground_of(band), css_class=band, padding=padding)


def column(*inside: str, **attributes: str | int | None) -> str:
    return element("mj-column", *inside, **attributes)


def text(
    look: Look, band: str, inside: str, size: int = 16, quiet: bool = False, **attributes: str | int | None
) -> str:
    """Words on a band; `quiet` ones are smaller and softer."""
    ink = look.soft_of(band) if quiet else look.ink_of(band)
    classes = f"prose on-{band} quiet" if quiet and band != "accent" else f"prose on-{band}"
    shape: dict[str, str | int | None] = {
        "align": "left", "padding": "10px 24px", "line_height": "1.55", "font_family": look.text_font,
    }  # fmt: skip
    return element("mj-text", inside, css_class=classes, color=ink, font_size=f"{size}px", **{**shape, **attributes})


def button(look: Look, band: str, label: str, link: str, outlined: bool = False, **attributes: str | int | None) -> str:
    """On a coloured band a button is the other way round, or it could not be seen."""
    day = look.day
    ground, ink, kind = (
        (day.on_accent, day.accent, "turned") if band == "accent" else (day.accent, day.on_accent, "button")
    )
    border = None
    if outlined:
        line = day.on_accent if band == "accent" else day.link
        ground, ink, kind, border = look.ground_of(band), line, f"outlined on-{band}", f"2px solid {line}"
    shape: dict[str, str | int | None] = {
        "align": "center", "padding": "14px 24px", "inner_padding": "13px 28px", "font_size": "16px",
        "border_radius": "6px", "font_weight": "bold", "line_height": "1.3",
    }  # fmt: skip
    return element("mj-button", label, href=link, css_class=f"wide {kind}", background_color=ground, color=ink,
                   border=border, font_family=look.text_font, **{**shape, **attributes})  # fmt: skip
