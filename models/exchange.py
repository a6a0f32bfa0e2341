"""How an outlet's tills exchange files with us, as its card in company.yaml says it. Pure."""

from typing import Literal

from models.post import Value
from models.written import FolderText


class ExchangeCard(Value):
    """Files for tills that take no other way: where they lie, how they are written. No folder: none.

    `folder` is inside the company's, or a whole path. With `codes` the codes themselves are written there too.
    """

    folder: FolderText = ""
    formats: tuple[Literal["csv", "commerceml"], ...] = ("csv",)
    encoding: Literal["utf-8", "cp1251"] = "utf-8"
    codes: bool = False
