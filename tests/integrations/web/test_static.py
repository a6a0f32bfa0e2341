"""What is shipped to browsers: two libraries as their authors made them, and nothing that reaches out."""

import hashlib
import re
from importlib.resources import files

import pytest

STATIC = files("integrations.web") / "static"
TEMPLATES = files("integrations.web") / "templates"
HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
ZXING = "3ede94153fb0c5b67a12d7adff6decd827c2b22714fdc6faecf27a8f20937ea6"  # @zxing/library 0.23.0, umd/index.min.js
THEIRS = {"htmx.min.js": HTMX, "zxing.min.js": ZXING}
OURS = sorted(entry.name for entry in STATIC.iterdir() if entry.name.endswith(".js") and entry.name not in THEIRS)
INLINE = r"""<script(?![^>]*\bsrc=)(?![^>]*ld\+json)|<style|\sstyle=|\son[a-z]+=["']|hx-on|javascript:"""
PAGES = sorted(entry.name for entry in TEMPLATES.iterdir() if entry.name.endswith(".html"))


@pytest.mark.parametrize("name", THEIRS)
def test_a_library_is_the_file_its_authors_released(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == THEIRS[name]


@pytest.mark.parametrize("name", OURS)
def test_our_scripts_name_no_other_host_and_make_no_code(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org)|\beval\(|new Function|innerHTML\s*=|document\.write", text)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_script_style_or_handler_of_its_own(name: str) -> None:
    """The policy of our answers would not let them run."""
    text = re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(INLINE, text)


def test_every_staff_form_proves_where_it_stood() -> None:
    # A signed key in the path is all they prove; whoever subscribes is a stranger, and the letter proves who they are.
    by_link = [name for name in PAGES if name.startswith(("letters_", "subscribe", "my.html", "invited.html"))]
    for name in set(PAGES) - set(by_link):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', (TEMPLATES / name).read_text(), flags=re.DOTALL):
            assert 'name="csrf"' in form or "hidden(" in form, f"{name}: {form[:120]}"
