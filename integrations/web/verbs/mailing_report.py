"""What the report page of a mailing needs."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.mailing_report import MailingReport
from models.reason import Reason


class MailingReportVerbs(Protocol):
    def mailing_report(self, id: int) -> MailingReport | None:
        """In the reader's language; None where there is no such mailing."""

    def mailing_report_file(self, id: int) -> bytes | None:
        """The same as a workbook (XLSX)."""

    def order_non_openers(self, id: int, visitor: Visitor, once: str) -> Sequence[Reason]:
        """Begin a draft of it for those who did not open it."""
