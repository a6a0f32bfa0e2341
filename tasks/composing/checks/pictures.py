"""Pictures of a letter: words for whoever does not see them, their weight, and how much is left without them. Pure."""

import re
from collections.abc import Iterator

from models.address import is_loopback
from models.locale import mark
from models.mail_document import PictureBlock
from models.reason import because
from tasks.composing.agreement import visible
from tasks.composing.checks.finding import Finding, Letter, PictureLook, Severity
from tasks.composing.checks.sample import sampled
from tasks.composing.compiled import Picture

NO_ALT = mark("The picture {url} has no words. Write in “alt” what it says: half of the readers do not see pictures.")
FILE_AS_ALT = mark("The words of the picture are a file's name, “{alt}”. Write what the picture says.")
ONLY_PICTURES = mark(
    "There are {letters} letters of text beside {count} pictures. Filters take that for spam: say in words what the "
    "pictures say."
)
HEAVY = mark("The picture {url} weighs {size} KB. Make it smaller than {limit} KB.")
ALL_HEAVY = mark("The pictures weigh {size} KB together. Make them smaller than {limit} KB.")
GONE = mark("The picture {url} does not open ({status}). Correct its address.")
NOT_SHOWN = mark("Outlook does not show {url}. Save the picture as JPEG or PNG.")
PLAIN = mark("The picture {url} is not encrypted, and some mailboxes do not show it. Write it with https://.")
LOOPBACK = mark("The picture {url} is on this computer only. Name public_url in company.yaml.")

LETTERS_LEAST = 200
PICTURE_KB, PICTURES_KB = 300, 1_500
_FILE = re.compile(r"^[\w.-]+\.(?:png|jpe?g|gif|webp)$|^(?:img|image|photo|pic)[_-]?\d*$", re.IGNORECASE)
_UNSHOWN = re.compile(r"\.(?:webp|avif|svg)(?:[?#]|$)", re.IGNORECASE)


def check(letter: Letter) -> Iterator[Finding]:
    yield from _words(letter)
    for picture in {one.url: one for one in letter.made.pictures}.values():
        yield from _address(letter, picture)
        if look := (letter.looked.pictures or {}).get(picture.url):
            yield from _fetched(letter, picture, look)
    looks, own = letter.looked.pictures or {}, {one.url for one in letter.made.pictures}
    whole = sum(look.size for url, look in looks.items() if url in own) // 1000
    if whole > PICTURES_KB:
        yield letter.finding(Severity.WARNS, because(ALL_HEAVY, code="all_heavy", size=whole, limit=PICTURES_KB))
    yield from _balance(letter)


def _words(letter: Letter) -> Iterator[Finding]:
    for block, part in letter.written.parts():
        if isinstance(part, PictureBlock) and not part.alt:
            yield letter.finding(Severity.WARNS, because(NO_ALT, code="no_alt", url=part.source), block)
    for picture in letter.made.pictures:
        if picture.alt is None:
            yield letter.finding(Severity.WARNS, because(NO_ALT, code="no_alt", url=picture.url), picture.block)
        elif _FILE.match(picture.alt):
            yield letter.finding(
                Severity.WARNS, because(FILE_AS_ALT, code="file_as_alt", alt=picture.alt), picture.block
            )


def _address(letter: Letter, picture: Picture) -> Iterator[Finding]:
    if is_loopback(picture.url):
        yield letter.finding(Severity.STOPS, because(LOOPBACK, code="loopback", url=picture.url), picture.block)
    elif picture.url.startswith("http://"):
        yield letter.finding(Severity.WARNS, because(PLAIN, code="plain", url=picture.url), picture.block)
    if _UNSHOWN.search(picture.url):
        yield letter.finding(Severity.WARNS, because(NOT_SHOWN, code="not_shown", url=picture.url), picture.block)


def _fetched(letter: Letter, picture: Picture, look: PictureLook) -> Iterator[Finding]:
    words = {"url": picture.url}
    if not 200 <= look.status < 400:
        yield letter.finding(Severity.STOPS, because(GONE, code="gone", status=look.status, **words), picture.block)
    elif look.size > PICTURE_KB * 1000:
        size = look.size // 1000
        yield letter.finding(Severity.WARNS, because(HEAVY, code="heavy", size=size, limit=PICTURE_KB, **words),
                             picture.block)  # fmt: skip


def _balance(letter: Letter) -> Iterator[Finding]:
    shown, _ = visible(sampled(letter.made.counted)[0])
    letters, count = sum(sign.isalnum() for sign in shown), len(letter.made.pictures)
    if count and letters < LETTERS_LEAST:
        words = {"letters": letters, "count": count}
        yield letter.finding(Severity.WARNS, because(ONLY_PICTURES, code="only_pictures", **words))
