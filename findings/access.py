"""Who may see and do what in the workbench: one helper loads a codebook and authorises in the same step."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from findings.actions import ANALYSIS, QUERIES, coder_of, number_coder, open_offer
from findings.models import Codebook, CodebookMember, Coder, DeskRole
from schools.models import Quote, School, Study


class NotNow(PermissionDenied):
    """Refused to somebody who may read it; its words say what to do, and can be shown."""


class Gone(Http404):
    """What the person could see before is no longer there; its words say what happened, and can be shown."""


class ReadOnly(NotNow):
    """A write to a published codebook; its words say what to do."""

    def __init__(self) -> None:
        super().__init__(
            "This codebook is published, and stays as it is. A lead can start a new version on its settings page."
        )


@dataclass(frozen=True)
class Desk:
    """A member at a codebook, with the coder that the member is."""

    codebook: Codebook
    member: CodebookMember
    coder: Coder
    coders: int = 1  # how many may code, leads among them

    @cached_property
    def road(self) -> str:
        """The address of the codebook, below which all its roads lie."""
        return reverse("workbench:codebook", args=[self.codebook.guid])

    @property
    def is_lead(self) -> bool:
        """Leads: people, merging, opening, adjudicating, publishing."""
        return self.member.role == DeskRole.LEAD

    @property
    def may_code(self) -> bool:
        """Codes, and adds and describes codes."""
        return self.member.role != DeskRole.VIEWER

    @property
    def is_open(self) -> bool:
        """All members see all codings."""
        return self.codebook.opened_at is not None

    @property
    def works_blind(self) -> bool:
        """Several people code, and see their own codings alone."""
        return not self.is_open and self.coders > 1

    @property
    def sees_nothing(self) -> bool:
        """Reads alone, and the codings are not opened."""
        return not self.is_open and not self.may_code

    @property
    def codes_alone(self) -> bool:
        """A lead, and nobody else codes."""
        return self.is_lead and self.coders == 1

    @property
    def may_change(self) -> bool:
        """May write here and now."""
        return self.may_code and not self.codebook.is_published

    @property
    def undoable(self) -> frozenset[str] | None:
        """Verbs of the steps that one may undo here and now; None for all.

        On a published codebook they are one's own analysis; a viewer's are queries, also of one who coded before.
        """
        if self.may_change:
            return None
        return ANALYSIS if self.may_code else QUERIES


def desk_of(request: HttpRequest, guid: UUID, *, code: bool = False, lead: bool = False, write: bool = False) -> Desk:
    """The desk of the signed-in person at a codebook. Unknown and foreign codebooks look the same: Http404.

    `code`, `lead`: what the road needs; `write`: it changes the codebook or its codings, which a published one refuses.
    A member who may not raises PermissionDenied.
    """
    coders = Count("codebook__members", filter=~Q(codebook__members__role=DeskRole.VIEWER))
    places = CodebookMember.objects.filter(codebook__guid=guid, user=request.user.pk).annotate(coders=coders)
    member = places.select_related("codebook__study", "user__coder").first()
    if member is None:
        raise Http404("No such codebook.")
    coder = getattr(member.user, "coder", None) or coder_of(user=member.user)
    if not coder.name:
        number_coder(codebook=member.codebook, coder=coder)
    desk = Desk(member.codebook, member, coder, member.coders)
    if (code and not desk.may_code) or (lead and not desk.is_lead):
        raise PermissionDenied
    if write and desk.codebook.is_published:
        raise ReadOnly
    return desk


class StudyPublished(NotNow):
    """A write to a study that is published; its words say what to do."""

    def __init__(self) -> None:
        super().__init__("This study is published, and stays as it is. Ask this site’s editors to change something.")


class StudyOffered(NotNow):
    """A write to a study that waits for the editors' decision; its words say what to do."""

    def __init__(self) -> None:
        super().__init__("This study is offered to the editors, and stays as it is. Take the offer back to change it.")


def study_of(request: HttpRequest, guid: UUID, *, own: bool = False, write: bool = False) -> Study:
    """A study that the signed-in person made or works on. Unknown and foreign ones look the same: Http404.

    `own`: for its maker alone; whoever else may read it gets PermissionDenied. `write`: the same, and only until it is
    offered or published.
    """
    study = Study.objects.own_of(request.user).begun_here().filter(guid=guid).first()
    if study is None:
        raise Http404("No such study.")
    if (own or write) and study.made_by_id != request.user.pk:
        raise PermissionDenied
    if write and study.is_published:
        raise StudyPublished
    if write and open_offer(study) is not None:
        raise StudyOffered
    return study


def may_change(study: Study, user: Any) -> bool:
    """Whether a person may change a study now, as `study_of` has it for a write."""
    return study.made_by_id == user.pk and not study.is_published and open_offer(study) is None


def is_editor(user: Any) -> bool:
    """Whether a person decides about studies that are offered."""
    return user.is_staff and user.has_perm("schools.change_study")


def case_of(request: HttpRequest, guid: UUID, case: UUID, *, write: bool = False) -> School:
    """A case of a study, as `study_of` loads that."""
    study = study_of(request, guid, write=write)
    school = School.objects.filter(study=study, guid=case).first()
    if school is None:
        raise Http404("No such case.")
    school.study = study
    return school


def quote_of(request: HttpRequest, guid: UUID, quote: UUID, *, write: bool = False) -> Quote:
    """A quote of a study, as `study_of` loads that."""
    study = study_of(request, guid, write=write)
    found = Quote.objects.filter(school__study=study, guid=quote).select_related("school__study").first()
    if found is None:
        raise Http404("No such quote.")
    return found
