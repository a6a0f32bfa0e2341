"""Step of keeping nothing longer than it is needed: answers to programs that handed something in."""

from models.ending import Ending
from models.locale import mark
from tasks.house import house
from tasks.intake.engine import forget_calls
from tasks.step import step


@step(mark("Forget answers to programs after a week"))
def forget_answers() -> Ending:
    """Let go of what nobody asks for again; who was told what stands in the customers and receipts themselves."""
    gone = forget_calls(house())
    return Ending(done=gone, total=gone)
