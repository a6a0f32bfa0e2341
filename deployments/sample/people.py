"""Makes the sample company's customers: `python -m deployments.sample.people`. The same for ever, all made up.

Nobody can be reached by them: mail is at domains that are kept for examples (RFC 2606), phones are numbers that nobody
has, and names on Telegram have two underscores in a row, which Telegram gives to nobody.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import yaml

from deployments.sample.crowd.country import EN, RU, Country
from deployments.sample.crowd.lots import lot, pick, share
from deployments.sample.crowd.names import latin

HERE = Path(__file__).parent
NUMBER = 5000
DOMAINS = ("example.org", "example.com", "example.net")
OPENED, LAST_DAY = date(2023, 3, 1), date(2026, 9, 30)
SEPARATE = date(2025, 9, 1)  # since then consent to personal data is a document of its own (152-FZ): another wording
OLDEST, YOUNGEST = date(1948, 1, 1), date(2008, 8, 31)
Row = dict[str, str]


class Crowd:
    """The customers of one language, from 1 on: who has what is drawn by lot, in exact shares."""

    def __init__(self, country: Country) -> None:
        self.country = country
        company = yaml.safe_load((HERE / country.folder / "company.yaml").read_text("utf-8"))
        self.outlets = [(outlet["key"], outlet["city"]) for outlet in company["outlets"]]
        everybody = range(1, NUMBER + 1)
        self.with_email = share("e-mail", 85, everybody)
        self.with_phone = share("phone", 60, everybody)
        self.with_telegram = share("telegram", 8, everybody)
        self.with_birthday = share("birthday", 70, everybody)
        self.advertising = share("advertising", 78, everybody)
        self.declined = share("declined", 40, set(everybody) - self.advertising)
        self.personal = share("personal", 90, everybody)
        self.refused = share("refused", 2, everybody)
        self.women = share("women", 62, everybody)
        self.by_site = share("by site", 5, self.with_email)  # they have no card, and no outlet of their own
        self.emails: dict[str, int] = {}

    def rows(self) -> Iterator[Row]:
        """Everybody as they stand in the table; some with a fault, and after some a row that should not be there."""
        everybody = {number: self._person(number) for number in range(1, NUMBER + 1)}
        faults, added = self._faults(everybody), self._added(everybody)
        for number, row in everybody.items():
            yield row | faults.get(number, {})
            if number in added:
                yield added[number]

    def _person(self, number: int) -> Row:
        country, is_woman = self.country, number in self.women
        name = pick("name", number, country.women if is_woman else country.men)
        surname = pick("surname", number, country.surnames)
        surname = country.of_a_woman(surname) if is_woman else surname
        outlet, city = pick("outlet", number, self.outlets)
        return {
            "code": "" if number in self.by_site else f"7{number:06}", "name": name, "surname": surname,
            "phone": country.phone(number, lot("style", number)) if number in self.with_phone else "",
            "email": self._email(number, name, surname) if number in self.with_email else "",
            "telegram": f"{country.telegram}{number:04}" if number in self.with_telegram else "",
            "birthday": self._birthday(number) if number in self.with_birthday else "", "city": city,
            "outlet": "" if number in self.by_site else outlet,
            "refused": country.yes if number in self.refused else "", **self._agreed(number),
        }  # fmt: skip

    def _email(self, number: int, name: str, surname: str) -> str:
        first, last = latin(name), latin(surname)
        ways = (f"{first}.{last}", f"{last}.{first}", f"{first[0]}.{last}", f"{first}{last}", f"{last}_{first}")
        local, domain = pick("way", number, ways), pick("domain", number, DOMAINS)
        times = self.emails[f"{local}@{domain}"] = self.emails.get(f"{local}@{domain}", 0) + 1
        told = f"{local}{times if times > 1 else ''}"
        return f"{told.title() if lot('capitals', number) % 33 == 0 else told}@{domain}"

    def _birthday(self, number: int) -> str:
        day = OLDEST + timedelta(days=lot("birthday", number) % (YOUNGEST - OLDEST).days)
        without_year = self.country is RU and lot("year", number) % 20 == 0
        return f"{day:%d.%m}" if without_year else self.country.day(day)

    def _agreed(self, number: int) -> Row:
        """What they agreed to when they filled the form in: the day the card was given, or they came to the site."""
        country, day = self.country, self.came_on(number)
        agreed = number in self.advertising or number in self.personal
        advertising = country.yes if number in self.advertising else country.no if number in self.declined else ""
        return {
            "advertising": advertising, "personal": country.yes if number in self.personal else "",
            "agreed_on": country.day(day) if agreed else "",
            "proof": country.document.format(number) if agreed else "",
            "wording": country.wordings[day >= SEPARATE] if agreed else "",
        }  # fmt: skip

    def came_on(self, number: int) -> date:
        return OPENED + timedelta(days=(LAST_DAY - OPENED).days * number // NUMBER)

    def _faults(self, everybody: dict[int, Row]) -> dict[int, Row]:
        """What somebody typed wrongly, by customer: README.md of the sample names each."""
        yes, day = self.country.yes, self.country.day
        advertising = {"advertising": yes, "personal": "", "refused": ""}
        return {
            40: {"email": "anna.primer@example"},
            85: {"email": "first.85@example.org; second.85@example.com"},
            130: {"phone": self.country.short_phone},
            175: {"birthday": self.country.no_day},
            220: advertising | {"agreed_on": "", "proof": "", "wording": ""},
            265: advertising | {"agreed_on": day(date(2024, 5, 6)), "proof": "", "wording": ""},
            311: advertising | {"agreed_on": day(date(2062, 5, 6)), "proof": self.country.document.format(311)},
            355: {"advertising": self.country.perhaps},
            400: {"email": everybody[12]["email"]},
        }

    def _added(self, everybody: dict[int, Row]) -> dict[int, Row]:
        """Rows that stand there once more, and one that says nobody: by the customer they stand after."""
        nothing = dict.fromkeys(self.country.fields, "")
        outlet, city = self.outlets[0]
        moved = everybody[200] | {"email": "new.200@example.org", "outlet": outlet, "city": city}
        by_email = nothing | {"email": everybody[300]["email"], "telegram": f"{self.country.telegram}0300"}
        return {445: everybody[100], 490: moved, 535: by_email, 580: nothing | {"name": everybody[580]["name"]}}


def table(country: Country) -> bytes:
    """The table as a spreadsheet of that country saves it."""
    text = io.StringIO(newline="")
    written = csv.DictWriter(text, tuple(country.fields), delimiter=country.delimiter)
    written.writerow(country.fields)
    written.writerows(Crowd(country).rows())
    return text.getvalue().encode(country.encoding)


def write() -> None:
    """Write the customers of both companies in place."""
    for country in (RU, EN):
        (HERE / country.folder / "customers.csv").write_bytes(table(country))


if __name__ == "__main__":
    write()
