"""What VK's answers prove. Pure.

Envelope: {"response": …} or, with HTTP 200 as well, {"error": {"error_code", "error_msg", "request_params"}}; codes of
errors.json of the published schema (5.199, read 2026-11-21). `request_params` may hold secrets and are never shown.
"""

from datetime import timedelta
from typing import Any

from integrations.channels import exchange
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from models.locale import mark
from models.reason import because

WHO = "VK"
DEAD_TOKEN = mark("VK does not accept the key: {said}. Make a new one and enter it in the settings of the channel.")
NO_RIGHT = mark("VK does not let this key do it: {said}. Give it the rights to the wall and photos of the community.")
CONFIRM = mark("VK asks the owner of the key to confirm something: {said}. Sign in to VK as that person and confirm.")
CAPTCHA = mark("VK asks for a captcha: it wants to see a person. Publish once by hand, wait an hour, then try again.")
SERVER = mark("VK had an error of its own: {said}. The post may be out: look at the wall.")
WAIT = mark("VK asks to wait: {said}. It will be tried again.")
DAY_LIMIT = mark("VK takes no more posts on this wall today: {said}. It will be tried again.")
NO_POSTING = mark("VK does not let this key post on the wall: {said}. Make its owner an editor of the community.")
TOO_MUCH_ADVERTISING = mark(
    "VK takes no more advertising posts on this wall now: {said}. Move the post to another day."
)
NO_LINKS = mark("VK does not take the links of this post: {said}. Remove or replace them.")
BAD_REQUEST = mark("VK does not accept the post: {said}. Check its text, its pictures and the number of the community.")
GONE = mark("VK does not show this post: {said}. Perhaps it is deleted.")
SAID_NO = mark("VK refused: {said} (code {number}).")
NO_COMMUNITY = mark("VK does not show community {number}. Check its number in the settings of the channel.")
BAD_PICTURE = mark("VK does not take the picture {file}. Save it again as JPEG.")

NOT_THERE = "gone"
A_MOMENT, A_WHILE, AN_HOUR = timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1)

# Code of VK → our code and reason. What is absent is refused with VK's own words.
REFUSALS: dict[int, tuple[str, str]] = {
    **dict.fromkeys((5, 18, 27, 28, 37, 1117), ("credentials", DEAD_TOKEN)),
    **dict.fromkeys((7, 15, 20, 21, 30, 42, 203, 212), ("no_right", NO_RIGHT)),
    **dict.fromkeys((17, 24, 25, 3301, 3302, 3303, 3304, 11500), ("confirm", CONFIRM)),
    # A captcha comes again at every try without a person: waiting does not help, asking again makes it worse.
    **dict.fromkeys((14, 3300), ("captcha", CAPTCHA)),
    **dict.fromkeys((8, 100, 113, 125, 129), ("bad_request", BAD_REQUEST)),
    **dict.fromkeys((104, 210), (NOT_THERE, GONE)),
    **dict.fromkeys((219, 224), ("advertising", TOO_MUCH_ADVERTISING)),
    214: ("no_posting", NO_POSTING),
    222: ("links", NO_LINKS),
}
# 6: calls in a second. 9: too many of the same kind. 29: calls in a day. 43: a section is away. None names a time.
WAITS: dict[int, timedelta] = {6: A_MOMENT, 9: A_WHILE, 29: AN_HOUR, 43: A_WHILE}


def result(answer: dict[str, Any], status: int, secret: str) -> Any:
    """What was asked for; raises what the answer proves instead."""
    error = answer.get("error")
    if isinstance(error, dict):
        raise failure(error, secret)
    if answer.get("response") is None:
        raise exchange.failure(WHO, status)
    return answer["response"]


def failure(error: dict[str, Any], secret: str) -> Failure:
    number, said = error.get("error_code"), exchange.redacted(error.get("error_msg") or "?", secret)
    number = number if isinstance(number, int) else 0
    if number in (1, 10):
        # Either may follow a post that was taken. `guid` should make a second call harmless, but no page of VK's says
        # so any more, while the wall can be read: so look first, and only then repeat.
        return OutcomeUnknown(because(SERVER, code="server", said=said))
    if number in WAITS:
        return Unavailable(because(WAIT, code="busy", said=said), WAITS[number])
    if number == 214 and _names_a_limit(said):
        # Fifty posts in a day, seen as a rolling window: a place may be free again long before midnight, and how long
        # that is worth waiting for is what the row's lateness says.
        return Unavailable(because(DAY_LIMIT, code="day_limit", said=said), AN_HOUR)
    code, text = REFUSALS.get(number, ("refused", SAID_NO))
    return Refused(because(text, code=code, said=said, number=number))


def _names_a_limit(said: str) -> bool:
    return any(word in said.lower() for word in ("a day", "per day", "limit", "50 posts", "too many"))


def upload_url(answer: Any) -> str:
    url = answer.get("upload_url") if isinstance(answer, dict) else None
    if isinstance(url, str) and url.startswith(("https://", "http://")):
        return url
    raise exchange.failure(WHO, 200)


def uploaded(answer: dict[str, Any], file: str) -> dict[str, Any]:
    """What saveWallPhoto needs of the upload server's answer; it says no by an empty list of photos."""
    photo = answer.get("photo")
    if not isinstance(photo, str) or photo in ("", "[]") or not answer.get("hash"):
        raise Refused(because(BAD_PICTURE, code="picture", file=file))
    return {name: answer[name] for name in ("photo", "server", "hash") if name in answer}


def post_number(answer: Any) -> str:
    """The number of the post that was made or edited; without it nothing proves that it was."""
    return str(exchange.identity(WHO, answer.get("post_id") if isinstance(answer, dict) else None))


def attachment(saved: Any) -> str:
    """A saved photo as wall.post takes it."""
    photo = saved[0] if isinstance(saved, list) and saved and isinstance(saved[0], dict) else {}
    number, owner = exchange.identity(WHO, photo.get("id")), photo.get("owner_id")
    return f"photo{owner}_{number}"


def items(answer: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of {"items": […]} as newer versions say it; an answer without one proves nothing."""
    found = answer.get("items") if isinstance(answer, dict) else answer
    if isinstance(found, list):
        return [item for item in found if isinstance(item, dict)]
    raise exchange.failure(WHO, 200)
