"""What a coupon gives, in plain sentences for whoever holds it: nothing of what is the company's own business. Pure."""

from models.locale import translate
from models.offers import OfferTerms
from tasks.offers.summary import GIVES, goods_said
from tasks.offers.summary_of_rules import ALL_OUTLETS, EVERYBODY, conditions_said
from tasks.offers.wording import NO_WORDS, Words


def said_to_bearer(terms: OfferTerms, words: Words = NO_WORDS) -> tuple[str, ...]:
    """What it gives, on what, and when. For whom it was made, at whose expense and up to how many stays unsaid."""
    asked = terms.conditions.model_copy(update={"customer_groups": (), "but_customer_groups": (), "channels": ()})
    plain = terms.model_copy(update={"conditions": asked})
    left_out = {translate(EVERYBODY), translate(ALL_OUTLETS)}
    said = (*GIVES[type(terms.gives)](terms.gives, words), *goods_said(terms, words))
    return (*said, *(one for one in conditions_said(plain, words) if one not in left_out))
