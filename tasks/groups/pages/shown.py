"""Rows of groups as values of the pages. Pure."""

from collections.abc import Mapping, Sequence

from models.customer_groups import Corrected, CustomerGroup, GroupBuild, GroupCorrection, GroupKind, GroupVersion
from models.customers import Customer
from models.desk.customers import reach_of
from models.desk.groups import (
    ANY_ADDRESS,
    Advised,
    BuildLine,
    CorrectionLine,
    Drift,
    GroupLine,
    OverlapRow,
    Reach,
    ReadyOffer,
    Sampled,
    Shared,
    VersionLine,
)
from models.group_rules import Rule, read_rule
from models.locale import mark, translate
from tasks.groups.control import advised
from tasks.groups.figures.rows import Overlap, Preview
from tasks.groups.ready import READY
from tasks.groups.saying import Words, in_line, told

LISTED = mark("a list of customers")
TENTHS = 1000  # of a per cent


def rule_of(row: CustomerGroup | GroupVersion) -> Rule | None:
    return None if row.rule is None else read_rule(row.rule)


def in_words(rule: Rule | None, words: Words) -> str:
    return translate(LISTED) if rule is None else in_line(told(rule, words))


def line_of(group: CustomerGroup, builds: Sequence[GroupBuild], words: Words) -> GroupLine:
    """A group with its builds, the newest first."""
    last = builds[0] if builds else None
    figures = last.model_dump(include={"size", "joined", "left", "control", "open"}) if last else {}
    return GroupLine(
        key=group.key, title=group.title, is_list=group.kind == GroupKind.STATIC,
        is_put_away=group.archived_at is not None, share=group.control_share, built_at=last.at if last else None,
        drift=Drift(sizes=tuple(build.size for build in reversed(builds))), words=in_words(rule_of(group), words),
        **figures,
    )  # fmt: skip


def build_of(build: GroupBuild) -> BuildLine:
    fields = build.model_dump(include={"at", "version", "size", "joined", "left", "whole"})
    return BuildLine(open=build.open.get(ANY_ADDRESS, 0), **fields)


def versions_of(rows: Sequence[GroupVersion], words: Words, names: Mapping[str, str]) -> tuple[VersionLine, ...]:
    """The versions, the newest first, each with whether its rule is another than that of the one before."""
    before = [*rows[1:], None]
    return tuple(
        VersionLine(
            number=row.version, share=row.control_share, by=names.get(row.by, row.by),
            words=in_words(rule_of(row), words),
            is_rule=former is None or former.text != row.text,
            **row.model_dump(include={"title", "text", "no_control_why", "why", "at"}),
        )
        for row, former in zip(rows, before, strict=True)
    )  # fmt: skip


def correction_of(row: GroupCorrection, names: Mapping[str, str]) -> CorrectionLine:
    return CorrectionLine(
        customer=row.customer_id, what=Corrected(row.what), by=names.get(row.by, row.by),
        lifted_by=names.get(row.lifted_by, row.lifted_by), **row.model_dump(include={"why", "at", "lifted_at"}),
    )  # fmt: skip


def sampled(one: Customer, control: bool = False) -> Sampled:
    return Sampled(id=one.id or 0, name=one.name, city=one.city, control=control)


def advised_of(members: int) -> Advised:
    found = advised(members)
    return Advised(size=found.size, share=found.share, detectable=round(found.detectable * TENTHS))


def reach_of_rule(preview: Preview, any_: int) -> Reach:
    """Who may be sent advertising of those a rule finds; kinds of address that nobody has are left out."""
    return Reach(size=preview.size, any=any_, kinds=reach_of(preview.reach), without=preview.without)


def overlapping(found: Sequence[Overlap], titles: Mapping[str, str]) -> tuple[OverlapRow, ...]:
    """Every group beside every other: how many of the one are in the other too."""
    shared = {(one.first, one.second): one.shared for one in found}
    shared |= {(other, one): number for (one, other), number in shared.items()}
    keys = sorted({one.first for one in found}, key=lambda key: (-shared[key, key], titles[key]))
    return tuple(
        OverlapRow(
            key=key, title=titles[key], size=shared[key, key],
            cells=tuple(_shared(other, shared[key, other], shared[key, key]) for other in keys),
        )
        for key in keys
    )  # fmt: skip


def _shared(key: str, shared: int, size: int) -> Shared:
    return Shared(key=key, shared=shared, part=round(100 * shared / size) if size else 0)


def offers(made: Mapping[str, str], words: Words) -> tuple[ReadyOffer, ...]:
    """The ready groups nobody has made yet; those that need a name may be made again and again."""
    return tuple(
        ReadyOffer(
            key=one.key, title=translate(one.title), what=translate(one.name) if one.name else "",
            words=translate(one.about) if one.name else in_line(told(one.rule(), words)),
        )
        for one in READY if one.name or one.key not in made
    )  # fmt: skip
