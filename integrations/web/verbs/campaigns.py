"""What the web process can do about campaigns, goals, funds and occasions."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from models.desk import Visitor
from models.desk.campaigns import Answered, CampaignList, CampaignPage, Filled, GoalList
from models.desk.occasions import Calendar, DraftForm


class CampaignVerbs(Protocol):
    def campaigns(self, everything: bool = False) -> CampaignList:
        """Those under way, to come, and over within a year; `everything` shows the older ones too."""

    def campaign(self, key: str) -> CampaignPage | None: ...

    def goals(self, everything: bool = False) -> GoalList:
        """Goals by their stage, and the funds of the year."""

    def planned(self, kind: str, key: str = "") -> Filled | None:
        """The form of a "campaign", a "goal" or a "fund": empty without a key; None where there is none with it."""

    def plan(
        self, kind: str, key: str, fields: Mapping[str, str], visitor: Visitor, once: str, former: str
    ) -> Answered:
        """Add one where `key` is empty, else change it, unless it is no longer as `former` shows it."""


class OccasionVerbs(Protocol):
    def occasions(self, day: date) -> Calendar:
        """The calendar of the month that the day is in."""

    def correct_occasions(self, fields: Mapping[str, Any], visitor: Visitor, once: str) -> Answered:
        """Add one, put one aside, bring one back: what the fields of the flow's form say."""

    def draft(self, occasion: str) -> DraftForm:
        """The form of a brief, filled in with what is known of the occasion, where one is named."""

    def write_draft(self, fields: Mapping[str, Any], visitor: Visitor, once: str) -> Answered:
        """Write a draft into the plan; `about` is the id of its piece."""
