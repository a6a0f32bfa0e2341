"""Whether a look at a letter is a person's, by what it says of itself. Pure.

What it does (all links at once) is judged afterwards, where all of it is known. The names are those that the makers of
scanners and mail programs publish, or that mailers report (looked at 2026-11-22, not tried live).
"""

import re
from collections.abc import Mapping

from integrations.web.robots import is_robot

SCANNER = re.compile(
    r"barracuda|proofpoint|mimecast|ironport|cisco|symantec|messagelabs|trend ?micro|\btmes\b|forti(?:net|mail|guard)"
    r"|sophos|forcepoint|websense|kaspersky|dr\.? ?web|\beset\b|safelinks|bitdefender|avast|zscaler|cloudmark"
    r"|checkpoint|mailscanner|spamassassin|virustotal|scanner|phish|urldefense|antivir", re.I,
)  # fmt: skip
# They fetch pictures when somebody reads, so that the sender does not learn where.
FETCHES_FOR_A_READER = re.compile(r"GoogleImageProxy|YahooMailProxy|ggpht\.com", re.I)
MAIL_PROGRAM = re.compile(
    r"Microsoft Office|ms-office|MSOffice|Outlook|Thunderbird|AppleMail|Airmail|SamsungEmail", re.I
)
# Apple's proxy fetches every picture of every letter whether it is read or not, and says this and nothing more.
PRIVACY_PROXY = "Mozilla/5.0"


def is_machine_opening(headers: Mapping[str, str]) -> bool:
    agent = headers.get("user-agent", "").strip()
    if FETCHES_FOR_A_READER.search(agent):
        return False
    if agent == PRIVACY_PROXY or SCANNER.search(agent):
        return True
    return is_robot(agent) and not MAIL_PROGRAM.search(agent)


def is_machine_clicking(headers: Mapping[str, str]) -> bool:
    """A link opens in a browser, and every browser says which languages its owner reads."""
    agent = headers.get("user-agent", "").strip()
    return (
        not headers.get("accept-language") or agent == PRIVACY_PROXY or is_robot(agent) or bool(SCANNER.search(agent))
    )
