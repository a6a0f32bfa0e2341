"""What is taken of an offer's limits, as its page shows it."""

from models.locale import spoken
from models.offers import Invitation, OfferTerms
from models.redemptions import Limit, OfferCounter
from tasks.offering.rows import Figures
from tasks.offering.shown.bars import bars_of
from tasks.offers.wording import Words
from tests.tasks.offers.shop import offer


def test_every_sitting_is_there_answered_or_not_in_the_readers_words() -> None:
    sittings = [{"outlet": "center", "at": f"2026-12-{day}T18:00", "seats": 30} for day in (10, 11)]
    terms: OfferTerms = offer(Invitation.model_validate({"sittings": sittings}))
    answered = OfferCounter(offer_id=1, kind=Limit.SEATS, scope="center 2026-12-11T18:00:00", used=2, held=3)
    with spoken("ru"):
        first, second = bars_of(terms, Figures(), [answered], Words(outlets={"center": "Центр"}))
    assert (first.title, first.standing) == ("Места: Центр, 10 декабря 2026, 18:00", "осталось 30")
    assert (second.title, second.standing) == ("Места: Центр, 11 декабря 2026, 18:00", "осталось 25")
