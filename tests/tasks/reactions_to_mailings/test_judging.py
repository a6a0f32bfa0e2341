"""Recipients against the control group: what may be said, and by chance how often it would be said wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reactions_to_mailings.judging import against, together
from tasks.reactions_to_mailings.values import Told
from tasks.returns.owed.rows import CONTROL
from tasks.returns.sums.resampling import BUYERS_LEAST, Spent, uniforms
from tests.fakes import NOW


def flat(buyers: int, size: int, amount: int = 1000) -> Spent:
    return Spent(tuple(amount + n % 30 for n in range(buyers)), size)


@pytest.mark.parametrize(
    ("recipients", "control", "told"),
    [
        pytest.param(flat(600, 5000), None, Told.NO_CONTROL, id="nobody was left out"),
        pytest.param(flat(600, 5000), flat(BUYERS_LEAST - 1, 500), Told.TOO_FEW, id="too few of them bought"),
        pytest.param(flat(BUYERS_LEAST - 1, 5000), flat(60, 500), Told.TOO_FEW, id="too few recipients bought"),
        pytest.param(flat(600, 5000), flat(60, 500), Told.NOT_TOLD, id="the same share"),
        pytest.param(flat(900, 5000), flat(60, 1000), Told.MORE, id="three times as many"),
        pytest.param(flat(300, 5000), flat(120, 1000), Told.LESS, id="half as many"),
    ],
)
def test_what_may_be_said(recipients: Spent, control: Spent | None, told: Told) -> None:
    spent = {"A": recipients} | ({CONTROL: control} if control else {})
    found = against(spent, 1)
    assert found.told is told
    assert (found.interval is None) == (told in (Told.NO_CONTROL, Told.TOO_FEW))
    if found.interval is not None:
        assert found.interval.holds(0) == (told is Told.NOT_TOLD) and found.interval.holds(found.apart)


def test_before_its_moment_nothing_is_said() -> None:
    """Whoever looks every day and stops at the first success finds one by chance several times as often."""
    spent = {"A": flat(900, 5000), CONTROL: flat(60, 1000)}
    early = against(spent, 1, NOW)
    assert early.told is Told.EARLY and early.told_from == NOW and early.interval == against(spent, 1).interval
    assert against({"A": flat(900, 5000)}, 1, NOW).told is Told.NO_CONTROL


def test_one_large_receipt_is_not_believed() -> None:
    recipients = Spent((*(100,) * 59, 10_000_000), 5000)
    assert against({"A": recipients, CONTROL: flat(40, 3500, 100)}, 1).told is Told.NOT_TOLD


def test_the_same_numbers_give_the_same_verdict() -> None:
    spent = {"A": flat(200, 4000), "B": flat(150, 3000), CONTROL: flat(50, 900)}
    assert against(spent, 7) == against(spent, 7)


def test_where_nothing_is_different_something_is_said_as_seldom_as_promised() -> None:
    """Of fifty mailings that did nothing at most about one in twenty is said to have done something."""
    found = [against({"A": chance(4 * n, 1500), CONTROL: chance(4 * n + 2, 600)}, n).told for n in range(50)]
    assert found.count(Told.NOT_TOLD) >= 43


def chance(seed: int, size: int) -> Spent:
    """One in ten buys, and receipts have a heavy tail."""
    buyers = sum(draw < 0.1 for draw in uniforms(seed + 1, size))
    return Spent(tuple(int(500 / (1 - draw) ** 0.4) for draw in uniforms(seed, buyers)), size)


@given(st.dictionaries(st.sampled_from(["A", "B", "C", CONTROL]), st.integers(0, 50).map(lambda n: flat(n, n + 10))))
def test_recipients_are_all_who_got_a_variant(spent: dict[str, Spent]) -> None:
    found = together(spent)
    assert found.size == sum(one.size for name, one in spent.items() if name != CONTROL)
    assert sum(found.amounts) == sum(sum(one.amounts) for name, one in spent.items() if name != CONTROL)
