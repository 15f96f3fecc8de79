"""Findings of a study of this site that comes back, with the links to what bears them out; made, and taken back."""

from itertools import count
from uuid import UUID, uuid4

from exchange.imports.aims import batches, taken_of
from exchange.imports.plan import Plan
from findings.actions.base import BATCH
from findings.models import CaseEvidence, Evidence, Finding, Theme
from schools.actions import delete_rows
from schools.models import Quote, School, Study

THEME = "theme "  # before the short name of a theme, which has no other identity


def make_findings(plan: Plan, study: Study, bearers: dict[UUID, Quote | School]) -> list[str]:
    """Make the findings of a plan, and their links. `bearers`: what bears them out, by the file's identities.

    Who linked them in the file is not known: the links are the importer's. Returns what `take_findings_out` needs.
    """
    themes: dict[str, Theme] = {one.name: one for one in study.themes.order_by("position")}
    slugs, last = {one.slug for one in themes.values()}, len(themes)
    made: dict[str, Theme] = {}
    findings: dict[UUID, Finding] = dict(plan.known_findings)
    known = Finding.objects.filter(theme__study=study).count()
    taken = taken_of(Finding, [plan.aim.identity(one.guid) for one in plan.findings])
    for place, one in enumerate(plan.findings, start=1):
        name = one.theme[:80]
        if name not in themes:
            last += 1
            slug = next(free for n in count(last) if (free := f"theme-{n}") not in slugs)
            slugs.add(slug)
            themes[name] = made[name] = Theme(
                study=study,
                slug=slug,
                name=name,
                question=one.question[:200],
                position=last,
                locator=one.theme_locator[:80],
            )
        guid = plan.aim.identity(one.guid)
        guid = uuid4() if guid in taken else guid
        findings[one.guid] = Finding(
            guid=guid,
            theme=themes[name],
            slug=f"finding-{guid.hex}",
            title=one.title[:80],
            statement=one.statement[:400],
            position=known + place,
            locator=one.locator[:80],
            note=one.note[:300],
        )
    Theme.objects.bulk_create(made.values(), batch_size=BATCH)
    new = [findings[one.guid] for one in plan.findings]
    Finding.objects.bulk_create(new, batch_size=BATCH)
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
        bearer = bearers[link.origin]
        if isinstance(bearer, Quote):
            row: Evidence | CaseEvidence = Evidence(quote=bearer, **said)
        else:
            row = CaseEvidence(school=bearer, **said)
        links.setdefault((link.finding, link.origin), row)
    for model in (Evidence, CaseEvidence):
        model.objects.bulk_create([one for one in links.values() if isinstance(one, model)], batch_size=BATCH)
    rows = [*new, *links.values()]
    return [*(str(one.guid) for one in rows), *(THEME + one.slug for one in made.values())]


def guids_of(brought: list[str]) -> list[str]:
    """The identities of what a study got."""
    return [one for one in brought if not one.startswith(THEME)]


def take_findings_out(study: Study, brought: list[str]) -> None:
    """Remove the links that an import made in a study, and those of its findings and themes that hold nothing else."""
    themes = [one.removeprefix(THEME) for one in brought if one.startswith(THEME)]
    guids = guids_of(brought)
    of_study = {"finding__theme__study": study}
    for batch in batches(guids):
        delete_rows(Evidence.objects.filter(guid__in=batch, **of_study))
        delete_rows(CaseEvidence.objects.filter(guid__in=batch, **of_study))
    for batch in batches(guids):
        alone = Finding.objects.filter(guid__in=batch, theme__study=study, evidence=None, case_evidence=None)
        delete_rows(Finding.objects.filter(pk__in=alone.order_by().values("pk")))
    delete_rows(Theme.objects.filter(study=study, slug__in=themes, findings=None))
