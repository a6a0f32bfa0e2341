"""What the pages about customers need, and what they order."""

from collections.abc import Sequence
from typing import Protocol

from models.customer_orders import ConsentForm, EraseCustomerForm, StopListForm
from models.desk import Visitor
from models.desk.customers import CustomerRecord, CustomersPage, GivenOut
from models.reason import Reason


class CustomerVerbs(Protocol):
    def customers_page(self, typed: str) -> CustomersPage:
        """All customers in numbers, and whoever `typed` means."""

    def customer(self, id: int) -> CustomerRecord | None:
        """Everything known of a customer; None where there is none."""

    def customer_given_out(self, id: int, kind: str) -> GivenOut | None:
        """The same as a file, json or xlsx."""

    def order_consent(self, visitor: Visitor, once: str, form: ConsentForm) -> Sequence[Reason]: ...

    def order_stop_list(self, visitor: Visitor, once: str, form: StopListForm) -> Sequence[Reason]: ...

    def erase_customer(self, visitor: Visitor, once: str, form: EraseCustomerForm) -> Sequence[Reason]: ...
