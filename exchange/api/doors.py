"""What a person may read, kind by kind: the doors of the pages, and no others. `user` may be nobody."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from findings.models import CaseEvidence, Code, Codebook, CodebookMember, Coding, Evidence, Finding
from schools.models import Fact, Quote, School, Study


def studies(user: Any) -> QuerySet[Study]:
    """Studies that everyone may read."""
    return Study.objects.filter(is_published=True)


def schools(user: Any) -> QuerySet[School]:
    """Their schools."""
    return School.objects.filter(study__in=studies(user)).select_related("study")


def facts(user: Any) -> QuerySet[Fact]:
    """Their facts, not stated ones included."""
    return Fact.objects.filter(school__study__in=studies(user)).select_related("school__study", "indicator")


def quotes(user: Any) -> QuerySet[Quote]:
    """Their quotes."""
    return Quote.objects.filter(school__study__in=studies(user)).select_related("school__study", "topic")


def codebooks(user: Any) -> QuerySet[Codebook]:
    """Codebooks that everyone may read, and one's own, with `role`: what one is at it, empty for who is no member."""
    places = CodebookMember.objects.filter(codebook=OuterRef("pk"), user=user.pk)
    seen = Codebook.objects.published() | Codebook.objects.filter(Exists(places))
    role = Coalesce(Subquery(places.values("role")[:1]), Value(""), output_field=CharField())
    return seen.annotate(role=role).select_related("study")


def codes(user: Any) -> QuerySet[Code]:
    """Their codes, with `role` as above."""
    places = CodebookMember.objects.filter(codebook=OuterRef("codebook"), user=user.pk)
    seen = Codebook.objects.published() | Codebook.objects.filter(members__user=user.pk)
    role = Coalesce(Subquery(places.values("role")[:1]), Value(""), output_field=CharField())
    codes = Code.objects.filter(codebook__in=seen.order_by().values("pk")).annotate(role=role)
    return codes.select_related("codebook__study", "parent", "example")


def codings(user: Any, codebooks: Sequence[Codebook] = ()) -> QuerySet[Coding]:
    """Codings under these codebooks, as far as one may see them; without any, those that everyone may read."""
    if codebooks:
        seen = reduce(or_, (Coding.objects.visible_to(user, codebook) for codebook in codebooks))
    else:
        seen = Coding.objects.readable()
    return seen.select_related("quote__school__study", "code__codebook__study", "coder")


def coding(user: Any, guid: Any) -> QuerySet[Coding]:
    """The coding of this identity, if one may see it. Asked through its codebook, as on every page."""
    codebook = Codebook.objects.filter(codes__codings__guid=guid).select_related("study").first()
    return codings(user, [codebook] if codebook else []).filter(guid=guid)


def findings(user: Any) -> QuerySet[Finding]:
    """Findings of published studies, with `quote_count` and `case_count`: how much bears them out."""
    found = Finding.objects.published().select_related("theme__study")
    return found.annotate(
        quote_count=_number(Evidence.objects.published()), case_count=_number(CaseEvidence.objects.published())
    )


def _number(links: QuerySet) -> Coalesce:
    of_one = links.filter(finding=OuterRef("pk")).order_by().values("finding").annotate(number=Count("pk"))
    return Coalesce(Subquery(of_one.values("number")), 0, output_field=IntegerField())


def evidence(user: Any) -> QuerySet[Evidence]:
    """Links of findings to quotes."""
    return Evidence.objects.published().select_related("finding__theme__study", "quote__school", "coder")


def case_evidence(user: Any) -> QuerySet[CaseEvidence]:
    """Links of findings to cases."""
    return CaseEvidence.objects.published().select_related("finding__theme__study", "school", "coder")
