"""What the pages about customer groups need, and what they order."""

from collections.abc import Collection, Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.groups import GroupForm, GroupPage, GroupsPage, ListLook
from models.reason import Reason

Fields = Sequence[tuple[str, str]]


class GroupVerbs(Protocol):
    def groups_page(self, compare: Collection[str]) -> GroupsPage:
        """All groups, with how those named overlap."""

    def customer_group(self, key: str, visitor: Visitor) -> GroupPage | None:
        """One group; None where there is none. Customers by number and name only for whoever may see them."""

    def new_group(self, ready: str, name: str, is_list: bool) -> GroupForm:
        """A group to be made: empty, or as a ready one has it."""

    def group_form(self, key: str) -> GroupForm | None:
        """A group to be changed; None where there is none."""

    def group_filled(self, fields: Fields, key: str, do: str) -> GroupForm:
        """The form as it was sent, with what was pressed done to it; nothing is saved."""

    def order_make_group(self, visitor: Visitor, once: str, form: GroupForm) -> Answered: ...

    def order_ready_group(self, visitor: Visitor, once: str, ready: str, name: str) -> Answered: ...

    def order_change_group(self, visitor: Visitor, once: str, form: GroupForm) -> Answered: ...

    def order_correct_group(
        self, visitor: Visitor, once: str, key: str, what: str, customers: str, why: str
    ) -> Sequence[Reason]: ...

    def look_at_list(self, key: str, said: str | bytes, replaces: bool) -> ListLook | Reason:
        """What a list names, typed or from a file; nothing is loaded. A `Reason` is why it cannot be looked at."""

    def order_list(
        self, visitor: Visitor, once: str, key: str, said: str | bytes, replaces: bool
    ) -> tuple[Sequence[Reason], ListLook | Reason]:
        """Load a list; what became of it, and the rows that name nobody known."""

    def order_put_away_group(self, visitor: Visitor, once: str, key: str, back: bool) -> Sequence[Reason]: ...

    def order_build_groups(
        self, visitor: Visitor, once: str, key: str = "", anew: bool = False
    ) -> Sequence[Reason]: ...
