"""What a run says when it is over."""

import pytest

from flows.endings import ended
from models.ending import Ending
from models.locale import spoken


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        pytest.param(Ending(done=1, total=1), ("Completed", "Done", "Done"), id="done"),
        pytest.param(Ending(total=0), ("Completed", "Nothing to do", "Nothing to do"), id="nothing"),
        pytest.param(Ending(total=2, remarks=("No.",)), ("Failed", "Not done: 0 of 2", "No."), id="not done"),
        pytest.param(
            Ending(done=1, total=2, remarks=("at\u00a0ten", "late")),
            ("Completed", "Done with remarks: 1 of 2", "at ten\nlate"), id="remarks, which a log does not escape",
        ),
    ],
)  # fmt: skip
def test_a_run_ends_as_its_work_did(ending: Ending, said: tuple[str, str, str]) -> None:
    with spoken("en"):
        state = ended(ending)
    assert (state.type.value.capitalize(), state.name, state.message) == said
