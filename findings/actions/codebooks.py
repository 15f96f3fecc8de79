"""What is done to a codebook as a whole: begin, copy, import, open the codings, publish, go on with a new version."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from simple_history.utils import bulk_create_with_history

from findings.actions.base import BATCH, Changes, Refused, coder_of, hold, note_down, number_coder, record, revised
from findings.actions.decisions import agreed_coder
from findings.actions.fitting import check_levels, check_room
from findings.models import (
    Code,
    Codebook,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    DeskRole,
    FrameworkCell,
    QuoteNote,
    SavedQuery,
)
from findings.tree import codebook_tree
from schools.actions import publish_change
from schools.models import Study

SLUG_TRIES = 5
NAMED = 5  # codes, in a sentence
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AFTER_THE_EDITORS = 100  # place of a team's codebook among the published ones
COPIED = ("slug", "name", "definition", "include", "exclude", "example_id", "position", "colour", "number_key")


@transaction.atomic
def start_codebook(
    *, user: AbstractBaseUser, study: Study, name: str, description: str = "", own_name: str = "", **fields: Any
) -> Codebook:
    """A codebook of one's own, without codes, whose only member leads it. `own_name`: for `coder_of`."""
    coder = coder_of(user=user, name=own_name)
    guid = uuid4()
    codebook = Codebook.objects.create(
        guid=guid,
        slug=guid.hex,
        study=study,
        name=name,
        description=description,
        is_editorial=False,
        position=AFTER_THE_EDITORS,
        **fields,
    )
    CodebookMember.objects.create(codebook=codebook, user=user, role=DeskRole.LEAD)
    number_coder(codebook=codebook, coder=coder)
    note_down(codebook=codebook, coder=coder, verb="start", words=codebook.source or "Codebook started")
    return codebook


@transaction.atomic
def copy_codebook(
    *, user: AbstractBaseUser, source: Codebook, name: str, own_name: str = "", study: Study | None = None
) -> Codebook:
    """A codebook of one's own with the codes in use of a published one, and no codings: for its study, or another.

    Its description is one's own to write: the source says where the codes come from. Of another study's codes the
    example quotes are left out.
    """
    if not source.is_published:
        raise Refused("Only a published codebook can be copied.")
    said = f"Copied from “{source}”, version {source.version}"[:250]
    codebook = start_codebook(user=user, study=study or source.study, name=name, own_name=own_name, source=said)
    _copy_codes(source, codebook, in_use=True)
    _vary_colours(codebook)
    return codebook


def _vary_colours(codebook: Codebook) -> None:
    """Where the original has one colour for all its codes, nobody chose it: give each top code one of its own."""
    tree = codebook_tree(codebook)
    if len({node.code.colour for node in tree}) > 1:
        return
    tops = -1
    for node in tree:
        tops += node.depth == 0
        node.code.colour = tops % 8 + 1
        node.code.save(update_fields=["colour"])


def _copy_codes(source: Codebook, target: Codebook, *, in_use: bool) -> dict[int, Code]:
    """The copies by the key of their originals."""
    copies: dict[int, Code] = {}
    for node in codebook_tree(source, in_use=in_use):
        values = {name: getattr(node.code, name) for name in COPIED}
        if target.follows_id == source.pk:
            values["memo"] = node.code.memo  # the team's own, which no copy of others has
        if target.study_id != source.study_id:
            values["example_id"] = None
        copies[node.code.pk] = Code.objects.create(
            codebook=target,
            parent=copies.get(node.code.parent_id),
            retired_at=node.code.retired_at,
            **values,
        )
    for node in [] if in_use else codebook_tree(source):
        if node.code.merged_into_id in copies:
            copy = copies[node.code.pk]
            copy.merged_into = copies[node.code.merged_into_id]
            copy.save(update_fields=["merged_into"])
    return copies


@dataclass(frozen=True)
class NewCode:
    """A code to import: the names from the root down to it, and what it means. `colour` 1 to 8; None: as above it."""

    path: tuple[str, ...]
    definition: str = ""
    include: str = ""
    exclude: str = ""
    colour: int | None = None


@transaction.atomic
def import_codes(*, codebook: Codebook, coder: Coder, rows: Iterable[NewCode]) -> int:
    """Add codes with the parents they need; those that are there already stay as they are. Returns how many are new."""
    held = hold(codebook)
    changes = Changes()
    there = {_key(node.path.split(" › ")): node.code for node in codebook_tree(held, in_use=True)}
    waiting = {_key(row.path): row for row in with_parents(rows) if _key(row.path) not in there}
    check_room(held, more=len(waiting))
    slugs = set(Code.objects.filter(codebook=held).values_list("slug", flat=True))
    for depth in sorted({len(key) for key in waiting}):
        level = []
        for place, (key, row) in enumerate(waiting.items()):
            if len(key) != depth:
                continue
            parent = there.get(key[:-1])
            slug = _free(slugify(row.path[-1])[:44] or "code", slugs)
            colour = row.colour or (parent.colour if parent else place % 8 + 1)
            code = Code(
                codebook=held, parent=parent, slug=slug, name=row.path[-1], position=1000 + place, colour=colour
            )
            code.definition, code.include, code.exclude = row.definition, row.include, row.exclude
            level.append((key, code))
        made = changes.create_all([code for _, code in level], Code)
        there |= {key: code for (key, _), code in zip(level, made, strict=True)}
    check_levels(held, [there[key].pk for key in waiting])
    revised(held)
    words = f"{len(waiting)} code{'' if len(waiting) == 1 else 's'} imported"
    record(codebook=held, coder=coder, verb="import", words=words, changes=changes)
    return len(waiting)


def _key(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in path)


def with_parents(rows: Iterable[NewCode]) -> list[NewCode]:
    """The rows, and before each the parents that no row describes."""
    every = list(rows)
    described = {_key(row.path) for row in every}
    found: dict[tuple[str, ...], NewCode] = {}
    for row in every:
        for depth in range(1, len(row.path)):
            if _key(row.path[:depth]) not in described:
                found.setdefault(_key(row.path[:depth]), NewCode(row.path[:depth]))
        found.setdefault(_key(row.path), row)
    return list(found.values())


def _free(stem: str, taken: set[str]) -> str:
    slug = next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
    taken.add(slug)
    return slug


@transaction.atomic
def describe_codebook(*, codebook: Codebook, coder: Coder, name: str, description: str) -> None:
    """Name and describe a codebook, in a step that can be undone."""
    held = hold(codebook)
    if (held.name, held.description) == (name, description):
        return
    words = "Codebook described" if held.name == name else f"Codebook “{held.name}” renamed to “{name}”"
    changes = Changes()
    changes.update(held, name=name, description=description)
    rename_agreed(held)
    record(codebook=held, coder=coder, verb="describe", words=words, changes=changes)


def rename_agreed(codebook: Codebook) -> None:
    """Let the coder of the agreed set say what its codebook is called now."""
    Coder.objects.filter(agreed_for=codebook).update(name=f"Agreed: {codebook.name}"[:80])


@transaction.atomic
def open_codings(*, codebook: Codebook, coder: Coder) -> Codebook:
    """Let all members see all codings. It cannot be taken back: what was seen stays seen.

    A published codebook can be opened, too: its members see their codings, and what is public stays as it is.
    """
    held = Codebook.objects.select_for_update().get(pk=codebook.pk)
    if held.opened_at is None:
        held.opened_at = timezone.now()
        held.save(update_fields=["opened_at"])
        agreed_coder(held)
        note_down(codebook=held, coder=coder, verb="open", words="Codings opened to all members")
    return held


@transaction.atomic
def publish(*, codebook: Codebook, coder: Coder, version: str, authors: str, shows_agreed: bool) -> Codebook:
    """Make a codebook readable and citable for everyone, and read-only; with its agreed codings only if so chosen."""
    held = hold(codebook)
    check_publishable(codebook=held, version=version, shows_agreed=shows_agreed)
    held.version, held.authors, held.shows_agreed = version, authors, shows_agreed
    held.is_published, held.published_at = True, timezone.now()
    _save_under_free_slug(held, slugify(f"{held.name} {version.replace('.', '-')}")[:44] or "codebook")
    with_what = "with" if shows_agreed else "without"
    note_down(codebook=held, coder=coder, verb="publish", words=f"Published {with_what} the agreed codings")
    publish_change()
    return held


def _save_under_free_slug(held: Codebook, stem: str) -> None:
    """Another codebook of the same name may be published in the same moment, and take the slug that was free."""
    for tries_left in reversed(range(SLUG_TRIES)):
        held.slug = _free(stem, set(Codebook.objects.filter(slug__startswith=stem).values_list("slug", flat=True)))
        try:
            with transaction.atomic():
                held.save()
        except IntegrityError:
            if not tries_left:
                raise Refused("Many codebooks of this name are being published. Publish once more.") from None
        else:
            return


def check_publishable(*, codebook: Codebook, version: str, shows_agreed: bool) -> None:
    """Raise Refused where a codebook cannot be published as it is, saying all that is to be done first."""
    held = codebook
    if reasons := wanting(held):
        raise Refused(" ".join(reasons))
    published = [one.version for one in _published_in_line(held)]
    if version in published:
        raise Refused(f"Version {version} of this codebook is published already. Give this one a version of its own.")
    highest = max(published, key=_number, default="")
    if highest and _number(version) <= _number(highest):
        raise Refused(f"Version {highest} of this codebook is published. Give this one a higher number than that.")
    if shows_agreed and not Coding.objects.filter(code__codebook=held, coder__agreed_for=held).exists():
        raise Refused("There is no agreed set yet. Decide about the codings first, or publish the codes alone.")


def wanting(codebook: Codebook) -> list[str]:
    """What a codebook lacks to be published, whatever its version: a sentence each."""
    codes = Code.objects.filter(codebook=codebook, retired_at=None)
    found = []
    if not codebook.study.is_published:
        found.append(f"“{codebook.study.title}” is not published: its codebooks can be published when it is.")
    if not codes.exists():
        found.append("A codebook without codes cannot be published.")
    if not codebook.description:
        found.append("Say first, under “What it is for”, what the codebook is for: a reader needs to know.")
    if bare := list(undefined(codebook)[: NAMED + 1]):
        named = ", ".join(one.name for one in bare[:NAMED])
        found.append(f"Give every code a definition first. Without one: {named}{'' if len(bare) <= NAMED else ' …'}.")
    return found


def undefined(codebook: Codebook) -> QuerySet[Code]:
    """The codes in use that nobody has defined, in the tree's order of each level."""
    return Code.objects.filter(codebook=codebook, retired_at=None, definition="").order_by("position", "pk")


def _number(version: str) -> tuple[int, ...]:
    """A version as numbers to compare: 1 and 1.0 are the same, 1.10 is after 1.9."""
    parts = [int(part) for part in version.split(".") if part.isdecimal()]
    return tuple([*parts, 0, 0, 0][:3])


def _published_in_line(codebook: Codebook) -> list[Codebook]:
    """The published versions before a codebook, and those that followed one of them by another way."""
    line = [codebook]
    while line[-1].follows_id:
        line.append(Codebook.objects.get(pk=line[-1].follows_id))
    latest, found = line[-1:], line[-1:]
    while latest:
        latest = list(Codebook.objects.filter(follows__in=latest))
        found += latest
    return [one for one in found if one.is_published]


@transaction.atomic
def next_version(*, codebook: Codebook, coder: Coder, version: str, with_codings: bool) -> Codebook:
    """A private copy of a published codebook, to go on with: its codes and members and, if so chosen, all codings.

    With the codings come notes, decisions, and what each member wrote and asked about the codes: summaries and queries,
    which then speak of the copies.
    """
    Codebook.objects.select_for_update().filter(pk=codebook.pk).first()
    if not codebook.is_published or codebook.is_editorial:
        raise Refused("Only a published codebook of a team can have a new version.")
    if version == codebook.version:
        raise Refused(f"Version {version} is published. Give the new one another number.")
    if _number(version) <= _number(codebook.version):
        raise Refused(f"Version {codebook.version} is published. Give the new one a higher number.")
    guid = uuid4()
    fresh = Codebook.objects.create(
        guid=guid,
        slug=guid.hex,
        study=codebook.study,
        name=codebook.name,
        description=codebook.description,
        source=codebook.source,
        version=version,
        is_editorial=False,
        position=AFTER_THE_EDITORS,
        opened_at=codebook.opened_at if with_codings else None,
        follows=codebook,
    )
    for member in codebook.members.all():
        CodebookMember.objects.create(codebook=fresh, user_id=member.user_id, role=member.role)
    copies = _copy_codes(codebook, fresh, in_use=not with_codings)
    if with_codings:
        _copy_codings(codebook, fresh, copies)
        _copy_analysis(codebook, fresh, copies)
    words = f"Begun from version {codebook.version} {'with' if with_codings else 'without'} its codings"
    note_down(codebook=fresh, coder=coder, verb="start", words=words)
    return fresh


def _copy_codings(source: Codebook, target: Codebook, codes: dict[int, Code]) -> None:
    agreed = agreed_coder(target)
    made: dict[int, Coding] = {}
    for coding in Coding.objects.filter(code__codebook=source).select_related("coder").order_by("pk"):
        old, coding.pk, coding.guid, coding._state.adding = coding.pk, None, uuid4(), True
        coding.code = codes[coding.code_id]
        coding.coder = agreed if coding.coder.agreed_for_id else coding.coder
        made[old] = coding
    Coding.objects.bulk_create(made.values(), batch_size=BATCH)
    notes = list(QuoteNote.objects.filter(codebook=source).order_by("pk"))
    for note in notes:
        note.pk, note.guid, note.codebook = None, uuid4(), target
    QuoteNote.objects.bulk_create(notes, batch_size=BATCH)
    decisions = list(Decision.objects.filter(code__codebook=source).order_by("pk"))
    for one in decisions:
        one.pk, one.guid, one.code = None, uuid4(), codes[one.code_id]
        one.coding = made[one.coding_id] if one.coding_id else None
    Decision.objects.bulk_create(decisions, batch_size=BATCH)


def _copy_analysis(source: Codebook, target: Codebook, codes: dict[int, Code]) -> None:
    """Summaries and queries of those who are members still: nobody else could read them."""
    members = Q(user__codebook_places__codebook=target)
    cells = list(FrameworkCell.objects.filter(code__codebook=source, coder__in=Coder.objects.filter(members)))
    for cell in cells:
        cell.pk, cell.guid, cell.code = None, uuid4(), codes[cell.code_id]
    bulk_create_with_history(cells, FrameworkCell, batch_size=BATCH)
    keys = dict(Code.objects.filter(pk__in=codes).order_by().values_list("pk", "guid"))
    guids = {str(guid): str(codes[pk].guid) for pk, guid in keys.items()}
    queries = list(SavedQuery.objects.filter(codebook=source, owner__in=Coder.objects.filter(members)))
    for query in queries:
        query.pk, query.guid, query.codebook = None, uuid4(), target
        query.asked = GUID.sub(lambda found: guids.get(found[0], found[0]), query.asked)
    SavedQuery.objects.bulk_create(queries, batch_size=BATCH)
