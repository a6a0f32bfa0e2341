"""For developers: `python -m models.migrations make "message"` drafts the next revision from what the models say."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from models.migrations.upgrade import configuration, connect_for_migration, upgrade


def make(message: str) -> None:
    """Draft a revision: the difference between the history so far and the models. Read it before you commit it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect_for_migration(f"sqlite:///{Path(folder) / 'history.sqlite'}")
        upgrade(engine)
        with engine.connect() as connection:
            settings = configuration(connection)
            number = len(list(Path(settings.get_main_option("script_location") or "", "versions").glob("*.py"))) + 1
            slug = "_".join(message.lower().split())
            made = command.revision(settings, slug, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    if isinstance(made, Script):
        _take_out_banners(Path(made.path))


def _take_out_banners(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("    # ###")), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "make":
        sys.exit('usage: python -m models.migrations make "message"')
    make(sys.argv[2])
