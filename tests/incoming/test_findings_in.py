"""Findings come into a study of one's own that is here: once, with what bears them out, and are taken back whole."""

from typing import Any

import pytest

from exchange.imports.finding_plans import NO_BEARER, NOT_YOURS
from exchange.imports.undoing import take_back
from findings import actions
from findings.models import CaseEvidence, Codebook, CodebookMember, DeskRole, Evidence, Finding, Theme
from schools.models import Quote, Study
from tests.factories import make_user
from tests.incoming.bring import bring, planned
from tests.incoming.test_imports import exported
from tests.incoming.test_whole_studies import all_of, made

pytestmark = pytest.mark.django_db
VALUES: dict[str, Any] = {
    "title": "Ponds", "summary": "", "method": "", "cases": [("Hill", "", ""), ("Vale", "", "")], "facts": [],
    "quotes": [("We trust them.", 0, "", "teacher"), ("It took time.", 1, "", "other")],
    "codes": [("Trust", "", "", "", "", 1, -1)], "codings": [], "notes": [],
    "findings": [("Care", "It is trust", "They trust.", True), ("Time", "It takes time", "It took long.", False)],
}  # fmt: skip


@pytest.fixture
def codebook() -> Codebook:
    return made(VALUES, make_user())


def maker(codebook: Codebook) -> Any:
    return codebook.study.made_by


def forget_findings(study: Study) -> None:
    for links in (Evidence, CaseEvidence):
        links.objects.filter(finding__theme__study=study).delete()
    Finding.objects.filter(theme__study=study).delete()
    Theme.objects.filter(study=study).delete()


def test_findings_that_are_gone_come_back_once_and_are_taken_out_again(codebook: Codebook) -> None:
    study, user = codebook.study, maker(codebook)
    data, before = exported(codebook, user), all_of(codebook)
    forget_findings(study)
    kept = Theme.objects.create(study=study, slug="theme-1", name="Care 1", question="Why?", position=1, locator="L1")
    assert planned(data, user).new() == {"findings": 2, "links of findings": 4}
    done = bring(data, user)
    assert all_of(codebook) == before
    assert list(study.themes.values_list("name", flat=True)) == ["Care 1", "Time 2"]
    again = planned(data, user)
    assert (again.new(), again.here["findings"], again.here["links of findings"]) == ({}, 2, 4)
    gone = Finding.objects.get(title="It is trust", theme__study=study).pk
    later = Quote.objects.filter(school__study=study)[1]
    finding = Finding.objects.get(title="It takes time", theme__study=study)
    Evidence.objects.create(finding=finding, quote=later, coder=actions.coder_of(user=user), reason="Later.")
    take_back(imported=done, mine=actions.coder_of(user=user))
    assert list(Finding.objects.filter(theme__study=study)) == [finding]  # something was added to it since
    assert list(Evidence.objects.filter(finding__theme__study=study).values_list("reason", flat=True)) == ["Later."]
    assert not CaseEvidence.objects.filter(finding__theme__study=study).exists()
    assert set(study.themes.all()) == {kept, finding.theme}
    assert not Finding.history.filter(id=gone).exists()
    assert planned(data, user).new() == {"findings": 1, "links of findings": 4}


def test_a_link_that_is_gone_comes_back_to_its_finding(codebook: Codebook) -> None:
    study, user = codebook.study, maker(codebook)
    data = exported(codebook, user)
    Evidence.objects.filter(finding__theme__study=study).first().delete()
    CaseEvidence.objects.filter(finding__theme__study=study).last().delete()
    before = list(Finding.objects.filter(theme__study=study))
    done = bring(data, user)
    assert done.made == {"links of findings": 2}
    take_back(imported=done, mine=actions.coder_of(user=user))
    assert list(Finding.objects.filter(theme__study=study)) == before
    assert Evidence.objects.filter(finding__theme__study=study).count() == 1


def test_links_to_what_is_not_here_stay_out(codebook: Codebook) -> None:
    user = maker(codebook)
    data = exported(codebook, user)
    forget_findings(codebook.study)
    Quote.objects.filter(school__study=codebook.study)[0].delete()
    plan = planned(data, user)
    assert (plan.new()["links of findings"], plan.lost()[NO_BEARER]) == (2, 2)
    bring(data, user)


@pytest.mark.parametrize("why", ["not the maker", "offered", "published"])
def test_findings_stay_out_of_what_is_not_ones_own_to_change(codebook: Codebook, why: str) -> None:
    user = maker(codebook)
    data = exported(codebook, user)
    forget_findings(codebook.study)
    if why == "not the maker":
        user = make_user()
        CodebookMember.objects.create(codebook=codebook, user=user, role=DeskRole.CODER)
    elif why == "offered":
        codebook.study.offers.create(offered_by=user)
    else:
        Study.objects.filter(pk=codebook.study.pk).update(is_published=True, is_editorial=True)
    plan = planned(data, user)
    assert "findings" not in plan.new()
    assert plan.lost()[NOT_YOURS] == 2
    bring(data, user)
    assert not Finding.objects.filter(theme__study=codebook.study).exists()
