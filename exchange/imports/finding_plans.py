"""Which findings of a file would be made, and which links to what bears them out."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from exchange.imports.aims import batches, takes_texts
from findings.models import CaseEvidence, Evidence, Finding
from schools.models import Quote, School

if TYPE_CHECKING:
    from exchange.imports.plan import Plan

NOT_YOURS = "Findings that this study does not have: its maker alone brings them in, before it is offered or published."
NO_BEARER = "Links of findings to quotes and cases that are not here."


def plan_findings(plan: "Plan", user: Any) -> None:
    """Findings come in with the study that they are of, and into one of one's own that is here."""
    held = plan.held
    if plan.aim.study is None:
        origins = {one.case_guid for one in held.sources}
        origins |= {quote.guid for text in plan.texts.values() for quote in text.quotes}
        plan.findings, plan.evidence = held.findings, [one for one in held.evidence if one.origin in origins]
        return
    if not held.findings:
        return
    identity, of_study = plan.aim.identity, {"theme__study": plan.aim.study}
    there = _by_guid(Finding, (identity(one.guid) for one in held.findings), **of_study)
    plan.known_findings = {one.guid: there[identity(one.guid)] for one in held.findings if identity(one.guid) in there}
    if plan.known_findings:
        plan.here["findings"] = len(plan.known_findings)
    new = [one for one in held.findings if one.guid not in plan.known_findings]
    if plan.aim.study.made_by_id != user.pk or not takes_texts(plan.aim.study):
        if new:
            plan.stays_out[NOT_YOURS] += len(new)
        return
    plan.findings = new
    _plan_links(plan)


def _plan_links(plan: "Plan") -> None:
    """Links that are not here, of findings new and known, to quotes and cases that are."""
    identity, study, held = plan.aim.identity, plan.aim.study, plan.held
    origins = {one.origin for one in held.evidence}
    quotes = _by_guid(Quote, map(identity, origins), school__study=study)
    schools = _by_guid(School, map(identity, origins), study=study)
    plan.bearers = {one: found for one in origins if (found := quotes.get(identity(one)) or schools.get(identity(one)))}
    known = {finding.pk for finding in plan.known_findings.values()}
    linked: set[tuple[int, type, int]] = set()
    for batch in batches(known):
        of_quotes = Evidence.objects.filter(finding__in=batch).values_list("finding", "quote")
        of_cases = CaseEvidence.objects.filter(finding__in=batch).values_list("finding", "school")
        linked |= {(finding, Quote, quote) for finding, quote in of_quotes}
        linked |= {(finding, School, school) for finding, school in of_cases}
    for link in held.evidence:
        bearer, finding = plan.bearers.get(link.origin), plan.known_findings.get(link.finding)
        if bearer is None:
            plan.stays_out[NO_BEARER] += 1
        elif finding is not None and (finding.pk, type(bearer), bearer.pk) in linked:
            plan.here["links of findings"] += 1
        else:
            plan.evidence.append(link)


def _by_guid(model: Any, guids: Iterable[UUID], **of: Any) -> dict[UUID, Any]:
    return {row.guid: row for batch in batches(guids) for row in model.objects.filter(guid__in=batch, **of)}
