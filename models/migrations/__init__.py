"""The history of our tables, one file per revision; `python -m models.migrations make "message"` drafts the next."""

from pathlib import Path

HERE = Path(__file__).parent
