"""The standing mailings that ask to confirm: their keys, and the place in their letters that a link goes into. Pure."""

MAILING = "double-opt-in"
CONFIRM = "confirm_url"  # the place of the letter that leads to the page with the button


def mailing_of(language: str, locale: str) -> str:
    """The key of the mailing in this language: that of the company's own has the plain one."""
    return MAILING if language == locale else f"{MAILING}-{language}"
