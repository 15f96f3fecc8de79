"""What a person may read, kind by kind: the doors of the pages, and no others. `user` may be nobody."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from findings.models import CaseEvidence, Code, Codebook, CodebookMember, Coding, Evidence, Finding, Theme
from schools.models import Fact, Indicator, Quote, School, Study, Topic


def studies(user: Any) -> QuerySet[Study]:
    """Studies that everyone may read, and one's own: those that one made, or whose codebooks one is a member of."""
    return Study.objects.visible_to(user)


def own(user: Any) -> QuerySet[Study]:
    """One's own that not everyone may read."""
    return Study.objects.own_of(user).filter(is_published=False)


def schools(user: Any) -> QuerySet[School]:
    """Their schools."""
    return School.objects.filter(study__in=studies(user)).select_related("study")


def topics(user: Any) -> QuerySet[Topic]:
    """Their topics."""
    return Topic.objects.filter(study__in=studies(user))


def indicators(user: Any) -> QuerySet[Indicator]:
    """Their indicators."""
    return Indicator.objects.filter(study__in=studies(user))


def themes(user: Any) -> QuerySet[Theme]:
    """The themes of their findings."""
    return Theme.objects.filter(study__in=studies(user))


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
    """Findings of these studies, with `quote_count` and `case_count`: how much bears them out."""
    found = Finding.objects.filter(theme__study__in=studies(user)).select_related("theme__study")
    return found.annotate(quote_count=_number(evidence(user)), case_count=_number(case_evidence(user)))


def _number(links: QuerySet) -> Coalesce:
    of_one = links.filter(finding=OuterRef("pk")).order_by().values("finding").annotate(number=Count("pk"))
    return Coalesce(Subquery(of_one.values("number")), 0, output_field=IntegerField())


def evidence(user: Any) -> QuerySet[Evidence]:
    """Links of findings to quotes: of published studies the editors', of one's own all."""
    links = Evidence.objects.published()
    if user.is_authenticated:
        mine = Q(finding__theme__study__in=own(user), quote__school__study=F("finding__theme__study"))
        links |= Evidence.objects.filter(mine)
    return links.select_related("finding__theme__study", "quote__school", "coder")


def case_evidence(user: Any) -> QuerySet[CaseEvidence]:
    """Links of findings to cases, in the same way."""
    links = CaseEvidence.objects.published()
    if user.is_authenticated:
        mine = Q(finding__theme__study__in=own(user), school__study=F("finding__theme__study"))
        links |= CaseEvidence.objects.filter(mine)
    return links.select_related("finding__theme__study", "school", "coder")
