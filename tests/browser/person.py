"""Somebody at the desk: a browser of their own, what they do with it, and what they must never meet there."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.department import Department
from tests.deployments.served import PASSWORD

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
PATIENCE = 15_000


class Person:
    """A browser context of one person; `role` "" is somebody outside."""

    def __init__(self, chromium: Any, desk: Department, role: str, size: str, pictures: Path) -> None:
        width, height = SIZES[size]
        self.desk, self.role, self.size, self.pictures = desk, role, size, pictures
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=desk.language, base_url=desk.web.url,
            has_touch=size == "phone", reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def key(self) -> str:
        return self.desk.people[self.role]

    def comes_in(self, link: str) -> None:
        """By the personal link, the first time: a password, the welcome, the desk."""
        self.page.goto(link)
        self.page.get_by_label(self.desk.say("Password")).fill(PASSWORD)
        self.presses("Save and sign in")
        self.page.wait_for_url("**/welcome")
        self.sees(self.desk.say("Welcome, {name}!", name=self.desk.called(self.role)))

    def begins(self) -> None:
        """The welcome is read."""
        self.presses("Got it, begin")
        self.page.wait_for_url("**/staff")

    def opens(self, path: str) -> None:
        """Go to a page of the desk; sign in again where the session is over by now."""
        self.page.goto(path)
        if urlsplit(self.page.url).path == "/sign-in":
            self.page.get_by_label(self.desk.say("Mail address or key")).fill(self.key)
            self.page.get_by_label(self.desk.say("Password")).fill(PASSWORD)
            self.presses("Sign in")
            self.page.wait_for_url(f"**{path}")

    def presses(self, words: str, within: Any = None, which: int = 0, **more: Any) -> None:
        """A button by what it is called; the page that follows is awaited by the next step."""
        self.find("button", words, within, **more).nth(which).click()

    def follows(self, words: str, within: Any = None, which: int = 0, **more: Any) -> None:
        self.find("link", words, within, **more).nth(which).click()

    def find(self, kind: str, words: str, within: Any = None, **more: Any) -> Any:
        name = self.desk.say(words, **more)
        return (within or self.page.locator("main")).get_by_role(kind, name=name, exact=False)

    def unfolds(self, words: str, within: Any = None, which: int = 0) -> Any:
        """Open what is folded away; returns it."""
        summary = (within or self.page.locator("main")).locator("summary").filter(has_text=self.desk.say(words))
        folded = summary.nth(which).locator("xpath=..")
        if folded.get_attribute("open") is None:
            summary.nth(which).click()
        return folded

    def writes(self, label: str, text: str, within: Any = None) -> None:
        (within or self.page.locator("main")).get_by_label(self.desk.say(label), exact=True).first.fill(text)

    def card(self, title: str, kind: str = "article") -> Any:
        return self.page.locator(kind).filter(has_text=title).first

    def opens_piece(self, title: str) -> None:
        """By its name, wherever it stands on this page."""
        self.page.locator("main").get_by_role("link", name=title, exact=True).first.click()
        self.page.wait_for_url("**/staff/piece/*")

    def row(self, title: str, channel: str) -> Any:
        """A version in the table of approval."""
        return self.page.locator("tbody").filter(has_text=title).locator("tr[id]").filter(has_text=channel).first

    def is_told(self, *words: str) -> None:
        """What the page says about what was just done."""
        told = self.page.locator("[role=status] .told, .week-answer .told").filter(visible=True)
        told.first.wait_for()
        for one in words:
            told.filter(has_text=one).first.wait_for()

    def sees(self, *words: str) -> None:
        text = self.page.locator("body").inner_text().replace("\xa0", " ").casefold()
        missing = [one for one in words if one.replace("\xa0", " ").casefold() not in text]
        assert not missing, f"{self.role} at {self.page.url} does not see {missing}:\n{text}"

    def does_not_see(self, *words: str) -> None:
        text = self.page.locator("body").inner_text().casefold()
        assert not [one for one in words if one.casefold() in text], (words, text)

    def picture(self, name: str, whole: bool = True) -> None:
        """Keep how it looks; nothing sticks out, nothing complained."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        folder = self.pictures / f"{self.desk.language}-{self.size}"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png", full_page=whole)
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide}"
        assert self.complaints == [], (self.page.url, self.complaints)


def kept_in(otherwise: Path) -> Path:
    """Where pictures go: OTDEL_PICTURES, to look at them, or a folder of the test."""
    return Path(os.environ.get("OTDEL_PICTURES") or otherwise)
