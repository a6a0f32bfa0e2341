"""The last part of a page's address, from its title. Pure.

Russian letters follow the transliteration of passports (ICAO Doc 9303, part 3, section 6; the ъ left out, as search
engines expect); other alphabets lose their accents, what is left of them is dropped.
"""

import re
import unicodedata

LETTERS = {
    **{"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z"},
    **{"и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r"},
    **{"с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"},
    **{"ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia"},
}
_TABLE = str.maketrans(LETTERS)
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(title: str, longest: int = 80) -> str:
    """Latin letters, digits and hyphens, cut after a whole word; "" where nothing of the title can be written so."""
    latin = title.lower().translate(_TABLE)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    words = _OTHER.sub("-", plain).strip("-")
    if len(words) <= longest:
        return words
    head, _, _ = words[: longest + 1].rpartition("-")
    return head or words[:longest]
