"""Monday: the plan is agreed with sales, loaded for the fifth time, approved as a whole but for two rows."""

from tests.browser.department import Department
from tests.browser.plan_of_the_week import BREAKFAST, GIFTS, MUG, OOLONG, OPENING, POT
from tests.browser.week.opening import Team, said_yes, the_plan_is_loaded


def a_colleague_comments_on_a_piece(desk: Department, team: Team) -> None:
    """The head has spoken with sales and says so beside the piece; the author reads it there."""
    desk.at(0, "09:10")
    head, author, title = team["head"], team["author"], desk.title(OOLONG)
    words = desk.either("Продажи просят: выпустить до обеда, улун приехал только вчера.",
                        "Sales ask: before lunch, please, the oolong came in yesterday.")  # fmt: skip
    head.opens("/staff/week")
    head.picture("10-week-of-the-head")
    head.opens_piece(title)
    head.writes("Comment", words)
    head.presses("Say it")
    head.page.wait_for_load_state()
    author.opens("/staff/week")
    author.opens_piece(title)
    author.sees(words, desk.called("head"))
    author.picture("11-piece-with-comment")


def sales_read_by_a_signed_link(desk: Department, team: Team) -> None:
    """Somebody of sales, who has no access here, says yes with words; the author sees them beside the row."""
    author, outside = team["author"], team["outside"]
    name, words = (
        desk.either("Кирилл, отдел продаж", "Conor, sales"),
        desk.either("Цена верная, берём.", "Price is right."),
    )
    author.opens("/approval")
    author.picture("12-questions")
    author.follows("Look")
    author.unfolds("Ask somebody outside…")
    author.writes("Name", name)
    author.presses("Make the link")
    link = author.page.get_by_label(desk.say("Link"), exact=True).input_value()
    author.picture("13-link-for-sales")
    outside.page.goto(link)
    outside.sees(name, desk.called("author"))
    card = outside.card(desk.title(OOLONG))
    card.get_by_role("radio", name=desk.say("yes")).check()
    card.get_by_role("textbox").fill(words)
    outside.picture("14-outside")
    outside.presses("Send my answer")
    outside.page.wait_for_load_state()
    outside.sees(desk.say("You said yes."), words)
    author.opens("/approval")
    author.follows("Look")
    author.sees(f"{name}: {desk.say('yes')} — {words}")


def the_plan_is_loaded_for_the_fifth_time(desk: Department, team: Team) -> None:
    """What moved, changed and is new is shown, and the broken row with what to mend; the rest is loaded."""
    desk.at(0, "09:40")
    author = team["author"]
    the_plan_is_loaded(desk, team, 5)
    change = {number: author.page.locator("tr").filter(has_text=f"№ {number} ") for number in (OPENING, MUG, BREAKFAST)}
    for number, kind in ((OPENING, "moved"), (MUG, "changed"), (BREAKFAST, "new")):
        assert desk.say(desk.changes[kind]) in change[number].first.inner_text(), (number, kind)
    author.sees(desk.either("строка 11, столбец «Дата»", "row 11, column “Date”"), "31.02.2026")
    author.picture("15-fifth-load")
    said_yes(desk, team)
    author.page.reload()
    author.sees(desk.say("What was done"), desk.say("The new version will be asked to be approved."))
    author.picture("16-loaded")


def the_week_is_approved_but_for_two_rows(desk: Department, team: Team) -> None:
    desk.at(0, "10:30")
    approver, author = team["approver"], team["author"]
    approver.opens("/staff")
    approver.sees(desk.say("You are asked."))
    approver.picture("17-today-of-the-approver")
    approver.follows("Look and decide")
    back = {
        GIFTS: ("site", desk.either("Нет цены сертификата.", "The card has no price.")),
        OPENING: ("showcase", desk.either("Витрина в среду закрыта.", "The showcase is closed on Wednesday.")),
    }
    for number, (channel, why) in back.items():
        row = approver.row(desk.title(number), desk.channel(channel))
        row.get_by_label(desk.say("Take out")).check()
        row.get_by_label(desk.say("Reason"), exact=True).fill(why)
    approver.picture("18-approval")
    approver.presses("Approve all but what is taken out")
    approver.is_told(desk.say("Sent back: {number}. The authors have been told.", number=2))
    approver.picture("19-approved", whole=False)
    approver.opens("/approval")
    approver.follows("Look and decide")
    approver.sees(desk.title(MUG), desk.title(BREAKFAST))
    approver.presses("Approve all but what is taken out")
    approver.is_told()
    desk.follow()
    author.opens("/staff/unknown")
    author.sees(*(why for _, why in back.values()))
    author.picture("20-sent-back")


def the_first_one_goes_out(desk: Department, team: Team) -> None:
    desk.at(0, "14:00")
    desk.follow()
    author = team["author"]
    author.opens("/staff")
    author.picture("21-today-of-the-author")
    author.opens("/staff/week?view=list&state=published")
    author.sees(desk.title(POT), desk.say("published"))


SENTENCES = (
    a_colleague_comments_on_a_piece, sales_read_by_a_signed_link, the_plan_is_loaded_for_the_fifth_time,
    the_week_is_approved_but_for_two_rows, the_first_one_goes_out,
)  # fmt: skip
