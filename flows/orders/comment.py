"""Comment: something for colleagues about a piece; it never goes out."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.editing import Remark
from models.locale import mark
from tasks.comments.steps import say_to_colleagues


class CommentForm(Remark):
    """What colleagues are to know about a piece. Its author and whoever commented before are told."""

    model_config = ConfigDict(title=mark("Comment on a piece"))


@flow(name="comment", flow_run_name=named(mark("Comment on a piece")))
async def comment(form: CommentForm) -> State[None]:
    """Keep it, and tell whom it concerns."""
    return ended(say_to_colleagues(form))
