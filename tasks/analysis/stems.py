"""Words of a text by their stems, Russian and English, without the words that say nothing. Pure."""

import re
from functools import lru_cache

from snowballstemmer import stemmer  # type: ignore[import-untyped]

WORD = re.compile(r"[^\W\d_]{2,}")
CYRILLIC = re.compile("[а-я]")
# Snowball misses two habits of Russian nouns: чашек – чашка, and фестивали, which it cuts as if it were a verb.
FLEETING = re.compile(r"(?<=\w\w)[ео]([кц])$")
TAKEN_FOR_A_VERB = re.compile(r"(?<=\w\w\w\w[аеи])л$")
EMPTY = frozenset(
    {
        *("без", "более", "был", "была", "были", "было", "в", "во", "все", "для", "до", "его", "ее", "за", "из"),
        *("или", "их", "как", "ко", "на", "над", "не", "ни", "но", "об", "он", "она", "они", "от", "по", "под", "при"),
        *("про", "со", "также", "то", "у", "уже", "что", "это", "этот", "год", "года", "году", "день", "дня", "дни"),
        *("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября"),
        *("декабря", "пройдет", "состоится", "состоялся", "состоялась", "стартует", "начнется", "отметят"),
        *("an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "in", "into", "is", "it", "its"),
        *("more", "new", "of", "on", "or", "that", "the", "this", "to", "was", "were", "will", "with", "day", "days"),
        *("year", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december"),
    }
)


def words(text: str) -> list[str]:
    return WORD.findall(text.lower().replace("ё", "е"))


def stem_line(text: str) -> list[str]:
    """The stems of all words in order: what phrases are looked for in."""
    return [stem(word) for word in words(text)]


def stems(text: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word) for word in words(text) if word not in EMPTY)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    # A stemmer keeps the word it works on in itself, so threads must not share one.
    language = "russian" if CYRILLIC.search(word) else "english"
    stemmed: str = stemmer(language).stemWord(word)
    return FLEETING.sub(r"\1", TAKEN_FOR_A_VERB.sub("", stemmed)) if language == "russian" else stemmed
