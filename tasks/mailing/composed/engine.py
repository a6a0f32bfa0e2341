"""Makes a mailing ready and checks it. It knows no Prefect; what is looked at over the network comes by the door."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy.orm import Session

from integrations.errors import Refused
from integrations.folder import Folder
from integrations.mailers.mime import FormBytes, assemble
from models.content import Problem, fingerprint
from models.customers import AddressKind
from models.database import now_by
from models.desk.mailings import Finding
from models.letters import Letter
from models.mail_document import Coupon, MailDocument, PictureBlock, Signature
from models.mailings import Mailing, Stage
from tasks.adaptation.links import host_of, tagger
from tasks.composing.checks.finding import Finding as Found
from tasks.composing.checks.finding import LinkLook, LookedAt, PictureLook, Severity, SpamLook
from tasks.composing.checks.sample import sample_values
from tasks.composing.compiled import Compiled, Variant
from tasks.composing.compose import Composed, compose
from tasks.composing.materials import Doors, Imprint, Materials
from tasks.composing.preflight import noted, preflight
from tasks.content.pictures import BYTES_MAX, read_picture
from tasks.content.rows import as_offer, offers
from tasks.house import House
from tasks.mailing.composed import checking, rows
from tasks.mailing.composed.checking import Outlook, Way
from tasks.mailing.composed.outside import Outside
from tasks.mailing.coupons import rows as coupons
from tasks.mailing.coupons.checking import all_named
from tasks.mailing.coupons.saying.rows import ALWAYS, longest
from tasks.mailing.writing.fields import known_fields

LookAtLinks = Callable[[Sequence[str]], Mapping[str, LinkLook]]
JudgeSpam = Callable[[bytes], SpamLook]
PICTURES, KEPT = "content/pictures", 64
_MADE: OrderedDict[str, Composed] = OrderedDict()
_ALONE = Lock()


@dataclass(frozen=True)
class Checked:
    """A mailing made ready, or None, and everything that was found; `outside` what was looked at for it now."""

    compiled: Compiled | None
    findings: tuple[Finding, ...]
    outside: Outside | None = None

    @property
    def stops(self) -> bool:
        return self.compiled is None or any(one.stops for one in self.findings)


class Composing:
    """Mailings made ready in one house. `look` opens links, `judge` is a spam filter.

    Without them it is as they found it last, of these very words; where they never looked, nobody knows.
    """

    def __init__(self, house: House, look: LookAtLinks | None = None, judge: JudgeSpam | None = None) -> None:
        self.house, self.look, self.judge = house, look, judge

    def made(self, session: Session, mailing: Mailing, document: MailDocument, edition: int) -> Composed:
        """The document with the brand, the feed and the pictures of now. `edition` is the version's number.

        Made once for the same of everything: a page is looked at more often than a letter is changed.
        """
        at, company = self.house, self.house.workspace.company
        pictures = self._pictures(document)
        key = fingerprint([
            document.model_dump(mode="json"), edition, mailing.account, mailing.campaign or mailing.key,
            rows.feed_stamp(session), company.name, company.currency, company.mailings.model_dump(mode="json"),
            at.workspace.brand.model_dump(mode="json"), at.public_url, sorted(known_fields()), pictures,
            self._leaving(mailing),
        ])  # fmt: skip
        with _ALONE:
            if key in _MADE:
                _MADE.move_to_end(key)
                return _MADE[key]
        made = compose(document, self.materials(session, mailing, document, edition, pictures))
        with _ALONE:
            _MADE[key] = made
            while len(_MADE) > KEPT:
                _MADE.popitem(last=False)
        return made

    def materials(
        self, session: Session, mailing: Mailing, document: MailDocument, edition: int,
        pictures: Mapping[str, str] | None = None,
    ) -> Materials:  # fmt: skip
        """What the letter is made with, looked up now."""
        at, workspace = self.house, self.house.workspace
        products = [as_offer(row) for row in offers(session)]
        imprint = self.imprint()
        own = {host_of(one.url) for one in products} | {host_of(at.public_url), host_of(imprint.site)}
        utm = {"source": mailing.account or "mailing", "medium": "email", "campaign": mailing.campaign or mailing.key}
        logo = f"{at.public_url.rstrip('/')}/logo.png" if workspace.brand.logo else ""
        return Materials(
            brand=workspace.brand, imprint=imprint, logo=logo, products=products,
            doors=Doors.at(at.public_url, self._leaving(mailing), f".{edition}"),
            pictures=self._pictures(document) if pictures is None else pictures,
            address=tagger(utm, sorted(own - {""})), fields=known_fields(), currency=workspace.company.currency,
        )  # fmt: skip

    def _leaving(self, mailing: Mailing) -> str:
        card = self.house.mailer_card(mailing.account)
        return card.leaving if card else ""

    def imprint(self) -> Imprint:
        """Who sends: what company.yaml says of it, else the company by its name."""
        company = self.house.workspace.company
        said = company.mailings.imprint
        return Imprint(said.name or company.name, said.address, said.site or self.house.public_url, said.phone,
                       said.email)  # fmt: skip

    def _pictures(self, document: MailDocument) -> dict[str, str]:
        """The public addresses of the files that the document names; whatever is no picture is not among them."""
        folder, found = Folder(self.house.root), dict[str, str]()
        for name in dict.fromkeys(_files(document)):
            for path in (name, f"{PICTURES}/{name}"):
                try:
                    data = folder.read(path, BYTES_MAX)
                except Refused:
                    continue
                picture = read_picture(data, path)
                if not isinstance(picture, Problem):
                    kept = self.house.media.put(data, picture.media_type, picture.width, picture.height)
                    found[name] = f"{self.house.public_url.rstrip('/')}/media/{kept.file_name}"
                    break
        return found

    def checked(self, session: Session, mailing: Mailing, document: MailDocument, edition: int) -> Checked:
        """Make it ready, and look at everything that could speak against it."""
        ways, made = self.ways(), self.made(session, mailing, document, edition)
        reach, zone = self.reach(session, mailing), self.house.workspace.company.zone
        outlook = Outlook(
            ways, reach, self.house.public_url, self._is_past(mailing),
            coupons.look_closely(session, mailing, zone, sum(reach.values())), self._goes_at(session, mailing),
        )  # fmt: skip
        found, outside = list(checking.about(mailing, document, outlook)), None
        if made.compiled is None:
            found += [noted(problem) for problem in made.problems]
        else:
            outside = self._outside(session, mailing, document, made.compiled)
            looked = self._looked_at(session, mailing, document, made.compiled, ways, outside)
            if outside and not self._looks:
                found.append(checking.looked_before(outside.at, self.house.workspace.company.zone))
            found += preflight(made.compiled, document, self.imprint(), looked, made.problems)
        way = ways.get(mailing.account)
        if way is not None and not way.leaves:
            found = checking.at_home(found)
        return Checked(made.compiled, tuple(_shown(_in_order(found))), outside if self._looks else None)

    @property
    def _looks(self) -> bool:
        return self.look is not None or self.judge is not None

    def _outside(
        self, session: Session, mailing: Mailing, document: MailDocument, compiled: Compiled
    ) -> Outside | None:  # fmt: skip
        """What is seen outside now; where this one does not look, what was seen last of the same words."""
        words = fingerprint([document.model_dump(mode="json")])
        if not self._looks:
            last = rows.outside(session, mailing.id or 0)
            return last if last and last.words == words else None
        root, judge = self.house.public_url.rstrip("/"), self.judge
        links = [link.url for one in compiled.variants for link in one.links if "{" not in link.url]
        foreign = list(dict.fromkeys(url for url in links if not url.startswith((f"{root}/", f"{root}?"))))
        return Outside(
            words, self.house.now(), dict(self.look(foreign)) if self.look else None,
            {one.name: self._judged(one, judge) for one in compiled.variants} if judge else None,
        )  # fmt: skip

    def ways(self) -> dict[str, Way]:
        """The mailers of the company."""
        at = self.house
        return {card.key: Way(card, at.kind_of(card), at.letters_leave(card)) for card in at.mailers}

    def reach(self, session: Session, mailing: Mailing) -> dict[AddressKind, int]:
        """How many would get it at this moment, by what it goes to; a short message only without a letter."""
        way = self.ways().get(mailing.account)
        return rows.reach(session, mailing, way.kind if way else AddressKind.EMAIL)

    def _is_past(self, mailing: Mailing) -> bool:
        """What is approved begins with the next run, however late: only what waits for a person has missed its time."""
        waits = mailing.listed_at is None and mailing.stage != Stage.APPROVED
        return waits and mailing.due_at is not None and mailing.due_at < self.house.now()

    def _goes_at(self, session: Session, mailing: Mailing) -> datetime:
        """When it begins to go; now, where no time is set or that has passed."""
        now = now_by(self.house.clock, session)
        return max(now, mailing.due_at) if mailing.due_at else now

    def _looked_at(
        self, session: Session, mailing: Mailing, document: MailDocument, compiled: Compiled, ways: Mapping[str, Way],
        outside: Outside | None,
    ) -> LookedAt:  # fmt: skip
        company = self.house.workspace.company
        shown = {priced.product.id for one in compiled.variants for priced in one.products}
        return LookedAt(
            links=outside.links if outside else None, pictures=self._weighed(compiled),
            spam=outside.spam if outside else None,
            products={one.id: as_offer(one) for one in rows.offers_of(session, shown)},
            coupons=frozenset({mailing.offer, *all_named(document)}) if mailing.offer else None,
            always=ALWAYS if mailing.offer else frozenset(),
            controls=(*company.mailings.controls, *rows.tested(session, mailing.id or 0)),
            longest=rows.longest(session) | longest(self.house, session, mailing),
            short=checking.goes_short(mailing, ways),
        )  # fmt: skip

    def _weighed(self, compiled: Compiled) -> dict[str, PictureLook]:
        """The pictures that lie with us; those of others are not fetched."""
        ours, found = f"{self.house.public_url.rstrip('/')}/media/", dict[str, PictureLook]()
        for url in {picture.url for one in compiled.variants for picture in one.pictures}:
            size = self.house.media.size(url.removeprefix(ours)) if url.startswith(ours) else None
            if size is not None:
                found[url] = PictureLook(size=size)
        return found

    def _judged(self, variant: Variant, judge: JudgeSpam) -> SpamLook:
        """What the filter thinks of the letter as it goes over the wire, to somebody made up."""
        made = variant.counted
        letter = Letter(0, "check", "somebody@example.org", made.form, sample_values(made))
        return judge(assemble(FormBytes(made.form, True), letter, self.house.now()))


def _files(document: MailDocument) -> Iterator[str]:
    """The files of the workspace that a document names as pictures."""
    for variant in document.variants:
        for _, part in variant.parts():
            named = (
                part.source if isinstance(part, PictureBlock) else
                part.picture if isinstance(part, Signature) else part.qr if isinstance(part, Coupon) else ""
            )  # fmt: skip
            if named and not named.startswith(("http://", "https://", "{{")):
                yield named


def _in_order(found: Iterable[Found]) -> list[Found]:
    gravity = list(Severity)
    return sorted(found, key=lambda one: (gravity.index(one.severity), one.variant))


def _shown(found: Iterable[Found]) -> Iterator[Finding]:
    for one in found:
        yield Finding(severity=one.severity.value, variant=one.variant, block=one.block, reason=one.reason)
