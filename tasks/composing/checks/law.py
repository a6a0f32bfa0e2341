"""What the law and mailbox providers ask of a mailing: who sends, how to stop it, the mark of an advertisement. Pure.

38-FZ, articles 5, 18 and 18.1; RFC 8058, which Gmail, Yahoo and Mail.ru ask of whoever sends much.
"""

from collections.abc import Iterator

from models.letters import Ground
from models.locale import mark
from models.reason import because
from tasks.composing.checks.finding import Finding, Letter, Severity
from tasks.composing.checks.sample import sampled
from tasks.composing.imprint import ad_of

NO_NAME = mark("The letter does not say who sends it: “{name}” is missing. Put the footer in.")
NO_ADDRESS = mark("The sender has no postal address. Write it into company.yaml; the footer shows it.")
NO_ADDRESS_SHOWN = mark("The letter does not show the sender's address “{address}”. Put the footer in.")
NO_UNSUBSCRIBE = mark("The letter has no link to unsubscribe. Put the footer in, or write {{ unsubscribe_url }}.")
NO_HEADER = mark("The header {header} is missing: mailboxes show no button to unsubscribe. Make the letter anew (C4).")
NO_ERID = mark(
    "The advertisement needs an erid and has none. Get it from the operator of advertising data and enter it."
)
NO_LABEL = mark("The letter does not show the mark of an advertisement, “{label}”. Put the footer in.")
NO_CONTROLS = mark("There are no control addresses: nobody of yours would see how the letter arrives. Name some.")
NO_SENDER = mark("The sender has no name: mailboxes show “{sender}”. Write one.")
HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")


def check(letter: Letter) -> Iterator[Finding]:
    if not letter.looked.controls:
        yield letter.finding(Severity.WARNS, because(NO_CONTROLS, code="no_controls"))
    if not letter.document.sender_name:
        yield letter.finding(Severity.WARNS, because(NO_SENDER, code="no_sender", sender=letter.document.sender))
    if letter.document.ground is Ground.ADVERTISING:
        yield from _who_sends(letter)
        yield from _unsubscribing(letter)
        yield from _labelled(letter)


def _who_sends(letter: Letter) -> Iterator[Finding]:
    _, text = sampled(letter.made.counted)
    imprint, stops = letter.imprint, Severity.STOPS
    if imprint.name not in text:
        yield letter.finding(stops, because(NO_NAME, code="no_name", name=imprint.name))
    if not imprint.address:
        yield letter.finding(stops, because(NO_ADDRESS, code="no_address"))
    elif imprint.address.rstrip(".") not in text:
        yield letter.finding(stops, because(NO_ADDRESS_SHOWN, code="no_address_shown", address=imprint.address))


def _unsubscribing(letter: Letter) -> Iterator[Finding]:
    form = letter.made.counted.form
    headers = dict(form.headers)
    for header in HEADERS:
        if header not in headers:
            yield letter.finding(Severity.STOPS, because(NO_HEADER, code="no_header", header=header))
    door = str(headers.get("List-Unsubscribe", ("<",))[0]).lstrip("<").partition(">")[0]
    if not door or door not in sampled(letter.made.counted)[0]:
        yield letter.finding(Severity.STOPS, because(NO_UNSUBSCRIBE, code="no_unsubscribe"))


def _labelled(letter: Letter) -> Iterator[Finding]:
    ad = letter.document.ad
    if ad.erid_required and not ad.erid:
        yield letter.finding(Severity.STOPS, because(NO_ERID, code="no_erid"))
    label = ad_of(ad, letter.imprint, letter.document.language)
    if label and label not in sampled(letter.made.counted)[1]:
        yield letter.finding(Severity.STOPS, because(NO_LABEL, code="no_label", label=label))
