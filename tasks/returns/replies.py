"""What people answer to a mailing, and what only their machines do: sorted by what is wanted of us. Pure.

A wish to be left alone is heard however it is put (38-FZ, article 18, part 1: at once on demand); our own words quoted
below it ("to unsubscribe, follow…") are not the recipient's, and a request not to unsubscribe is none.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from tasks.returns.mime import Headers, Piece, parameters_of, text_of, without_tags

TEXT_MOST = 20_000
WISH_MOST = 600  # letters of an answer in which one word is taken for what the whole of it wants


class Answered(StrEnum):
    UNSUBSCRIBE = "unsubscribe"
    QUESTION = "question"
    OTHER = "other"


# RFC 3834, and the headers that were there before it.
BY_MACHINE = (
    ("auto-submitted", r"(?!\s*no\b)\s*\S"),
    ("x-autoreply", r"\S"),
    ("x-autorespond", r"\S"),
    ("x-autoresponder", r"\S"),
    ("x-auto-response-for", r"\S"),
    ("precedence", r"(?:auto_?reply|bulk|junk|list)\b"),
    ("x-mail-autoreply", r"\S"),
    ("list-id", r"\S"),
)
AWAY = re.compile(
    r"\A\s*(?:auto(?:matic)?[ -]?(?:reply|response|answer)|auto:|out of (?:the )?office|away from|on vacation"
    r"|автоответ|автоматическ\w+ (?:ответ|уведомл)|вне офиса|нет на месте|я в отпуске|в отпуске|отсутствую"
    r"|меня нет)", re.I,
)  # fmt: skip
AWAY_TEXT = re.compile(
    r"\A.{0,200}?(?:i am (?:currently )?(?:out of|away|on (?:annual )?leave|on vacation)|i(?: wi|')ll be (?:out|away)"
    r"|автоматический ответ|нахожусь в (?:отпуске|командировке)|буду (?:отсутствовать|в отпуске)"
    r"|(?:письмо|обращение) (?:получено|принято|зарегистрировано))", re.I | re.S,
)  # fmt: skip
ENDS = re.compile(
    r"^(?:-{2,} ?(?:original message|исходное сообщение|пересылаемое сообщение|forwarded message)|-- ?$|_{8,}$"
    r"|[ \t]*(?:from|от(?: кого)?):[ \t]|.{0,200}\b(?:wrote|writes|пишет|написала?|написал\(а\)) ?:[ \t]*$)",
    re.I | re.M,
)  # fmt: skip
QUOTE_BEGINS = re.compile(r"<blockquote|<div[^<>]{0,200}(?:gmail_quote|yahoo_quoted|moz-cite-prefix)", re.I)
NEGATED = re.compile(
    r"(?:не|ни)\s+(?:надо\s+|нужно\s+|хочу\s+|хотел\w*\s+бы\s+|хотелось\s+бы\s+)?(?:меня\s+)?отпис"
    r"|(?:do not|don'?t|never|not)\s+(?:want to\s+)?(?:unsubscribe|opt out|remove me)", re.I,
)  # fmt: skip
WISHES = re.compile(
    r"\bотпи[шс]\w*|\bуберите меня|\b(?:удалите|исключите|вычеркните)\s+(?:меня|мой|мою|этот|наш|адрес|почту|из)"
    r"|\bне\s+(?:надо|нужно)\s+(?:мне\s+|нам\s+|больше\s+)*(?:писать|присылать|слать|рассыл)"
    r"|\bне\s+(?:присылайте|пишите|шлите|отправляйте|беспокойте|звоните)"
    r"|\bбольше\s+не\s+(?:присылайте|пишите|шлите|отправляйте|надо|нужно|хочу)"
    r"|\b(?:прекратите|остановите|хватит|перестаньте)\s+(?:эту?\s+|мне\s+|вашу?\s+|свою?\s+)*(?:рассыл|спам|присыл|слать|писать)"
    r"|\bотказ\w*\s+от\s+(?:рассыл|реклам|подписк)|\bотзыва\w+\s+(?:сво[её]\s+)?согласи"
    r"|\bunsubscri\w+|\bopt(?:ing|ed)?[ -]?out\b|\bremove (?:me|my|this|us)\b|\btake (?:me|us) off\b"
    r"|\bstop (?:sending|emailing|mailing|writing|spamming|these|this|it)\b"
    r"|\b(?:do not|don'?t|never) (?:send|email|mail|write|contact)\b|\bno (?:more|longer) (?:e?mails?|letters)", re.I,
)  # fmt: skip
ALONE = re.compile(r"\W*(?:стоп|stop|хватит|нет|no|отказ|remove|отмена|спам|spam)\W*", re.I)
ASKS = re.compile(
    r"\?|\b(?:подскажите|скажите|сколько|когда|где|почему|можно ли|есть ли|интересует|уточните"
    r"|хочу (?:узнать|заказать|купить)|could you|can you|how (?:much|do|can)|when|where|is there|please tell)\b", re.I,
)  # fmt: skip


def is_by_machine(headers: Headers) -> bool:
    """Whether its headers say that nobody wrote it: it is never answered and never counted."""
    return any(re.match(pattern, value, re.I) for name, pattern in BY_MACHINE for value in headers.all(name))


def is_of_absence(headers: Headers, pieces: Sequence[Piece]) -> bool:
    """Whether its words are those of a machine that says it is away, or that it has received something."""
    return bool(AWAY.search(headers.said("subject"))) or bool(AWAY_TEXT.search(own_words(pieces)))


def sort(headers: Headers, pieces: Sequence[Piece]) -> Answered:
    """What an answer wants of us, by its own words; an empty one by its subject, as a button send it."""
    own = own_words(pieces)
    subject = headers.said("subject").strip()
    said = own or ("" if re.match(r"re:|ответ:|fw", subject, re.I) else subject)
    if _is_wish(said):
        return Answered.UNSUBSCRIBE
    return Answered.QUESTION if ASKS.search(said) else Answered.OTHER


def _is_wish(said: str) -> bool:
    if len(said) > WISH_MOST:
        return False
    return bool(ALONE.fullmatch(said)) or (bool(WISHES.search(said)) and not NEGATED.search(said))


def own_words(pieces: Sequence[Piece]) -> str:
    """What the answer says itself, without what it quotes and without the signature."""
    plain = next((piece.text for piece in pieces if piece.kind == "text/plain"), "")
    if not plain.strip():
        page = next((piece for piece in pieces if piece.kind == "text/html"), None)
        plain = _before_quotes(page) if page else ""
    lines = [line for line in plain[:TEXT_MOST].splitlines() if not line.lstrip().startswith(">")]
    return ENDS.split("\n".join(lines), maxsplit=1)[0].strip()


def _before_quotes(page: Piece) -> str:
    said = text_of(page.bytes, parameters_of(page.headers).get("charset", ""))
    return without_tags(QUOTE_BEGINS.split(said, maxsplit=1)[0])
