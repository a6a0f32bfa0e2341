"""The verbs of subscribing on the own site, done in the house."""

from collections.abc import Callable
from datetime import timedelta

from models.consent_texts import Wording
from models.subscriptions import Answered, Asking, Offer, Taken
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.subscribing.engine import Subscribing
from tasks.subscribing.networks import network_of

SENDING, SOON = "mailing-sending", timedelta(seconds=20)


class SubscribeVerbs:
    house: House
    wake_porter: Callable[[], None]

    def subscription_offer(self, language: str) -> Offer | None:
        return Subscribing(self.house).offer(language)

    def subscription_wording(self, purpose: str, language: str) -> Wording | None:
        return Subscribing(self.house).wording(purpose, language)

    def subscribe_address(self, asking: Asking) -> Taken:
        here = asking.model_copy(update={"network": network_of(asking.network)})
        taken = Subscribing(self.house).ask(here)
        if taken is Taken.THANKS:
            self._send_soon()
        return taken

    def _send_soon(self) -> None:
        """Let a run send what somebody waits for, without waiting for that of the next minute; whoever asked."""
        slot = int(self.house.now().timestamp() // SOON.total_seconds())
        with self.house.sessions.begin() as session:
            book.give(session, self.house.clock, f"awaited letters {slot}", SENDING, {}, "", by_run=True)
        self.wake_porter()

    def subscription_standing(self, key: str) -> Answered | None:
        return Subscribing(self.house).look(key)

    def confirm_subscription(self, key: str) -> Answered | None:
        return Subscribing(self.house).confirm(key)
