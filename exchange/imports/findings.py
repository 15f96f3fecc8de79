"""Findings of a study of this site that comes back, with the links to what bears them out."""

from uuid import UUID, uuid4

from exchange.imports.aims import taken_of
from exchange.imports.plan import Plan
from findings.actions.base import BATCH
from findings.models import CaseEvidence, Evidence, Finding, Theme
from schools.models import Quote, School, Study


def make_findings(plan: Plan, study: Study, schools: dict[UUID, School], quotes: dict[UUID, Quote]) -> None:
    """Make the findings of a plan. `schools` and `quotes`: those of the new study, by the file's identities.

    Who linked them in the file is not known: the links are the importer's.
    """
    themes: dict[str, Theme] = {}
    findings: dict[UUID, Finding] = {}
    taken = taken_of(Finding, [plan.aim.identity(one.guid) for one in plan.findings])
    for place, one in enumerate(plan.findings, start=1):
        if one.theme not in themes:
            number = len(themes) + 1
            themes[one.theme] = Theme(
                study=study,
                slug=f"theme-{number}",
                name=one.theme[:80],
                question=one.question[:200],
                position=number,
                locator=one.theme_locator[:80],
            )
        guid = plan.aim.identity(one.guid)
        guid = uuid4() if guid in taken else guid
        findings[one.guid] = Finding(
            guid=guid,
            theme=themes[one.theme],
            slug=f"finding-{guid.hex}",
            title=one.title[:80],
            statement=one.statement[:400],
            position=place,
            locator=one.locator[:80],
            note=one.note[:300],
        )
    Theme.objects.bulk_create(themes.values(), batch_size=BATCH)
    Finding.objects.bulk_create(findings.values(), batch_size=BATCH)
    taken = {
        guid
        for model in (Evidence, CaseEvidence)
        for guid in taken_of(model, [plan.aim.identity(one.guid) for one in plan.evidence])
    }
    links: dict[tuple[UUID, UUID], Evidence | CaseEvidence] = {}
    for link in plan.evidence:
        guid = plan.aim.identity(link.guid)
        said = {
            "guid": uuid4() if guid in taken else guid,
            "finding": findings[link.finding],
            "coder": plan.who.mine,
            "reason": link.reason[:300],
        }
        if link.origin in quotes:
            made: Evidence | CaseEvidence = Evidence(quote=quotes[link.origin], **said)
        else:
            made = CaseEvidence(school=schools[link.origin], locator="L1", **said)
        links.setdefault((link.finding, link.origin), made)
    for model in (Evidence, CaseEvidence):
        model.objects.bulk_create([one for one in links.values() if isinstance(one, model)], batch_size=BATCH)
