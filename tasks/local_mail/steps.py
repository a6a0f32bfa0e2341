"""Steps of keeping nothing longer than it is needed: letters to customers who were erased, mails that came back."""

from models.ending import Ending
from models.locale import mark
from tasks.house import house
from tasks.local_mail.engine import LocalMail
from tasks.step import step


@step(mark("Delete letters of erased customers"))
def forget_letters() -> Ending:
    """Whoever erased them deleted the letters too; this is for what was cut off, or whose folder was closed."""
    number = LocalMail(house()).forget_erased()
    return Ending(done=number, total=number)


@step(mark("Delete mails that came back long ago"))
def forget_returned() -> Ending:
    """What a bounce or an answer told stands in the ledger; its file is kept a quarter of a year."""
    number = LocalMail(house()).forget_returned()
    return Ending(done=number, total=number)
