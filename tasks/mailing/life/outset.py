"""What a mailing begins with: a ready set of blocks, an earlier mailing, or a heading and a text. Pure."""

import re
from collections.abc import Collection
from functools import lru_cache

from integrations.errors import Refused
from models.content import nearest
from models.letters import Ground
from models.locale import LANGUAGES, mark, spoken, translate
from models.mail_document import Heading, MailDocument, MailVariant, Prose
from models.mailers import MailerCard
from models.reason import because
from tasks.composing import starters
from tasks.composing.marking import EXPRESSION
from tasks.composing.starters import SERVICE, TITLES, Language, Starter

NOT_READY = mark("The ready set “{title}” writes what customers do not have yet. Begin with another one: {ready}.")
NO_STARTER = mark("There is no ready set “{said}”. Nearest: {nearest}.")
NOT_SERVICE = mark("The ready set “{title}” advertises. Make the mailing advertising, or begin with another set.")
ONLY_SERVICE = mark("The ready set “{title}” is a service message. Make the mailing one, or begin with another set.")
FIRST = {
    "ru": ("[О чём письмо]", "[Главное одной строкой]", "[Текст письма]"),
    "en": ("[What the letter is about]", "[What matters, in a line]", "[The letter's text]"),
}
_ROOT = re.compile(r"\s*([^\W\d]\w*)")


def starter_called(said: str) -> Starter | None:
    """The set of this key, or of this title in any language; None where nothing is said. Raises Refused."""
    word = said.strip().casefold()
    if not word:
        return None
    for key, title in TITLES.items():
        names = {key, *(_in(language, title).casefold() for language in LANGUAGES)}
        if word in names:
            return key
    near = ", ".join(nearest(said.strip(), list(TITLES), 3, 0.0))
    raise Refused(because(NO_STARTER, code="no_starter", said=said, nearest=near))


def _in(language: str, title: str) -> str:
    with spoken(language):
        return translate(title)


def begun(
    starter: Starter | None, ground: Ground, language: Language, site: str, key: str, title: str, card: MailerCard
) -> MailDocument:
    """The first version of a mailing. Raises Refused where the set and the ground do not go together."""
    if starter is None:
        subject, heading, text = FIRST[language]
        blocks = (Heading(id="heading", text=heading), Prose(id="text", text=text))
        variants: tuple[MailVariant, ...] = (MailVariant(subject=subject, blocks=blocks),)
    else:
        is_service = starter in SERVICE
        if is_service is not (ground is Ground.SERVICE):
            wrong = ONLY_SERVICE if is_service else NOT_SERVICE
            raise Refused(because(wrong, code="ground", title=because(TITLES[starter])))
        variants = (starters.variant(starter, language, site),)
    return MailDocument(key=key, title=title, language=language, ground=ground, sender=card.sender,
                        sender_name=card.sender_name, reply_to=card.reply_to, variants=variants)  # fmt: skip


def like(former: MailDocument, key: str, title: str, ground: Ground) -> dict[str, object]:
    """An earlier mailing's document under another name, as data; its mark of an advertisement was for that one."""
    said = former.model_dump(mode="json")
    return said | {"key": key, "title": title, "ground": ground.value, "ad": said["ad"] | {"erid": ""}}


def roots(document: MailDocument) -> frozenset[str]:
    """The first words of the fields that a document writes: `coupon` of coupon.code."""
    found = (_ROOT.match(one[1]) for one in EXPRESSION.finditer(document.model_dump_json().replace("\\", "")))
    return frozenset(one[1] for one in found if one)


def ready_for(known: Collection[str], language: Language, site: str) -> list[Starter]:
    """The sets whose fields customers have; `known` are paths."""
    firsts = {path.partition(".")[0] for path in known}
    return [key for key in TITLES if roots(_sample(key, language, site)) <= {*firsts, *DOORS}]


def refuse_unready(starter: Starter | None, known: Collection[str], language: Language, site: str) -> None:
    """Raises Refused where the set writes what no customer has: nobody could be sent it."""
    ready = ready_for(known, language, site)
    if starter is not None and starter not in ready:
        named = ", ".join(translate(TITLES[key]) for key in ready)
        raise Refused(because(NOT_READY, code="not_ready", title=because(TITLES[starter]), ready=named))


DOORS = frozenset({"unsubscribe_url", "preferences_url", "web_url"})


@lru_cache(maxsize=64)
def _sample(key: Starter, language: Language, site: str) -> MailDocument:
    return starters.document(key, language, site or "https://example.org", "sample", "sample", "a@example.org")


def kinds_of(key: Starter, language: Language, site: str) -> tuple[str, ...]:
    """The blocks of a set, in their order: enough to draw what it looks like."""
    blocks = _sample(key, language, site).variants[0].blocks
    return tuple(block.kind for block in blocks)
