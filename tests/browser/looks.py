"""How pages are looked at: each width, language and light with every change; the other pairs in a storm."""

import pytest

DESK, PHONE = (1280, 900), (390, 844)
NARROWEST = (320, 640)  # WCAG 2.2, 1.4.10: a window of 1280 px at 400 %

ALL_LOOKS = [
    pytest.param(PHONE, "ru", "light", id="phone-ru-light"),
    pytest.param(DESK, "en", "dark", id="desk-en-dark"),
    pytest.param(PHONE, "en", "dark", id="phone-en-dark", marks=pytest.mark.storm),
    pytest.param(DESK, "ru", "light", id="desk-ru-light", marks=pytest.mark.storm),
]
NARROW = pytest.param(NARROWEST, "ru", "dark", id="narrowest-ru-dark")

looks = pytest.mark.parametrize(("size", "language", "scheme"), ALL_LOOKS)
looks_and_narrow = pytest.mark.parametrize(("size", "language", "scheme"), [*ALL_LOOKS, NARROW])
