"""Typography of Russian and English texts: what is corrected by itself, each rule by its plain name. Pure.

Sources: A. Milchin, L. Cheltsova, «Справочник издателя и автора», chapters on punctuation and on numbers; The Chicago
Manual of Style, 17th edition, chapter 6. Styling twice changes nothing more. Letters and digits are left as they are;
the rules that turn letters into a sign are named in `SIGN_RULES`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.brand import Correction, Note
from models.locale import mark
from tasks.styling.manuscript import Manuscript, Replacement
from tasks.styling.protection import SIGN, shield, unshield
from tasks.styling.quotes import quotation_edits

Language = Literal["ru", "en"]
NBSP = "\u00a0"

SPACES = mark("one space instead of several")
SPACE_BEFORE = mark("no space before a punctuation mark")
SPACE_AFTER = mark("a space after a punctuation mark")
SPACE_INSIDE = mark("no spaces inside brackets and quotation marks")
QUOTES = mark("quotation marks and apostrophes of the language")
ELLIPSIS = mark("ellipsis instead of full stops")
DASH = mark("dash instead of a hyphen")
RANGE = mark("dash in a range of numbers")
COPYRIGHT = mark("© instead of a letter in brackets")
TIMES = mark("multiplication sign instead of a letter")
RUBLE = mark("₽ instead of «руб.»")
TIED_NUMBER = mark("non-breaking space between a number and its unit")
TIED_GROUPS = mark("non-breaking spaces between thousands")
TIED_INITIALS = mark("non-breaking space after initials")
TIED_SHORT = mark("non-breaking space after a short word")
TIED_ABBREVIATION = mark("non-breaking space after an abbreviation")
TIED_PARTICLE = mark("non-breaking space before a particle")
TIED_DASH = mark("non-breaking space before a dash")

SIGN_RULES = frozenset({COPYRIGHT, TIMES, RUBLE})

_SHORT: dict[Language, str] = {
    "ru": "а|без|в|во|для|до|за|и|из|или|к|ко|на|над|не|ни|но|о|об|обо|от|по|под|при|про|с|со|у|я",
    "en": "a|an|and|at|by|for|from|I|in|of|on|or|the|to|with",
}
_UNITS: dict[Language, str] = {
    "ru": "кг|мг|г|мл|л|шт|мм|см|м|км|кВт|Вт|ч|мин|сек|с|тыс|млн|млрд|руб|коп|чел|лет|год|года|году|°C|°С|₽|%|‰|\\$|€"
    "|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
    "en": "kg|mg|g|lb|oz|ml|l|mm|cm|m|km|kW|W|h|min|s|am|pm|a\\.m\\.|p\\.m\\.|°C|°F|₽|%|‰|\\$|€",
}
LANGUAGES: tuple[Language, ...] = ("ru", "en")
LETTER = r"[^\W\d_]"
NUMBER = r"\d{1,9}(?:[.,:]\d{1,9})?"
SENTENCE_ENDS = re.compile(r"\s*\Z|[ \u00a0]*\n|[ \u00a0]+[«„\"]?[A-ZА-ЯЁ]")

Rule = tuple[re.Pattern[str], Replacement, str]


@dataclass(frozen=True)
class Styled:
    """A text, the list of what was corrected in it, and what only a person can mend."""

    text: str
    corrections: tuple[Correction, ...] = ()
    notes: tuple[Note, ...] = ()


def style(text: str, language: Language = "ru", ruble_sign: bool = True) -> Styled:
    """Set a text (plain or markdown) as the language's typography wants it."""
    masked, kept = shield(text)
    manuscript = Manuscript(masked)
    set_type(manuscript, language, ruble_sign)
    return Styled(unshield(manuscript.text, kept), manuscript.listed())


def set_type(manuscript: Manuscript, language: Language, ruble_sign: bool) -> None:
    """Apply every rule of the language to a shielded text."""
    correct(manuscript, BEFORE_QUOTES)
    manuscript.edit(quotation_edits(manuscript.text, language), QUOTES)
    correct(manuscript, AFTER_QUOTES[language])
    if ruble_sign and language == "ru":
        correct(manuscript, ROUBLES)
    correct(manuscript, NUMBERS)
    correct(manuscript, TIES[language])


def correct(manuscript: Manuscript, rules: Sequence[Rule]) -> None:
    for pattern, replacement, name in rules:
        manuscript.replace(pattern, replacement, name)


def dots(found: re.Match[str]) -> str:
    """An ellipsis; after ? and ! Russian keeps two full stops («?..»)."""
    if len(found[0]) < 3 and "…" not in found[0]:
        return found[0]
    return ".." if found.string[found.start() - 1 : found.start()] in ("?", "!") else "…"


def inside(found: re.Match[str]) -> str:
    content = found[0][1:-1].strip(" " + NBSP)
    return found[0][0] + content + found[0][-1] if content else found[0]


def ascending(found: re.Match[str]) -> str:
    """A range rises: «5-7»; «154-2» may be a model or an article number and stays."""
    low, high = (tuple(map(int, re.split("[.,:]", side))) for side in (found["low"], found["high"]))
    return f"{found['low']}–{found['high']}" if low < high else found[0]


def times(found: re.Match[str]) -> str:
    """«10 x 15» with the sign of multiplication; 0x1F is a number of programmers and stays."""
    if re.match("0[xX]", found[0]):
        return found[0]
    return re.sub("[xхXХ]", "×", tied(found))


def ruble(found: re.Match[str]) -> str:
    """₽ for «руб.»; the full stop of the abbreviation stays where it also ends the sentence."""
    number = re.split(rf"[ {NBSP}]?(?:руб|р\.)", found[0])[0]
    ends = found[0].endswith(".") and SENTENCE_ENDS.match(found.string, found.end())
    return f"{number}{NBSP}₽{'.' if ends else ''}"


def tied(found: re.Match[str]) -> str:
    return found[0].replace(" ", NBSP)


def followed_by(space: str) -> Replacement:
    return lambda found: found[0] + space


def rule(pattern: str, replacement: Replacement, name: str) -> Rule:
    return re.compile(pattern, re.MULTILINE), replacement, name


BEFORE_QUOTES: tuple[Rule, ...] = (
    rule(r"(?<=\S)[ \t]{2,}(?=\S)", " ", SPACES),
    rule(rf"[ \t]*{NBSP}[ \t{NBSP}]+|[ \t]+{NBSP}", NBSP, SPACES),
    rule(r"(?<=\S)[ \t]+$", "", SPACES),
    rule(r"\([^()\n]*\)", inside, SPACE_INSIDE),
    rule(rf"(?<![^\s(\[«„])«[ {NBSP}]+(?=\S)", "«", SPACE_INSIDE),
    rule(rf"(?<=\S)[ {NBSP}]+»(?=[\s.,;:!?…)\]]|\Z)", "»", SPACE_INSIDE),
    rule(rf"(?<=\S)[ {NBSP}]+(?=[,;:.!?…]+(?:[\s«»„”“‘’\"')\]]|\Z)|[,;]{LETTER})", "", SPACE_BEFORE),
    rule(r"[.…]{2,}", dots, ELLIPSIS),
    rule(rf"(?<={LETTER})[,;](?={LETTER})", followed_by(" "), SPACE_AFTER),
    rule(r"(?<=[а-яё])[.!?…](?=[А-ЯЁ][а-яё])", followed_by(" "), SPACE_AFTER),
    rule(r"\([cсCС]\)(?= ?(?:\d{4}|[A-ZА-ЯЁ«\"]))", "©", COPYRIGHT),
)
AFTER_QUOTES: dict[Language, tuple[Rule, ...]] = {
    "ru": (rule(rf"(?<=\S)[ {NBSP}](?:-{{1,3}}|–)(?=[ \n])", f"{NBSP}—", DASH),),
    "en": (
        rule(rf"(?<=\S)[ {NBSP}]-(?=[ \n])", f"{NBSP}–", DASH),
        rule(rf"(?<={LETTER})-{{2,3}}(?={LETTER})", "—", DASH),
    ),
}
NUMBERS: tuple[Rule, ...] = (
    rule(rf"(?<![\w.,]){NUMBER}(?: ?[xхXХ] ?{NUMBER})+(?!\d|[.,]\d)", times, TIMES),
    rule(rf"(?<![\w.,:/=+–-])(?P<low>{NUMBER})-(?P<high>{NUMBER})(?![\w/=–-]|[.,:]\d)", ascending, RANGE),
)
ROUBLES: tuple[Rule, ...] = (rule(rf"(?:\d{SIGN}*|тыс\.|млн|млрд)[ {NBSP}]?(?:руб\.?|р\.)(?!\w)", ruble, RUBLE),)
_TIED_EVERYWHERE: tuple[Rule, ...] = (
    rule(r"(?<=[№§]) ?(?=\d)", NBSP, TIED_NUMBER),
    rule(rf"(?<![\d.,])\d{{1,3}}(?:[ {NBSP}]\d{{3}})+(?!\d)", tied, TIED_GROUPS),
    rule(r"(?<=\b[A-ZА-ЯЁ]\.) (?=[A-ZА-ЯЁ])", NBSP, TIED_INITIALS),
    rule(rf"(?<=[a-zа-яё]) (?=[A-ZА-ЯЁ]\.[ {NBSP}]?[A-ZА-ЯЁ]\.)", NBSP, TIED_INITIALS),
    rule(r"(?<=\S) (?=[—–](?:\s|\Z))", NBSP, TIED_DASH),
)
TIES: dict[Language, tuple[Rule, ...]] = {
    language: (
        *_TIED_EVERYWHERE,
        rule(rf"(?<=\d) (?=(?:{_UNITS[language]})(?!\w))", NBSP, TIED_NUMBER),
        rule(rf"(?<![\w’-])(?i:{_SHORT[language]}) (?=\S)", tied, TIED_SHORT),
    )
    for language in LANGUAGES
}
TIES["ru"] += (
    rule(r"(?<=\d)(?=₽)", NBSP, TIED_NUMBER),
    rule(r"\b(?:г|ул|пр|пл|наб|д|корп|кв|оф|обл|им|т|см|рис|стр|тел)\. (?=\w)", tied, TIED_ABBREVIATION),
    rule(r"(?<=\w) (?=(?:бы|б|ли|ль|же|ж)(?![\w-]))", NBSP, TIED_PARTICLE),
)
