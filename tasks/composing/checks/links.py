"""Where a letter's links lead: dead ones, circles, addresses without encryption, and those of this computer. Pure."""

from collections.abc import Iterator

from models.address import is_loopback
from models.locale import mark
from models.reason import Reason, because
from tasks.composing.checks.finding import Finding, Letter, LinkLook, Severity
from tasks.composing.compiled import Link

DEAD = mark("The link “{label}” does not open ({status}): {url}. Correct the address.")
SILENT = mark("Nobody answers at the link “{label}”: {url}. Correct the address, or look whether the site is up.")
CIRCLES = mark("The link “{label}” leads in a circle: {url}. Write the address it should end at.")
MANY_HOPS = mark("The link “{label}” is passed on {count} times: {url}. Write the address it ends at.")
PLAIN = mark("The link “{label}” is not encrypted: {url}. Write it with https://.")
LOOPBACK = mark("The link “{label}” leads to this computer only: {url}. Name public_url in company.yaml.")
OWN_LOOPBACK = mark("The letter's own links lead to this computer only ({url}). Name public_url in company.yaml.")
NOT_LOOKED_AT = mark("{count} links were not opened. Look at them in the test letter.")
FEW_LINKS = mark("Nothing in the letter can be clicked. Give it a button or a link.")

HOPS_MAX = 4


def check(letter: Letter) -> Iterator[Finding]:
    links, looked = letter.made.links, letter.looked.links
    for link in links:
        yield from ((letter.finding(*found, link.block)) for found in _about(link, (looked or {}).get(link.url)))
    left = len({link.url for link in links if "{" in link.url or (looked is not None and link.url not in looked)})
    if left:
        yield letter.finding(Severity.NOTES, because(NOT_LOOKED_AT, code="not_looked_at", count=left))
    if not links:
        yield letter.finding(Severity.NOTES, because(FEW_LINKS, code="no_links"))
    own = str(letter.made.counted.form.html[_own_door(letter)]) if _own_door(letter) >= 0 else ""
    address = own[own.rfind("http") :]
    if address and is_loopback(address):
        yield letter.finding(Severity.STOPS, because(OWN_LOOPBACK, code="own_loopback", url=address))


def _own_door(letter: Letter) -> int:
    """What stands before the first mark of the recipient."""
    html = letter.made.counted.form.html
    return html.index(0) - 1 if 0 in html else -1


def _about(link: Link, look: LinkLook | None) -> Iterator[tuple[Severity, Reason]]:
    words: dict[str, object] = {"label": link.label, "url": link.url}
    if is_loopback(link.url):
        yield Severity.STOPS, because(LOOPBACK, code="loopback", **words)
    elif link.url.lower().startswith("http://"):
        yield Severity.WARNS, because(PLAIN, code="plain", **words)
    if look is None:
        return
    if look.circles:
        yield Severity.STOPS, because(CIRCLES, code="circles", **words)
    elif not look.status:
        yield Severity.STOPS, because(SILENT, code="silent", **words)
    elif look.status >= 400:
        yield Severity.STOPS, because(DEAD, code="dead", status=look.status, **words)
    elif look.redirects > HOPS_MAX:
        yield Severity.WARNS, because(MANY_HOPS, code="many_hops", count=look.redirects, **words)
