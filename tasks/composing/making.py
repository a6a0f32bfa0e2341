"""What blocks are made with, and what they tell of themselves meanwhile: products, coupons, what is wrong. Pure."""

from dataclasses import dataclass, field

from markupsafe import escape

from models.content import nearest
from models.letters import Ground
from models.locale import mark
from models.mail_document import AdLabel
from models.reason import because
from tasks.composing.compiled import Priced
from tasks.composing.look import Look
from tasks.composing.marking import Marks
from tasks.composing.materials import Materials

NO_PICTURE = mark("There is no picture “{file}” in the workspace. Nearest: {nearest}.")


@dataclass
class Making:
    """One variant in the making."""

    look: Look
    materials: Materials
    marks: Marks
    language: str
    ground: Ground = Ground.ADVERTISING
    ad: AdLabel = field(default_factory=AdLabel)
    products: list[Priced] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)

    def plain(self, text: str, where: str) -> str:
        """Words as they stand in the code: nothing in them is markup, their personal places are marked."""
        return str(escape(self.marks.taken(text, where)))

    def address(self, url: str, where: str) -> str:
        return self.marks.taken(url, where)

    def picture(self, source: str, where: str) -> str:
        """The public address of a picture; a file that nobody knows is refused."""
        if source.startswith(("http://", "https://", "{{")):
            return self.marks.taken(source, where)
        if source and source not in self.materials.pictures:
            near = ", ".join(nearest(source, self.materials.pictures)) or "—"
            self.marks.refuse(because(NO_PICTURE, code="no_picture", file=source, nearest=near), where)
        return self.materials.pictures.get(source, "")
