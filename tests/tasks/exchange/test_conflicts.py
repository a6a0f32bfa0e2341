"""What staff reads of a receipt that would not have been allowed, wherever it is told."""

import pytest

from tasks.cashier_page.shown import against
from tasks.exchange.conflicts import said
from tasks.redeeming.calls import Entered
from tasks.tills.wording import entered


@pytest.mark.parametrize("code", ["no_line", "too_much", "nothing_left", "other_body"])
def test_a_return_of_what_is_not_there_is_said_not_to_be_entered(code: str) -> None:
    assert str(said(code)).startswith("Not entered: ")


@pytest.mark.parametrize("code", ["no_line", "too_much", "nothing_left", "other_body", "other_sale", "too_late"])
def test_each_conflict_has_words_of_its_own_everywhere(code: str) -> None:
    (told,) = entered(Entered(key="b1", conflicts=(code,))).conflicts
    assert told.code == code and code not in told.said
    assert "conditions" not in str(said(code)) and "did not hold" not in against([code])
