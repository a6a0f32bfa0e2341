"""Friday's report, and the director's page on the first working day of the month."""

from tests.browser.department import Department
from tests.browser.week.opening import Team


def friday_the_report(desk: Department, team: Team) -> None:
    """An expense of the week is written down; the report is ordered, made by its run, and opened."""
    desk.at(4, "17:00")
    desk.follow()
    technician, head = team["technician"], team["head"]
    technician.opens("/staff/drop")
    technician.writes("Amount", desk.either("4 800", "96"))
    technician.page.get_by_label(desk.say("Fund"), exact=True).select_option("communications")
    technician.page.get_by_label(desk.say("Campaign"), exact=True).select_option("new-outlet")
    technician.writes("Document", desk.either("Накладная № 64", "Delivery note 64"))
    technician.presses("Write the expense down")
    technician.is_told()
    technician.picture("50-expense")
    head.opens("/reports")
    head.presses("Make this week's report now")
    head.is_told()
    desk.follow()
    head.page.reload()
    head.picture("51-reports")
    made = head.page.locator("table").get_by_role("link", name="HTML").first
    made.click()
    head.page.wait_for_url("**/reports/*.html")
    text = head.page.locator("body").inner_text()
    assert desk.either("Зимнее чаепитие", "Winter tea") in text.replace("\xa0", " ")
    head.picture("52-week-report")


def the_directors_page(desk: Department, team: Team) -> None:
    """Money by fund, plan against fact, best and worst; what the head concludes stands on it for everybody."""
    desk.at(8, "09:30")
    desk.follow()
    head, author = team["head"], team["author"]
    words = desk.either(
        "Месяц закрыт в бюджете. Зимнее чаепитие идёт с опережением; открытие в Екатеринбурге вынесем на витрину.",
        "The month closed within budget. Winter tea is ahead; the opening in Galway moves to the showcase.",
    )
    head.opens("/staff/month")
    head.sees(*desk.either(("Операционный фонд", "Фонд коммуникаций"), ("Operating fund", "Communications")))
    head.page.locator("#text").fill(words)
    head.presses("Keep the conclusion")
    head.is_told()
    head.picture("53-month")
    author.opens("/staff/month")
    author.sees(words, desk.called("head"))
    author.picture("54-month-of-the-author")


SENTENCES = (friday_the_report, the_directors_page)
