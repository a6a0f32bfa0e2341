"""What Telegram's answers prove. Pure.

Envelope: {"ok": true, "result"} or {"ok": false, "error_code", "description", "parameters"}. The descriptions are not a
documented contract; these were seen in public issue threads of bots (2026-11-21), so an unknown one is passed on.
"""

from typing import Any

from integrations.channels import exchange
from integrations.channels.base import Call, Receipt
from integrations.channels.telegram_markup import link, shas
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from models.locale import mark
from models.reason import because

WHO = "Telegram"
DEAD_TOKEN = mark(
    "Telegram does not know this bot. Take a new token from @BotFather and enter it in the settings of the channel."
)
NO_CHAT = mark("Telegram does not find the channel {chat}. Check its name in the settings and add the bot to it.")
NO_RIGHT = mark(
    "The bot may not do this in {chat}. Make it an administrator of the channel with the right to publish messages."
)
MOVED = mark("The group {chat} became a supergroup. Write {moved} into the settings of the channel instead.")
BAD_PICTURE = mark("Telegram does not take the picture: {said}. Save it again as JPEG, not larger than 10 MB.")
TOO_LONG = mark("Telegram says that the text is too long: {said}. Shorten it.")
NOT_EDITABLE = mark("Telegram does not let this post be edited: {said}. Correct it by hand.")
NOT_DELETABLE = mark("Telegram lets a bot delete a post only within 48 hours. Delete it by hand.")
NO_BASE = mark("The pictures that the text should follow are no longer in {chat}. Publish the post anew.")
WEBHOOK = mark("A webhook is set for this bot, so its updates cannot be read here. Remove one of the two.")
SAID_NO = mark("Telegram refused: {said}.")

NOT_ITS_NUMBER = mark("“{id}” is not the number of a Telegram post.")

ALREADY_SO = "already_so"
ALREADY_GONE = "already_gone"

# A piece of the description → code and reason. The order matters: the first that is found is taken.
REFUSALS: tuple[tuple[str, str, str], ...] = (
    ("chat not found", "no_chat", NO_CHAT),
    ("channel_private", "no_right", NO_RIGHT),
    ("write_forbidden", "no_right", NO_RIGHT),
    ("not a member", "no_right", NO_RIGHT),
    ("was kicked", "no_right", NO_RIGHT),
    ("rights", "no_right", NO_RIGHT),
    ("admin_required", "no_right", NO_RIGHT),
    ("too long", "too_long", TOO_LONG),
    ("too_long", "too_long", TOO_LONG),
    ("photo_", "picture", BAD_PICTURE),
    ("image_process", "picture", BAD_PICTURE),
    ("too big", "picture", BAD_PICTURE),
    ("wrong file", "picture", BAD_PICTURE),
    ("replied not found", "no_base", NO_BASE),
    ("reply message not found", "no_base", NO_BASE),
    ("message is not modified", ALREADY_SO, SAID_NO),
    ("message to delete not found", ALREADY_GONE, SAID_NO),
    ("can't be edited", "not_editable", NOT_EDITABLE),
    ("to edit not found", "not_editable", NOT_EDITABLE),
    ("message_id_invalid", "not_editable", NOT_EDITABLE),
    ("no text in the message", "not_editable", NOT_EDITABLE),
    ("no caption in the message", "not_editable", NOT_EDITABLE),
    ("can't be deleted", "not_deletable", NOT_DELETABLE),
)


def result(answer: dict[str, Any], status: int, chat: str, secret: str) -> Any:
    """What was asked for; raises what the answer proves instead."""
    if answer.get("ok") is True and answer.get("result") is not None:
        return answer["result"]
    if answer.get("ok") is False:
        raise _failure(answer, status, chat, secret)
    raise OutcomeUnknown(because(exchange.UNREADABLE, code="unreadable", who=WHO, status=status))


def _failure(answer: dict[str, Any], status: int, chat: str, secret: str) -> Failure:
    code = answer.get("error_code")
    code = code if isinstance(code, int) else status
    about = answer.get("parameters")
    about = about if isinstance(about, dict) else {}
    said = exchange.redacted(answer.get("description") or code, secret)
    if code in (413, 429) or code >= 500:
        return exchange.failure(WHO, code, wait=about.get("retry_after"))
    if code == 409:
        return _conflict(said)
    return _refusal(code, said, chat, about.get("migrate_to_chat_id"))


def _conflict(said: str) -> Failure:
    """409 belongs to getUpdates: a webhook stands in the way for good, another reader only for now."""
    if "webhook" in said.lower():
        return Refused(because(WEBHOOK, code="webhook"))
    return Unavailable(because(exchange.NOT_READ, code="unread", who=WHO))


def _refusal(code: int, said: str, chat: str, moved: object) -> Refused:
    if moved:
        return Refused(because(MOVED, code="moved", chat=chat, moved=moved))
    known = next(((key, text) for piece, key, text in REFUSALS if piece in said.lower()), None)
    # A token that is not even shaped like one is answered by 404 Not Found, a dead one by 401 Unauthorized.
    if known is None and code in (401, 404):
        known = ("credentials", DEAD_TOKEN)
    key, text = known or ("no_right" if code == 403 else "refused", NO_RIGHT if code == 403 else SAID_NO)
    return Refused(because(text, code=key, said=said, chat=chat))


def number(raw: Any, name: str) -> int:
    """A positive number that the answer must hold: of a message, of the bot."""
    return exchange.identity(WHO, raw.get(name) if isinstance(raw, dict) else None)


def known(call: Call) -> dict[str, Any]:
    """All that the parts before, or the delivery that is edited, wrote down: later ones know better."""
    return {name: value for detail in call.done.values() for name, value in detail.items()}


def receipt(call: Call, made: Any) -> Receipt:
    """The proof that a part is out: as many messages as it should be, each with its number (0 is none)."""
    sent, before, pictures = made if isinstance(made, list) else [made], known(call), call.post.pictures
    ids = [number(message, "message_id") for message in sent]
    if len(ids) != (1 if call.part == "text" else max(1, len(pictures))):
        raise OutcomeUnknown(because(exchange.NO_ID, code="no_id", who=WHO))
    detail = {
        "messages": [*before.get("messages", []), *ids],
        "text_id": ids[0],
        "caption": bool(pictures) and call.part == "post",
        "pictures": shas(call.post),
    }
    return Receipt(str(ids[0]), link(sent[0].get("chat"), ids[0]), detail)


def edit_receipt(call: Call, edited: Any) -> Receipt:
    """The proof of an edit: the message, or True where it stood so already."""
    text_message = text_id(call) if edited is True else number(edited, "message_id")
    chat = edited.get("chat") if isinstance(edited, dict) else None
    return Receipt(call.remote_id, link(chat, text_message), known(call))


def text_id(call: Call) -> int:
    """The message that carries the text of the post which is edited or deleted."""
    written = known(call).get("text_id") or call.remote_id
    if str(written).isdecimal():
        return int(written)
    raise Refused(because(NOT_ITS_NUMBER, code="unknown_post", id=call.remote_id))


def demand_right(chat: Any, member: Any, written: str) -> None:
    """Refuse a bot that may not publish: in a channel only an administrator with that right may."""
    kind, member = (chat.get("type") if isinstance(chat, dict) else ""), member if isinstance(member, dict) else {}
    status = member.get("status")
    allowed = status == "creator" or (status == "administrator" and member.get("can_post_messages") is True)
    if kind != "channel":
        allowed = status in ("creator", "administrator", "member") or member.get("can_send_messages") is True
    if not allowed:
        raise Refused(because(NO_RIGHT, code="no_right", chat=written))
