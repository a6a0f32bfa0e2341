"""What the web process is told when it starts: its addresses, its key, and the folders it shows files from."""

from pathlib import Path

from pydantic import SecretStr

from models.post import Value


class WebSettings(Value):
    """`arriving` is where files lie while they are received; `mailbox` the folder of notices that stay on this machine,
    None where they go out by mail.
    """

    public_url: str
    staff_url: str
    ui_url: str = ""
    secret: SecretStr
    site: Path
    media: Path
    reports: Path
    arriving: Path
    mailbox: Path | None = None
