"""Prefect's own pages, kept from calling anybody but their own server."""

from pathlib import Path

# The V2 pages of 3.8.8 fetch a configuration from an analytics firm at every load, whatever PREFECT_SERVER_ANALYTICS
# says (seen in Chromium, 2026-11-21): a staff browser would report itself abroad. The browser itself refuses it so.
ONLY_HERE = '<meta http-equiv="Content-Security-Policy" content="connect-src \'self\' blob: data:">'


def keep_at_home(home: Path) -> None:
    """Write the policy into every index page that the server has laid out under PREFECT_HOME."""
    for page in sorted((home / "ui").glob("*/index.html")):
        written = page.read_text(encoding="utf-8")
        if ONLY_HERE not in written:
            page.write_text(written.replace("<head>", f"<head>{ONLY_HERE}", 1), encoding="utf-8")
