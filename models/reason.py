"""A reason a specialist reads: a msgid with its words, stored as data and said in the reader's language. Pure."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from models.figures import Figure
from models.locale import translate


class Reason(BaseModel):
    """`code` is what the code compares; `text` is the English msgid, `words` fill its placeholders.

    A figure among the words is written in the language of whoever reads.
    """

    model_config = ConfigDict(frozen=True)

    code: str = ""
    text: str = ""
    words: dict[str, Any] = {}

    @field_validator("words", mode="after")
    @classmethod
    def _figures(cls, words: dict[str, Any]) -> dict[str, Any]:
        """Figures are read back from where the reason was kept."""
        return {name: Figure(**word) if isinstance(word, dict) else word for name, word in words.items()}

    def __str__(self) -> str:
        return translate(self.text, **self.words)

    def __bool__(self) -> bool:
        return bool(self.text)


NO_REASON = Reason()


def because(text: str, code: str = "", **words: object) -> Reason:
    """Build a reason; words are kept as text, numbers or figures, so that they can be stored."""
    kept = {name: word if isinstance(word, int | float | str | Figure) else str(word) for name, word in words.items()}
    return Reason(code=code, text=text, words=kept)
