"""The verbs about customers, done in the house: looked for, shown whole, what they agreed to, erased."""

from collections.abc import Callable, Sequence
from functools import partial

from deployments.order_verbs import sentences
from models.customer_orders import ConsentForm, EraseCustomerForm, StopListForm
from models.desk import Visitor
from models.desk.customers import CustomerRecord, CustomersPage, GivenOut
from models.reason import Reason
from tasks.consents.engine import Consents
from tasks.customers.record.engine import Records
from tasks.house import House
from tasks.orders.answers import Report

SAID_FREELY = ("proof", "wording", "reason")  # they are checked, but Prefect need not show them


class CustomerVerbs:
    """Customers, as whoever may write to them sees them."""

    house: House
    ordered: Callable[..., Report]

    def customers_page(self, typed: str) -> CustomersPage:
        return Records(self.house).page(typed)

    def customer(self, id: int) -> CustomerRecord | None:
        return Records(self.house).record(id)

    def customer_given_out(self, id: int, kind: str) -> GivenOut | None:
        return Records(self.house).given_out(id, kind)

    def order_consent(self, visitor: Visitor, once: str, form: ConsentForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_customer("consent", visitor, once, form, partial(Consents(self.house).consent, form))

    def order_stop_list(self, visitor: Visitor, once: str, form: StopListForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_customer("stop-list", visitor, once, form, partial(Consents(self.house).stop_list, form))

    def erase_customer(self, visitor: Visitor, once: str, form: EraseCustomerForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_customer("erase-customer", visitor, once, form, partial(Records(self.house).erase, form))

    def _about_customer(
        self, code: str, visitor: Visitor, once: str, form: ConsentForm | StopListForm | EraseCustomerForm,
        act: Callable[[], Report],
    ) -> Sequence[Reason]:  # fmt: skip
        subject = ("customer", str(form.customer))
        report = self.ordered(visitor, once, code, form.model_dump(), act, subject, private=SAID_FREELY)
        return sentences(report)
