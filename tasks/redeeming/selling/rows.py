"""The products of the feed, read when somebody asks about groups and the feed has changed. Sessions are given."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.company import Company
from models.piece import OfferRow
from tasks.offers.goods import Assortment
from tasks.redeeming.selling.shelves import assortment, titles_of

Product = tuple[str, str, str, list[str]]


class Shelf:
    """What is sold. The feed's table is replaced whole, so any row of it says when."""

    def __init__(self) -> None:
        self.plain: tuple[Any, Assortment] = (None, Assortment())
        self.whole: tuple[Any, Assortment] = (None, Assortment())

    def of(self, session: Session, company: Company, by_groups: bool) -> Assortment:
        """The currency and what outlets are called; the groups of goods only where they are asked for."""
        own = (company.currency, titles_of(company))
        if not by_groups:
            if self.plain[0] != own:
                self.plain = own, Assortment(currency=own[0], outlets=own[1])
            return self.plain[1]
        read_at = session.execute(select(col(OfferRow.read_at)).limit(1)).scalar()
        if self.whole[0] != (own, read_at):
            columns = (col(OfferRow.id), col(OfferRow.name), col(OfferRow.category), col(OfferRow.category_ids))
            found = session.execute(select(*columns).order_by(col(OfferRow.id)))
            self.whole = (own, read_at), assortment(found.tuples(), company)
        return self.whole[1]
