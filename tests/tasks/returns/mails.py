"""Mails as servers and people send them back: built from the standards and from public descriptions, none is real."""

from hashlib import sha256

from tasks.returns import marks

DOMAIN = "letters.example.org"


def printed(kind: str, value: str) -> str:
    return sha256(f"{kind} {value}".encode()).hexdigest()


def others(kind: str, value: str) -> str:
    return sha256(f"another house {kind} {value}".encode()).hexdigest()


MARK = marks.mark_of(printed, 17)
RETURNED = f"""Message-ID: <{MARK}@{DOMAIN}>
From: "Семь чашек" <news@{DOMAIN}>
To: anna@example.net
Subject: =?utf-8?B?0KfQsNC5?=
List-Unsubscribe: <https://cups.example/u/{MARK}>

"""


def mail(
    text: str, to: str = f"bounce+{MARK}@{DOMAIN}", sender: str = "MAILER-DAEMON@mx.example.net", **headers: str
) -> bytes:
    """A plain mail; `headers` are more of them, _ for -."""
    given = {"From": sender, "To": to, "Message-ID": "<b1@mx.example.net>"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"{head}\n{text}".encode()


def report(
    *blocks: str, kind: str = "delivery-status", to: str = f"bounce+{MARK}@{DOMAIN}", returned: str = RETURNED,
    words: str = "This is an automatic report.",
) -> bytes:  # fmt: skip
    """A multipart/report with these blocks of fields."""
    first = "Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 23 Nov 2026 11:00:00 +0300"
    fields = "\n\n".join([first, *blocks] if kind == "delivery-status" else blocks)
    parts = [
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n",
        f"Content-Type: message/{kind}\n\n{fields}\n",
        f"Content-Type: message/rfc822\n\n{returned}",
    ]
    body = "".join(f"--=_b\n{part}\n" for part in parts) + "--=_b--\n"
    kinds = f'multipart/report; report-type={kind}; boundary="=_b"'
    return mail(body, to=to, MIME_Version="1.0", Content_Type=kinds, Subject="Undelivered Mail Returned to Sender")


def failed(status: str, diagnostic: str = "", address: str = "anna@example.net", action: str = "failed") -> str:
    said = f"\nDiagnostic-Code: smtp; {diagnostic}" if diagnostic else ""
    return (
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\nRemote-MTA: dns; mx.example.net{said}"
    )


def reply(text: str, subject: str = "Re: Чай", to: str = f"news@{DOMAIN}", **headers: str) -> bytes:
    """A person's answer to the letter."""
    usual = {"In_Reply_To": f"<{MARK}@{DOMAIN}>", "Content_Type": "text/plain; charset=utf-8"}
    return mail(text, to=to, sender="Анна <anna@example.net>", Subject=subject, **(usual | headers))
