"""The verb of webhooks, done in the house: a proof is demanded, then it is written down, with what others bring."""

import logging
from collections.abc import Mapping, Sequence

from integrations.errors import Unavailable
from integrations.web.together import Together
from models.letters import MailNews
from models.locale import mark
from models.reason import because
from tasks.house import House
from tasks.reactions_to_mailings.collecting.engine import Gathering

LOG = logging.getLogger("otdel.web")
NOT_WRITTEN = mark("It could not be written down just now.")
Told = tuple[str, Sequence[MailNews]]


class HookVerbs:
    """What services tell of their own accord."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        self._told: Together[Told] = Together(lambda told: Gathering(self.house).record(told))

    def letters_told_of(self, account: str, headers: Mapping[str, str], body: bytes) -> None:
        """Returns when it is written down. Raises the errors of integrations: Refused to whoever proves nothing."""
        news = Gathering(self.house).heard(account, headers, body, self.house.now())
        if not news:
            return
        try:
            self._told.add((account, news))
        except Exception as error:  # whoever told it tells it again
            LOG.warning("what was told is not written yet: %s", type(error).__name__)
            raise Unavailable(because(NOT_WRITTEN, code="not_written")) from None
