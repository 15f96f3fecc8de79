"""Where a file goes: into a codebook that is here, into a study of one's own that is here, or into a new study.

A file is known again by its identities. Where these are here already, but not this person's, what comes in is a copy of
one's own: its identities are derived from the file's and the person's, so that the same file finds it again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import models

from exchange.incoming.records import Incoming
from findings.actions import open_offer
from findings.actions.base import BATCH, Refused
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, DeskRole
from schools.models import Quote, School, Study

Identity = Callable[[UUID], UUID]


@dataclass
class Aim:
    """Study and codebooks that a file goes into; None is one that is to be made."""

    study: Study | None
    homes: dict[UUID, Codebook | None]  # by the file's own codebooks; one that is not here stays out
    identity: Identity
    may_add_texts: bool = True
    adds_quotes: bool = False  # to cases that are here, as well as new cases
    members: dict[int, CodebookMember] = field(default_factory=dict)  # the person's place, by codebook

    @property
    def is_copy(self) -> bool:
        """Whether its identities are not the file's own."""
        return self.identity is not same


def same(guid: UUID) -> UUID:
    """The file's own identity."""
    return guid


def aim_of(
    held: Incoming, *, user: Any, coder: Coder, codebook: Codebook | None = None, study: Study | None = None
) -> Aim:
    """Where a file goes: where the person says (`codebook`, or `study` for a codebook alone, or one of her own for
    transcripts), else where it is known.

    Raises Refused where it has to be said first, or where the study takes nothing.
    """
    if study is not None and held.is_transcript:
        aim = _own(held, user, coder, study)
    elif codebook is not None:
        aim = Aim(codebook.study, {one.guid: codebook for one in held.codebooks}, same, may_add_texts=False)
    else:
        aim = _known_again(held, user, coder) or _new(held, coder, study)
    places = CodebookMember.objects.filter(user=user, codebook__in=[one for one in aim.homes.values() if one])
    aim.members = {place.codebook_id: place for place in places}
    return aim


def _known_again(held: Incoming, user: Any, coder: Coder) -> Aim | None:
    for identity in (same, _derived(coder)):
        known = _codebooks_here(held, user, identity)
        own = _study_here(held, user, identity)
        if own is not None:
            homes = {one.guid: known.get(one.guid) for one in held.codebooks}
            homes = {guid: one for guid, one in homes.items() if one is None or one.study_id == own.pk}
            return Aim(own, homes, identity, may_add_texts=False)
        if known:
            study = next(iter(known.values())).study
            homes = {guid: one for guid, one in known.items() if one.study_id == study.pk}
            return Aim(study, dict(homes), identity, may_add_texts=False)
    return None


def _new(held: Incoming, coder: Coder, study: Study | None) -> Aim:
    identity = _derived(coder) if _is_taken(held) else same
    homes: dict[UUID, Codebook | None] = {one.guid: None for one in held.codebooks}
    if held.has_texts:
        return Aim(None, homes, identity)
    if study is None:
        raise Refused("This file has codes and no texts. Say which study its codebook is for.")
    return Aim(study, homes, identity, may_add_texts=False)


def _own(held: Incoming, user: Any, coder: Coder, study: Study) -> Aim:
    """Transcripts go into a study of one's own; the same file finds there what it brought."""
    if study.made_by_id != user.pk:
        raise Refused("Transcripts go into a study of your own. Choose one, or none for a new study.")
    check_takes_texts(study)
    here = any(
        Quote.objects.filter(guid__in=batch).exists()
        for batch in batches(quote.guid for one in held.sources for quote in one.quotes)
    )
    ours = Quote.objects.filter(guid__in=[one.quotes[0].guid for one in held.sources if one.quotes][:BATCH])
    identity = _within(study) if here and not ours.filter(school__study=study).exists() else same
    return Aim(study, {}, identity, adds_quotes=True)


def _within(study: Study) -> Identity:
    """Identities of what stands in another study already: those of a copy in this one."""
    return lambda guid: uuid5(study.guid, str(guid))


def takes_texts(study: Study) -> bool:
    """Whether a study of one's own can be added to."""
    return not study.is_published and open_offer(study) is None


def check_takes_texts(study: Study) -> None:
    """Raise Refused where a study of one's own stays as it is."""
    if not takes_texts(study):
        raise Refused(f"“{study.title}” is offered or published, and stays as it is.")


def _derived(coder: Coder) -> Identity:
    return lambda guid: uuid5(coder.guid, str(guid))


def _codebooks_here(held: Incoming, user: Any, identity: Identity) -> dict[UUID, Codebook]:
    """The file's codebooks that the person may write in, known by their own identity or by that of a code."""
    writable = Codebook.objects.filter(
        is_published=False,
        pk__in=CodebookMember.objects.filter(user=user).exclude(role=DeskRole.VIEWER).values("codebook"),
    ).select_related("study")
    there = {one.guid: one for one in writable.filter(guid__in=[identity(each.guid) for each in held.codebooks])}
    found = {one.guid: there[identity(one.guid)] for one in held.codebooks if identity(one.guid) in there}
    lacking = {one.guid for one in held.codebooks} - set(found)
    by_code = {identity(one.guid): one.codebook for one in held.codes if one.codebook in lacking}
    for batch in batches(by_code):
        for code in Code.objects.filter(guid__in=batch, codebook__in=writable).select_related("codebook__study"):
            found.setdefault(by_code[code.guid], code.codebook)
    return found


def _study_here(held: Incoming, user: Any, identity: Identity) -> Study | None:
    """The person's own study that this file is of, known by itself, by one of its cases or of its quotes."""
    own = Study.objects.filter(made_by=user)
    found = own.filter(guid=identity(held.guid)).first()
    if found is None and held.has_texts:
        cases = [identity(one.case_guid) for one in held.sources[:BATCH]]
        school = School.objects.filter(guid__in=cases, study__in=own).select_related("study").first()
        found = school.study if school else None
    if found is None and held.is_ours:  # a table names no case by its identity, but every quote
        quotes = [identity(quote.guid) for one in held.sources for quote in one.quotes][:BATCH]
        quote = Quote.objects.filter(guid__in=quotes, school__study__in=own).select_related("school__study").first()
        found = quote.school.study if quote else None
    return found


def _is_taken(held: Incoming) -> bool:
    """Whether an identity of the file is one of somebody's here."""
    wanted: list[tuple[type[models.Model], Iterable[UUID]]] = [
        (Study, [held.guid]),
        (School, (one.case_guid for one in held.sources)),
        (Quote, (quote.guid for one in held.sources for quote in one.quotes)),
        (Codebook, (one.guid for one in held.codebooks)),
        (Code, (one.guid for one in held.codes)),
        (Coding, (one.guid for one in held.codings)),
    ]
    return any(
        model._base_manager.filter(guid__in=batch).exists() for model, guids in wanted for batch in batches(guids)
    )


def batches(keys: Iterable[Any]) -> Iterable[list[Any]]:
    """Keys, so many at a time as a query takes."""
    every = list(keys)
    return (every[place : place + BATCH] for place in range(0, len(every), BATCH))


def taken_of(model: type[models.Model], guids: list[UUID]) -> set[UUID]:
    """Those of these identities that a record has."""
    return {
        one
        for batch in batches(guids)
        for one in model._base_manager.filter(guid__in=batch).values_list("guid", flat=True)
    }


def free(model: type[models.Model], guid: UUID) -> UUID:
    """An identity, or another where a record has it."""
    return uuid4() if model._base_manager.filter(guid=guid).exists() else guid
