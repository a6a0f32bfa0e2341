"""A mailing's document, a brand and products, made into letters with holes: rendered once for all. Pure."""

import re
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from models.address import host_of
from models.content import Problem
from models.letters import Ground, LetterForm
from models.mail_document import MailDocument, MailVariant
from tasks.composing import finished, letter, placing
from tasks.composing.assembling import Assembly, Numbers, Parts
from tasks.composing.compiled import Compiled, Made, Variant
from tasks.composing.contrast import faint
from tasks.composing.held import SMS, SUBJECT
from tasks.composing.holes import Place
from tasks.composing.look import look_of
from tasks.composing.making import Making
from tasks.composing.marking import END, START, VALUE, Marks, stops
from tasks.composing.markup import attributes, everything
from tasks.composing.materials import Materials
from tasks.composing.rendering import inlined, rendered
from tasks.composing.text_part import text_of
from tasks.composing.tracking import Tracking, with_pixel


class Composed(NamedTuple):
    """The mailing made ready, or what stands in the way of it; notes may stand beside a mailing that is ready."""

    compiled: Compiled | None
    problems: tuple[Problem, ...] = ()


def compose(document: MailDocument, materials: Materials) -> Composed:
    """Make all variants. Nothing is raised for what a person wrote: it comes back as problems with their places."""
    made = [_Work(document, variant, materials) for variant in document.variants]
    variants = tuple(variant for work in made if (variant := work.made()))
    problems = tuple(problem for work in made for problem in work.marks.problems)
    if len(variants) < len(made):
        return Composed(None, problems)
    whole = Compiled(document.key, document.title, document.language, document.ground, variants)
    return Composed(whole, problems)


class _Work:
    """One variant from its document to its patterns."""

    def __init__(self, document: MailDocument, variant: MailVariant, materials: Materials) -> None:
        self.document, self.variant, self.materials = document, variant, materials
        seed = f"{document.key} {variant.model_dump_json()}"
        self.marks = Marks(variant.name, seed, document.language, materials.currency, materials.fields)
        self.marks.own = materials.doors.own(self.marks.recipient)
        self.making = Making(look_of(materials.brand), materials, self.marks, document.language, document.ground,
                             document.ad)  # fmt: skip
        self.names: tuple[str, ...] = ()

    def made(self) -> Variant | None:
        html, subject = self._html(), self.marks.taken(self.variant.subject, SUBJECT)
        short = self.marks.taken(self.variant.sms, SMS)
        if stops(self.marks.problems):
            return None
        tracking = Tracking(self.marks, self.names, self.materials.doors, self.materials.address,
                            self.document.ground is Ground.ADVERTISING)  # fmt: skip
        counted, direct = tracking.rewrite(html)
        self._check_pictures(html, tracking)
        hidden = {block.id: block.shown_to for block in self.variant.blocks if block.shown_to}
        assembly = Assembly(self.marks, self.names, hidden)
        pixelled = with_pixel(counted, self.materials.doors, self.marks.recipient)
        sent = self._patterns(assembly, subject, pixelled, text_of(counted, self.marks, direct))
        shown = self._patterns(assembly, subject, direct, text_of(direct, self.marks, direct))
        sms = self._made((), (), assembly.plain(short, Place.TEXT, SMS), ()) if short else None
        if stops(self.marks.problems):
            return None
        return Variant(
            self.variant.name, sent, shown, tuple(tracking.links), placing.weights(pixelled, self.marks, self.names),
            tuple(placing.pictures(html, self.marks, self.names)), tuple(self.making.products),
            tuple(dict.fromkeys(self.making.offers)), faint(html, self.marks, self.names),
            sms,
        )  # fmt: skip

    def _html(self) -> str:
        """The whole letter with its marks; empty where something stops it."""
        if self.variant.finished:
            return finished.html(self.variant, self.variant.finished, self.making)
        source, self.names = letter.mjml(self.variant, self.making)
        if stops(self.marks.problems):
            return ""
        first = rendered(source)
        second = first if first.reason else inlined(first.html)
        if second.reason:
            self.marks.refuse(second.reason)
        return second.html

    def _check_pictures(self, html: str, tracking: Tracking) -> None:
        """A picture comes from a site that is known, whoever looks at it."""
        for token in (token for token in everything(html) if token.kind == "tag"):
            for one in attributes(html, token):
                personal = self.marks.pattern.search(one.value) if one.name in ("src", "background") else None
                if personal and personal[1] == VALUE and personal[0] != one.value:
                    tracking.may_lead(one.value, "")

    def _patterns(self, assembly: Assembly, subject: str, html: str, text: str) -> Made:
        headers = tuple((name, assembly.plain(said, Place.HEADER)) for name, said in self._headers())
        parts = (assembly.plain(subject, Place.HEADER, SUBJECT), assembly.html(html),
                 assembly.plain(_joined(text, self.marks), Place.TEXT))  # fmt: skip
        return self._made(*parts, headers)

    def _made(self, subject: Parts, html: Parts, text: Parts, headers: tuple[tuple[str, Parts], ...]) -> Made:
        numbers, document = Numbers(), self.document
        form = LetterForm(
            id="", sender=document.sender, sender_name=document.sender_name, reply_to=document.reply_to,
            subject=numbers.pattern(subject), html=numbers.pattern(html), text=numbers.pattern(text),
            headers=tuple((name, numbers.pattern(said)) for name, said in headers), ground=document.ground,
        )  # fmt: skip
        numbers.inner((html, text))
        fills = tuple(numbers.fills)
        print = sha256(repr((form, fills)).encode(errors="replace")).hexdigest()[:16]
        return Made(replace(form, id=f"{document.key}-{self.variant.name}-{print}"), fills)

    def _headers(self) -> list[tuple[str, str]]:
        """RFC 2919 and RFC 8058. A service letter is no list: there is nothing to unsubscribe from."""
        if self.document.ground is Ground.SERVICE:
            return []
        doors, mark = self.materials.doors, self.marks.recipient
        mailbox = f", <mailto:{doors.unsubscribe_mail}?subject={mark}>" if doors.unsubscribe_mail else ""
        return [
            ("List-Id", f"<{self.document.key}.{host_of(doors.unsubscribe)}>"),
            ("List-Unsubscribe", f"<{doors.unsubscribe}/{mark}>{mailbox}"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]


def _joined(text: str, marks: Marks) -> str:
    """Blocks one empty line apart, whichever of them are shown; the first is the logo, which everybody sees."""
    start, end = rf"{marks.letters}{START}\d+q", rf"{marks.letters}{END}\d+q"
    blocks = re.compile(rf"\s*({start})\s*(.*?)\s*({end})\s*", re.DOTALL)
    apart = blocks.sub(lambda found: f"{found[1]}\n\n{found[2]}{found[3]}" if found[2] else "", text)
    return re.sub(rf"\A({start})\n+", r"\1", apart).rstrip() + "\n"
