"""What the form for subscribing needs, and the page of the letter that asks to confirm."""

from typing import Protocol

from models.consent_texts import Wording
from models.subscriptions import Answered, Asking, Offer, Taken


class SubscribeVerbs(Protocol):
    def subscription_offer(self, language: str) -> Offer | None:
        """The words of the form in this language; None where nobody can subscribe now."""

    def subscription_wording(self, purpose: str, language: str) -> Wording | None:
        """The document that somebody agrees to by a tick of the form."""

    def subscribe_address(self, asking: Asking) -> Taken:
        """Take a form; the answer says nothing of whose address it is."""

    def subscription_standing(self, key: str) -> Answered | None:
        """What the link of a letter comes to; None where it is not ours. It changes nothing."""

    def confirm_subscription(self, key: str) -> Answered | None: ...
