"""Before the week: everybody comes in by a link, and the plan is loaded four times."""

from tests.browser.department import Department
from tests.browser.person import Person
from tests.browser.plan_of_the_week import plan

Team = dict[str, Person]


def everybody_comes_in(desk: Department, team: Team) -> None:
    """The administrator by the link that is printed at the first start; the others by links he makes."""
    admin = team["admin"]
    admin.comes_in(desk.web.invitation(admin.key))
    admin.begins()
    for role in ("author", "approver", "deputy", "technician", "head"):
        admin.opens(f"/staff/people/{desk.people[role]}")
        admin.presses("Make a link")
        link = admin.page.get_by_label(desk.say("Link"), exact=True).input_value()
        if role == "author":
            admin.picture("01-link-for-the-author")
            team[role].page.goto(link)
            team[role].picture("02-invitation")
        team[role].comes_in(link)
        if role == "author":
            team[role].picture("03-welcome")
        team[role].begins()


def the_plan_is_loaded(desk: Department, team: Team, load: int) -> None:
    """Dropped, looked at, said yes to; the run loads it."""
    author = team["author"]
    author.opens("/staff/drop")
    name = desk.either("План недели.xlsx", "Plan of the week.xlsx")
    data = plan(desk.language, load, author.key)
    author.page.set_input_files("#files", {"name": name, "mimeType": "application/vnd.ms-excel", "buffer": data})
    author.presses("Look at it")
    author.page.wait_for_url(f"**/staff/drop/{load}")


def said_yes(desk: Department, team: Team) -> None:
    author = team["author"]
    author.presses("Load the plan")
    author.is_told(desk.say("Said yes. The plan is being loaded; this page follows it."))
    desk.follow()


def it_was_loaded_four_times_before(desk: Department, team: Team) -> None:
    """The last two weeks: what was approved then is out by now."""
    for load, day, time in ((1, -10, "12:00"), (2, -7, "12:00")):
        desk.at(day, time)
        the_plan_is_loaded(desk, team, load)
        said_yes(desk, team)
        approver = team["approver"]
        approver.opens(f"/approval/{load}")
        approver.presses("Approve all but what is taken out")
        approver.is_told()
    for day, time in ((-6, "11:00"), (-4, "13:00"), (-3, "10:00")):
        desk.at(day, time)
        desk.follow()
    the_plan_is_loaded(desk, team, 3)
    author = team["author"]
    author.sees(desk.say("Nothing is different: the plan is loaded as it stands here."))
    desk.at(-3, "15:00")
    the_plan_is_loaded(desk, team, 4)
    said_yes(desk, team)


SENTENCES = (everybody_comes_in, it_was_loaded_four_times_before)
