"""Makes links for outsiders, takes what they say, tells whoever asked. It knows no Prefect.

The link itself leaves only by what `ask` returns beside its report, and by the letter; a report is kept, and has none.
"""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.approval import Decision, Request
from models.database import in_one
from models.desk import Review, Said
from models.locale import in_house_words, mark, translate
from models.people import Permission
from models.reason import because
from models.review import ReviewLink
from models.review_forms import AskReviewer, RevokeReviewer
from models.stop import Scope
from tasks.approval import rows as approval
from tasks.approval.proof import moment
from tasks.desk.rows import Names
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Line, Report
from tasks.people.tokens import fingerprint
from tasks.proofs import rows as proofs
from tasks.proofs.rows import Reader
from tasks.review import rows, terms
from tasks.review.rows import Where

ASK, REVOKE = mark("Ask somebody outside"), mark("Revoke a link for somebody outside")
LINK = mark("Link {id} for {name}")
MADE = mark("shows {number} versions, good until {until}")
REVOKED = mark("revoked; whoever opens it is told that it is no longer good")
OVER = mark("it is over already")
NO_NAME = mark("Say who is asked: the name stands beside what they say.")
NO_LETTER = mark("Give an e-mail: from here the link is sent in a letter and shown nowhere.")
NO_MAIL = mark("Mail is not set up, and from here the link is sent in a letter only. Make it on the desk.")
NOT_ONE = mark("Name one: a question, or the № of a piece.")
NO_QUESTION = mark("There is no question {id}.")
NOTHING = mark("There is nothing to show: none of it waits for its time any more.")
TOO_MANY = mark("That would be {number} versions; at most {most} can be shown by one link. Ask about single pieces.")
NO_LINK = mark("There is no link {id}.")
LETTER_TITLE = mark("{company} asks you to look at {number} versions")
LETTER_BODY = mark(
    "Hello, {name}!\n\n{person} of {company} asks you to look at {number} versions before they are published and to "
    "say yes or no to each. The link is yours alone and good until {until}:"
)
TOLD_TITLE = mark("{name} has answered: {yes} × yes, {no} × no")
TOLD_BODY = mark(
    "{name} looked at what you had sent: {yes} × yes, {no} × no. It decides nothing; see their words there."
)


class Reviewers:
    """The links of one house. `chance` gives what nobody can guess."""

    def __init__(self, at: House, chance: Callable[[], str]) -> None:
        self.sessions, self.clock, self.workspace, self.chance = at.sessions, at.clock, at.workspace, chance
        self.staff_url, self.public_url, self.company = at.staff_url, at.public_url, at.workspace.company
        self.mail_leaves = at.mail_leaves

    def ask(self, order: AskReviewer, *, by_letter: bool) -> tuple[Report, str]:
        """Make a link; returns what to say, and the link itself. With `by_letter` it goes to their address at once."""
        title, token = translate(ASK), self.chance()

        def carry_out(session: Session) -> Report:
            people = publications.people(session, self.workspace)
            who = naming.entitled(order.person, people, Permission.ASK_OUTSIDE)
            self._refuse(order, by_letter)
            about, request = self._meant(session, order)
            name = order.name.strip()
            link = rows.make(session, self.clock, fingerprint(token), name, who.key, about, order.days, request)
            if by_letter:
                self._write(session, link, order.email.strip(), who.name, len(about), token)
            return Report(title=title, lines=(self._line(link, len(about)),))

        try:
            return in_one(self.sessions, carry_out), f"{self.public_url}/review/{token}"
        except Refused as refused:
            return Report(title=title, refusal=refused.reason), ""

    def _refuse(self, order: AskReviewer, by_letter: bool) -> None:
        if not order.name.strip():
            raise Refused(because(NO_NAME, code="no_name"))
        if by_letter and "@" not in order.email:
            raise Refused(because(NO_LETTER, code="no_letter"))
        if by_letter and not self.mail_leaves:
            raise Refused(because(NO_MAIL, code="no_mail"))

    def _meant(self, session: Session, order: AskReviewer) -> tuple[list[Where], int | None]:
        """The versions to be shown, and the question they are from."""
        if sum(map(bool, (order.question, order.piece.strip(), order.version))) != 1:
            raise Refused(because(NOT_ONE, code="which_one"))
        if order.question:
            if session.get(Request, order.question) is None:
                raise Refused(because(NO_QUESTION, code="absent", id=order.question))
            about = [(row.subject, row.version) for row in approval.undecided(session, order.question)]
        elif order.version:
            one = rows.of_rendition(session, order.version)
            about = [one] if one else []
        else:
            about = self._of_piece(session, order)
        live = approval.carried(session, about)
        about = [where for where in about if where in live]
        if not about:
            raise Refused(because(NOTHING, code="nothing"))
        if len(about) > terms.VERSIONS_MOST:
            raise Refused(because(TOO_MANY, code="too_many", number=len(about), most=terms.VERSIONS_MOST))
        return about, order.question or None

    def _of_piece(self, session: Session, order: AskReviewer) -> list[Where]:
        known = publications.known(session, self.workspace, Scope.CHANNEL)
        channel = naming.channel_called(order.channel, known)
        number = naming.piece_called(order.piece, publications.pieces(session))
        return rows.of_piece(session, publications.piece_id(session, number), channel)

    def _line(self, link: ReviewLink, number: int) -> Line:
        label = translate(LINK, id=link.id or 0, name=link.name)
        until = moment(link.expires_at, self.company.zone)
        return Line(id=link.id or 0, label=label, said=translate(MADE, number=number, until=until), done=True)

    @in_house_words()
    def _write(self, session: Session, link: ReviewLink, to: str, person: str, number: int, token: str) -> None:
        words = {"name": link.name, "person": person, "company": self.company.name, "number": number,
                 "until": moment(link.expires_at, self.company.zone)}  # fmt: skip
        link.notice_key = f"review:{link.id}"
        title = translate(LETTER_TITLE, company=self.company.name, number=number)
        address = f"{self.public_url}/review/{token}"
        letter = Message(link.notice_key, "", title, translate(LETTER_BODY, **words), address, address=to)
        tell(session, self.clock, [letter])

    def revoke(self, order: RevokeReviewer) -> Report:
        """End a link before its time."""
        title = translate(REVOKE)

        def carry_out(session: Session) -> Report:
            people = publications.people(session, self.workspace)
            who = naming.entitled(order.person, people, Permission.ASK_OUTSIDE)
            link = rows.link(session, order.link)
            if link is None:
                raise Refused(because(NO_LINK, code="absent", id=order.link))
            done = rows.revoke(session, self.clock, order.link, who.key)
            label = translate(LINK, id=order.link, name=link.name)
            said = translate(REVOKED if done else OVER)
            return Report(title=title, lines=(Line(id=order.link, label=label, said=said, done=done),))

        try:
            return in_one(self.sessions, carry_out)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def shown(self, session: Session, token: str, names: Names, reader: Reader) -> Review | None:
        """What a link shows; None where it is good no longer."""
        link = rows.good(session, self.clock, fingerprint(token))
        if link is None:
            return None
        shown = {(row.subject, row.version): row.id or 0 for row in rows.shown(session, link.id or 0)}
        found = proofs.proofs(session, list(shown), reader, names)
        said = {shown[a.subject, a.version]: proofs.opinion(a, link.name) for a in rows.answered(session, link.id or 0)}
        bare = {"decided": None, "opinions": (), "urgency": None, "changes": (), "notes": (), "author": ""}
        return Review(
            name=link.name, asked_by=names.person(link.made_by), until=link.expires_at, said=said,
            proofs=tuple(p.model_copy(update=bare | {"row": shown[p.subject, p.version]}) for p in found),
        )  # fmt: skip

    def open_first(self, token: str) -> None:
        with self.sessions.begin() as session:
            link = rows.good(session, self.clock, fingerprint(token))
            if link is not None and link.opened_at is None:
                rows.open_first(session, self.clock, link.id or 0)

    def take(self, token: str, said: Sequence[Said]) -> int | None:
        """Write down what was said about the versions that were shown; None where the link is good no longer."""

        def carry_out(session: Session) -> int | None:
            if rows.good(session, self.clock, fingerprint(token)) is None:
                return None
            if not said:
                return 0
            link = rows.take_answer(session, self.clock, fingerprint(token))
            if link is None:
                return None
            shown = {row.id: row for row in rows.shown(session, link.id or 0)}
            meant = [(shown[one.row], one.decision.value, one.words[: terms.WORDS_MOST]) for one in said
                     if one.row in shown and shown[one.row].version == one.version]  # fmt: skip
            done = rows.say(session, self.clock, link, meant)
            if done:
                self._tell(session, link, [decision for _, decision, _ in meant])
            return done

        return in_one(self.sessions, carry_out)

    @in_house_words()
    def _tell(self, session: Session, link: ReviewLink, decisions: Sequence[str]) -> None:
        yes = sum(decision == Decision.APPROVED for decision in decisions)
        words = {"name": link.name, "yes": yes, "no": len(decisions) - yes}
        page = f"{self.staff_url}/approval/{link.request_id}" if link.request_id else self._proof_of(session, link)
        title, body = translate(TOLD_TITLE, **words), translate(TOLD_BODY, **words)
        tell(session, self.clock, [Message(f"review:{link.id}:{link.answers}", link.made_by, title, body, page)])

    def _proof_of(self, session: Session, link: ReviewLink) -> str:
        shown = [(row.subject, row.version) for row in rows.shown(session, link.id or 0)[:1]]
        found = next(iter(proofs.renditions(session, shown).values()), None)
        return f"{self.staff_url}/staff/proof/{found[0].id}" if found else f"{self.staff_url}/approval"
