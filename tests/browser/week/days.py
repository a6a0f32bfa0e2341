"""Every day of the week: what is moved, changed, corrected, asked, decided by a deputy, stopped, not known."""

from typing import Any

from integrations.errors import OutcomeUnknown
from integrations.wire import LOST
from models.reason import because
from tests.browser.department import Department
from tests.browser.person import Person
from tests.browser.plan_of_the_week import BREAKFAST, DRIPPER, MUG, OOLONG, OPENING
from tests.browser.week.opening import Team

PRICES = {"ru": ("<price>580</price>", "<price>640</price>", "580", "640"),
          "en": ("<price>7.20</price>", "<price>7.90</price>", "7.20", "7.90")}  # fmt: skip


def a_post_is_moved(desk: Department, team: Team) -> None:
    """By pointer and by keyboard where there is room for it, by the form on a phone."""
    desk.at(1, "09:00")
    author, head, title = team["author"], team["head"], desk.title(OPENING)
    author.opens("/staff/week")
    card = _spot(author, title, desk.channel("telegram"))
    if author.size == "desk":
        _drag(author, card, "2026-11-26")
        author.is_told("26", "16:00")
        author.picture("30-moved-by-pointer", whole=False)
        breakfast = _spot(author, desk.title(BREAKFAST), desk.channel("telegram"))
        breakfast.locator(".handle").focus()
        author.page.keyboard.press("ArrowLeft")
        author.picture("32-lifted-by-keyboard", whole=False)
        author.page.keyboard.press("Enter")
        author.is_told("27", "10:00")
    else:
        author.unfolds("Actions", card)
        form = author.unfolds("Move…", card)
        form.locator("input[type=date]").fill("2026-11-26")
        author.picture("30-moving-by-the-form", whole=False)
        author.presses("Move it", form)
        author.is_told("26", "16:00")
        author.picture("32-moved", whole=False)
    desk.follow()
    head.opens("/staff/week")
    head.picture("31-week-now")
    thursday = head.page.locator("[data-day='2026-11-26']")
    assert title in thursday.inner_text().replace("\xa0", " ")


def _spot(person: Person, title: str, channel: str) -> Any:
    return person.page.locator(".spot").filter(has_text=title).filter(has_text=channel).first


def _drag(person: Person, card: Any, day: str) -> None:
    card.scroll_into_view_if_needed()
    handle, there = card.locator(".handle").bounding_box(), person.page.locator(f"[data-day='{day}']").bounding_box()
    mouse = person.page.mouse
    mouse.move(handle["x"] + 8, handle["y"] + 8)
    mouse.down()
    mouse.move(handle["x"] - 20, handle["y"] + 10, steps=4)
    mouse.move(there["x"] + there["width"] / 2, handle["y"] + 10, steps=8)
    person.picture("29-dragging", whole=False)
    mouse.up()


def a_price_changes_an_hour_before(desk: Department, team: Team) -> None:
    """The feed is dropped; what it changes, and whom that concerns, is shown before it is replaced."""
    desk.at(1, "11:00")
    technician = team["technician"]
    before, after, old, new = PRICES[desk.language]
    feed = (desk.house.root / "products.xml").read_text(encoding="utf-8")
    technician.opens("/staff/drop")
    data = feed.replace(before, after).encode()
    technician.page.set_input_files("#files", {"name": "products.xml", "mimeType": "text/xml", "buffer": data})
    technician.presses("Look at it")
    technician.page.wait_for_url("**/staff/drop/*")
    technician.sees(desk.title(OOLONG), old, new)
    technician.picture("32-price-feed")
    technician.presses("Replace the product feed")
    technician.is_told()
    desk.follow()


def the_old_price_is_mended(desk: Department, team: Team) -> None:
    """What names the former price waits for a person; corrected and approved, it goes out in time."""
    author, approver = team["author"], team["approver"]
    _, _, old, new = PRICES[desk.language]
    author.opens("/staff/unknown")
    author.sees(desk.title(OOLONG), old, new)
    author.picture("33-old-price")
    author.follows("Mend the piece", author.card(desk.title(OOLONG)))
    for label in ("Title", "Text, as markdown", "Description, for search"):
        field = author.page.get_by_label(desk.say(label), exact=True)
        field.fill(field.input_value().replace(old, new))
    author.page.locator("#preview img, #preview .look").first.wait_for()
    author.picture("34-editing")
    author.presses("Save")
    author.is_told()
    author.opens("/staff/unknown")
    author.does_not_see(desk.title(OOLONG))
    desk.follow()
    approver.opens("/staff")
    approver.follows("Look and decide")
    approver.sees(desk.say("changed"), desk.title(OOLONG))
    approver.unfolds("Proof")
    approver.page.locator(".changes").first.wait_for()
    approver.picture("35-changed-since")
    approver.presses("Approve all but what is taken out")
    approver.is_told()
    desk.at(1, "12:00")
    desk.follow()
    assert any(new in text for text in desk.channels["telegram"].texts())
    assert not any(old in text for text in desk.channels["telegram"].texts())


def a_text_is_corrected_by_hand_in_one_network(desk: Department, team: Team) -> None:
    """It is marked, and kept when the common text changes."""
    desk.at(1, "15:00")
    author = team["author"]
    own = desk.either("Своя кружка? Несите! Нальём чай или кофе, только сполосните её заранее.",
                      "Your own mug? Bring it! We pour tea or coffee, just rinse it first.")  # fmt: skip
    author.opens("/staff/week?view=list")
    author.opens_piece(desk.title(MUG))
    author.follows("Edit for this channel alone…", author.card(desk.channel("telegram")))
    author.writes("Text, as markdown", own)
    author.page.locator("#tried").get_by_text(own[:20]).first.wait_for()
    author.picture("36-text-by-hand")
    author.presses("Save this text")
    author.is_told()
    author.sees(desk.say("edited by hand"))
    desk.follow()
    author.follows("Edit")
    field = author.page.get_by_label(desk.say("Text, as markdown"), exact=True)
    field.fill(field.input_value() + desk.either(" Скидка за свою кружку — 10 %.", " Your own mug takes 10% off."))
    author.presses("Save")
    author.is_told()
    author.sees(desk.channel("telegram"), desk.say("edited by hand"))
    author.picture("37-kept-by-hand")
    author.follows("Look: keep it, take the new one, or edit")
    author.presses("Keep it as it stands")
    author.is_told()
    desk.follow()
    texts = " ".join(author.page.locator("[aria-labelledby=look-telegram]").all_inner_texts())
    assert own[:30] in texts.replace("\xa0", " ")


def a_comment_is_answered_and_a_question_goes_to_an_outlet(desk: Department, team: Team) -> None:
    desk.at(1, "18:00")
    network, author = desk.channels["telegram"], team["author"]
    questions = (desk.either("А кофеин в нём есть?", "Is there caffeine in it?"),
                 desk.either("До скольки работает точка в Самаре?", "How late is the Cork shop open?"))  # fmt: skip
    for number, words in enumerate(questions):
        network.ask(str(len(network.accepted)), f"c{number}", words)
    desk.at(2, "09:10")
    desk.follow()
    author.opens("/staff/unknown")
    author.sees(*questions)
    card = author.card(questions[1])
    form = author.unfolds("Pass it on…", card)
    town = desk.either("Самара", "Cork")
    choice = form.locator("option").filter(has_text=town).first.get_attribute("value")
    form.get_by_label(desk.say("To whom")).select_option(choice)
    author.writes("What you add", desk.either("Ответьте до обеда, пожалуйста.", "Before lunch, please."), form)
    author.picture("38-questions")
    author.presses("Pass it on", form)
    author.is_told()
    author.presses("It is answered", author.card(questions[0]))
    author.is_told()
    author.does_not_see(questions[0])
    author.sees(questions[1], desk.either("на Волге", "Seven Cups Cork"))
    author.picture("39-passed-on")


def nobody_knows_whether_it_is_out(desk: Department, team: Team) -> None:
    """The channel's answer is lost; nothing is repeated until a person has looked."""
    desk.at(2, "10:00")
    network, technician = desk.channels["telegram"], team["technician"]
    network.mishaps.append(OutcomeUnknown(because(LOST, code="lost", detail="timeout")))
    desk.follow()
    sent = len(network.accepted)
    technician.opens("/staff/unknown?what=unknown")
    technician.sees(desk.title(DRIPPER))
    technician.picture("40-unknown")
    technician.page.get_by_label(desk.say("Its link, if it is out (not needed)")).fill(
        "https://t.me/seven_cups_sample/77"
    )
    technician.presses("It is out")
    technician.is_told()
    desk.follow()
    assert len(network.accepted) == sent
    technician.opens("/staff/week?view=list&state=published&channel=telegram")
    technician.sees(desk.title(DRIPPER))


def the_approver_is_ill(desk: Department, team: Team) -> None:
    """A deputy decides: written down by the administrator, or by herself with a phone."""
    desk.at(2, "12:00")
    approver, deputy, admin = team["approver"], team["deputy"], team["admin"]
    who = approver if approver.size == "phone" else admin
    who.opens("/me" if who is approver else f"/staff/people/{approver.key}")
    form = who.unfolds("Write down an absence…")
    form.get_by_label(desk.say("First day")).fill("2026-11-25")
    form.get_by_label(desk.say("Last day")).fill("2026-11-26")
    who.presses("Write it down", form)
    who.is_told()
    who.picture("41-absence")
    desk.follow()
    deputy.opens("/staff")
    deputy.sees(desk.called("approver"), desk.called("deputy"))
    deputy.picture("42-today-of-the-deputy")
    for _ in range(2):  # the text by hand, and the common one
        deputy.opens("/staff")
        deputy.follows("Look and decide", deputy.page.locator(".card.mine"))
        deputy.sees(desk.title(MUG))
        deputy.presses("Approve all but what is taken out")
        deputy.is_told()
    desk.at(3, "12:00")
    desk.follow()


def it_cannot_wait(desk: Department, team: Team) -> None:
    """«Срочно»: the author lets a correction out; who approves is asked afterwards."""
    desk.at(3, "15:00")
    author, deputy = team["author"], team["deputy"]
    old, new = desk.either("до десяти", "till ten"), desk.either("до одиннадцати", "till eleven")
    author.opens("/staff/week?view=list")
    author.opens_piece(desk.title(BREAKFAST))
    author.follows("Edit")
    field = author.page.get_by_label(desk.say("Text, as markdown"), exact=True)
    text = field.input_value()
    assert old in text.replace("\xa0", " ")
    field.fill(text.replace("\xa0", " ").replace(old, new))
    author.presses("Save")
    author.is_told()
    desk.follow()
    author.page.reload()
    author.follows("Open the proof", author.card(desk.channel("telegram")))
    form = author.unfolds("Urgent: let it out without approval…")
    author.writes("Why it cannot wait", desk.either("В тексте неверный час.", "The hour is wrong."), form)
    author.picture("43-urgent")
    author.presses("Let it out now", form)
    author.is_told()
    deputy.opens("/approval")
    deputy.sees(desk.say("Urgent, without approval"))
    deputy.picture("44-afterwards")


def a_stop_for_everything(desk: Department, team: Team) -> None:
    """It holds at once; everybody sees it; released, what is late goes out."""
    desk.at(3, "15:50")
    technician, author, head = team["technician"], team["author"], team["head"]
    title, sent = desk.title(OPENING), len(desk.channels["telegram"].accepted)
    technician.opens("/staff/stop")
    technician.page.get_by_label(desk.say("everything"), exact=True).check()
    technician.page.locator("#look").get_by_text(desk.channel("telegram")).first.wait_for()
    technician.writes("Reason", desk.either("Ошибка в адресе на всех картинках.", "A wrong address on all pictures."))
    technician.picture("45-stop")
    technician.presses("Stop at once")
    technician.is_told()
    technician.picture("46-stopped")
    desk.at(3, "16:01")
    desk.follow()
    assert len(desk.channels["telegram"].accepted) == sent
    author.opens("/staff/week")
    band = author.page.locator(".band")
    assert desk.called("technician") in band.inner_text().replace("\xa0", " ")
    author.picture("47-band-on-the-week")
    desk.at(3, "16:20")
    head.opens("/staff/stop")
    head.follows("Release… first see what goes out")
    head.sees(title)
    head.picture("48-release")
    head.presses("Release everything, the late too")
    head.is_told()
    desk.follow()
    assert len(desk.channels["telegram"].accepted) == sent + 1
    author.opens("/staff/week?view=list&state=published")
    assert author.page.locator(".band").count() == 0
    author.sees(title)


SENTENCES = (
    a_post_is_moved, a_price_changes_an_hour_before, the_old_price_is_mended,
    a_text_is_corrected_by_hand_in_one_network, a_comment_is_answered_and_a_question_goes_to_an_outlet,
    nobody_knows_whether_it_is_out, the_approver_is_ill, it_cannot_wait, a_stop_for_everything,
)  # fmt: skip
