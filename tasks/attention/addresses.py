"""Where a person looks at a channel with their own eyes. Pure."""

from models.company import ChannelCard


def channel_address(card: ChannelCard | None, public_url: str = "") -> str:
    """The page of a channel; empty where it has none, or its card does not say."""
    if card is None:
        return ""
    match card.provider:
        case "telegram":
            chat = str(card.settings.get("chat", ""))
            return f"https://t.me/{chat.removeprefix('@')}" if chat.startswith("@") else ""
        case "vk":
            group = str(card.settings.get("group_id", ""))
            return f"https://vk.com/club{group}" if group.isdecimal() else ""
        case "site":
            return public_url
        case _:
            return ""
