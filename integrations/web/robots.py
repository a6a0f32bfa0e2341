"""Whether a visit is a person's or a machine's, by what it says of itself. Pure."""

import re

ROBOT = re.compile(
    r"(?<!cu)bot\b|bot[/_-]|crawl|spider|slurp|preview|fetch|monitor|archiver|validator|feed|\brss\b|vkshare|whatsapp"
    r"|facebookexternalhit|viber|skypeuri|mediapartners|headless|phantom|lighthouse|curl|wget|python|java/|go-http"
    r"|okhttp|axios|\bnode|ruby|perl|libwww|httpx|aiohttp|\byandex(?!search)",
    re.IGNORECASE,
)
BROWSER = re.compile(r"Mozilla/\d|Opera/\d")


def is_robot(agent: str) -> bool:
    """Everything that does not speak as a browser does, and browsers that say what else they are."""
    return BROWSER.match(agent) is None or ROBOT.search(agent) is not None


def is_guess(purpose: str) -> bool:
    """Whether a browser only fetches ahead what a person may never open (Sec-Purpose, Purpose, X-Moz)."""
    return "prefetch" in purpose.lower() or "preview" in purpose.lower()
