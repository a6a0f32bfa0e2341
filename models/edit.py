"""What was edited on the desk since the content plan was loaded. Pure."""

from datetime import datetime

from models.post import Value


class DeskEdit(Value):
    """A field edited on the desk; `said` is by whom and when in words, `is_lost` where the file changed it too."""

    field: str
    by: str
    at: datetime
    said: str = ""
    is_lost: bool = False
