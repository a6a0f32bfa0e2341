"""Which comments have been answered, by what the channel itself wrote under the post. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from integrations.channels.base import Remark


@dataclass(frozen=True)
class Waiting:
    """A comment that waits for an answer."""

    remote_id: str
    written_at: datetime


def answers(waiting: Iterable[Waiting], remarks: Iterable[Remark]) -> dict[str, datetime]:
    """When each comment was answered: by a remark of ours to it, else by the first of ours below it to nobody."""
    ours = sorted((remark for remark in remarks if remark.ours), key=lambda remark: remark.at)
    return {
        one.remote_id: min(remark.at for remark in ours if _answers(remark, one))
        for one in waiting
        if any(_answers(remark, one) for remark in ours)
    }


def _answers(remark: Remark, one: Waiting) -> bool:
    return remark.reply_to == one.remote_id or (not remark.reply_to and remark.at >= one.written_at)
