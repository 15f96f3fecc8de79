"""Many schools, quickly: for tests that say a page asks as often for many rows as for few."""

from django.utils import timezone

from findings.models import GATEWAYS, CaseEvidence, Code, Coding, Evidence, Finding
from schools.models import CaseSection, Fact, Indicator, Quote, School, Setting, Topic
from tests.factories import editors, loaded_study, next_number


def add_schools(number: int, *, quotes_each: int = 1) -> list[School]:
    """`number` schools in the published study, each with sections, facts, coded quotes and evidence."""
    study = loaded_study()
    settings = list(Setting)
    schools = School.objects.bulk_create(
        School(
            study=study,
            slug=f"x{(n := next_number())}",
            letter=str(n)[-4:],
            name=f"School {n}",
            position=n,
            setting=settings[n % 4],
            pupils=50 + n % 700,
            known_for="A garden",
            summary="A school.",
            locator="L1",
        )
        for _ in range(number)
    )
    topics = list(Topic.objects.filter(study=study, in_cases=True))
    CaseSection.objects.bulk_create(
        CaseSection(school=school, topic=topic, summary="It grows.", locator="L1")
        for school in schools
        for topic in topics
    )
    Fact.objects.bulk_create(
        Fact(school=school, indicator=indicator, value="Stated", locator="L1")
        for school in schools
        for indicator in Indicator.objects.filter(study=study)[:5]
    )
    quotes = Quote.objects.bulk_create(
        Quote(
            school=school,
            topic=topics[0],
            speaker_role="headteacher",
            text="We grow parents and pupils alike.",
            locator=f"L{place}",
            position=place,
        )
        for school in schools
        for place in range(1, quotes_each + 1)
    )
    code = Code.objects.get(codebook__slug=GATEWAYS, slug="student-voice")
    finding = Finding.objects.order_by("pk")[0]
    by = editors()
    Coding.objects.bulk_create(
        Coding(quote=one, code=code, coder=by, start=0, end=7, memo="So.", coded_at=timezone.now()) for one in quotes
    )
    Evidence.objects.bulk_create(Evidence(quote=one, finding=finding, coder=by, reason="So.") for one in quotes)
    CaseEvidence.objects.bulk_create(
        CaseEvidence(school=one, finding=finding, coder=by, reason="So.", locator="L1") for one in schools
    )
    return schools
