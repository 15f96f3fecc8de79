"""A study offered, taken back, declined, published: who may, what changes, and what stays to be read."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings import account, account_export, actions
from findings.models import Evidence, StudyOffer
from schools import studies
from schools.actions import data_version
from schools.models import Study
from tests.factories import editors, make_coder, make_evidence, make_finding, make_theme, make_user
from tests.workbench.scale import add_quotes

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    """A study that lacks nothing."""
    made = studies.start_study(user=make_user(), title="Pond talks", author="Mia Moss", summary="Of ponds.")
    hill = studies.add_school(study=made, name="Hill")
    actions.add_quote(school=hill, text="We began with one board.", role="teacher")
    return made


@pytest.fixture
def editor() -> Any:
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_study"))
    return user


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def offered(study: Study) -> StudyOffer:
    return actions.offer_study(study=study, user=study.made_by, message="Please.")


def test_the_page_says_what_becomes_public_and_offers(study: Study):
    client, road = client_of(study.made_by), f"/workbench/studies/{study.guid}/offer/"
    page = client.get(road).content.decode()
    assert "What everybody would see" in page
    assert "<li>1 quote</li>" in page
    page = client.post(road, {"message": "It is <b>done</b>."}, follow=True).content.decode()
    assert "is offered" in page
    assert "It is &lt;b&gt;done&lt;/b&gt;." in page
    assert "offered already" in client.post(road, {}).content.decode()
    words = client.post(f"/workbench/studies/{study.guid}/", {"name": "Dale"})
    assert (words.status_code, "Take the offer back to change it" in words.content.decode()) == (403, True)
    page = client.post(f"{road}take-back/", follow=True).content.decode()
    assert "taken back" in page
    assert client.post(f"/workbench/studies/{study.guid}/", {"name": "Dale"}).status_code == 302
    assert "no longer offered" not in page


def test_what_a_study_lacks_is_said():
    study = studies.start_study(user=make_user(), title="Empty")
    page = client_of(study.made_by).get(f"/workbench/studies/{study.guid}/offer/").content.decode()
    assert "Write a summary" in page
    with pytest.raises(actions.Refused, match="Add a case"):
        offered(study)


def test_an_editor_reads_and_publishes(study: Study, editor: Any):
    made = offered(study)
    link = make_evidence(make_finding(make_theme(study)), study.schools.get().quotes.get(), coder=make_coder())
    client, before = client_of(editor), data_version().number
    assert "Pond talks" in client.get("/workbench/offers/").content.decode()
    assert "Hill" in client.get(f"/workbench/offers/{made.guid}/").content.decode()
    assert client.post(f"/workbench/offers/{made.guid}/", {"decision": "publish"}).status_code == 302
    study.refresh_from_db()
    made.refresh_from_db()
    link.refresh_from_db()
    assert (study.is_editorial, study.is_published, study.slug) == (True, True, "pond-talks")
    assert (study.schools.get().slug, link.coder, data_version().number) == ("pond-talks-a", editors(), before + 1)
    assert (made.state, made.decided_by) == ("published", editor)
    assert "is published" in client_of(study.made_by).get(f"/workbench/studies/{study.guid}/offer/").content.decode()
    late = client.post(f"/workbench/offers/{made.guid}/", {"decision": "decline", "reason": "No."})
    assert (late.status_code, "no longer offered: it was published on" in late.content.decode()) == (404, True)
    with pytest.raises(actions.Refused, match="no longer offered"):
        actions.publish_study(offer=made, editor=editor)


def test_an_editor_reads_all_that_becomes_public_before_deciding(study: Study, editor: Any):
    hill, road = study.schools.get(), f"/workbench/offers/{offered(study).guid}/"
    actions.edit_school(school=hill, pupils=311, known_for="Frogs", summary="A hill by a pond.")
    studies.add_facts(study=study, rows=[studies.NewFact(hill, "Boards", "six of them", locator="L9")])
    finding = make_finding(make_theme(study), title="Start small", statement="They began with little.")
    make_evidence(finding, hill.quotes.get(), coder=make_coder(), reason="They say so.")
    client, counts = client_of(editor), []
    case, found = f"{road}cases/{hill.guid}/", f"{road}findings/"
    for _ in range(2):
        pages = []
        with CaptureQueriesContext(connection) as queries:
            for address in (road, case, found):
                assert (response := client.get(address)).status_code == 200
                pages.append(response.content.decode())
        counts.append(len(queries))
        for number in range(3):
            studies.add_facts(study=study, rows=[studies.NewFact(hill, f"Fact {len(counts)}{number}", "yes")])
            more = actions.add_quote(school=hill, text="More.")
            make_evidence(make_finding(finding.theme), more, coder=finding.evidence.get().coder)
    assert counts[0] == counts[1]
    for words in ("311", "Frogs", "A hill by a pond.", "Boards", "six of them", "line 9", "We began with one board."):
        assert words in pages[1], words
    for words in ("Start small", "They began with little.", "We began with one board.", "They say so."):
        assert words in pages[2], words
    elsewhere = studies.add_school(study=studies.start_study(user=editor, title="Other"), name="Dale")
    assert client.get(f"{road}cases/{elsewhere.guid}/").status_code == 404
    for address in (case, found):
        assert client_of(study.made_by).get(address).status_code == 404


def test_a_maker_and_the_editors_are_told_where_they_work(study: Study, editor: Any):
    maker, made = client_of(study.made_by), offered(study)
    assert "1 offered study waits for a decision" in client_of(editor).get("/workbench/").content.decode()
    assert "/workbench/offers/" in client_of(editor).get("/admin/").content.decode()
    assert "offered stud" not in maker.get("/workbench/").content.decode()
    actions.decline_offer(offer=made, editor=editor, reason="Name the year.")
    link = f'<a href="/workbench/studies/{study.guid}/offer/">see why'
    for road in ("/workbench/", "/workbench/studies/", f"/workbench/studies/{study.guid}/"):
        page = maker.get(road).content.decode()
        assert (link in page, "eclined" in page) == (True, True), road
    offered(study)
    for road in ("/workbench/", "/workbench/studies/", f"/workbench/studies/{study.guid}/"):
        assert link not in maker.get(road).content.decode(), road


def test_an_editor_declines_with_a_reason(study: Study, editor: Any):
    made, client = offered(study), client_of(editor)
    response = client.post(f"/workbench/offers/{made.guid}/", {"decision": "decline", "reason": " "})
    assert (response.status_code, "Say why" in response.content.decode()) == (400, True)
    client.post(f"/workbench/offers/{made.guid}/", {"decision": "decline", "reason": "Name the year."})
    page = client_of(study.made_by).get(f"/workbench/studies/{study.guid}/offer/").content.decode()
    assert "Name the year." in page
    study.refresh_from_db()
    assert (study.is_published, study.is_editorial) == (False, False)
    offered(study)  # once more


def test_nobody_but_editors_sees_offers(study: Study):
    made = offered(study)
    for user in (study.made_by, make_user(), make_user(is_staff=True)):
        client = client_of(user)
        assert client.get("/workbench/offers/").status_code == 404
        for method in (client.get, client.post):
            assert method(f"/workbench/offers/{made.guid}/", {"decision": "publish"}).status_code == 404
    assert Client().get("/workbench/offers/").status_code == 302


def test_an_editor_sees_nothing_of_a_study_taken_back(study: Study, editor: Any):
    made = offered(study)
    actions.take_back_offer(study=study)
    assert client_of(editor).get(f"/workbench/offers/{made.guid}/").status_code == 404
    with pytest.raises(actions.Refused):
        actions.take_back_offer(study=study)


def test_what_was_written_with_an_offer_is_taken_away_and_ends_with_the_account(study: Study, editor: Any):
    made = offered(study)
    said = account_export._offer(made)
    assert (said["study"], said["message"], said["state"]) == ("Pond talks", "Please.", "open")
    assert "1 offer of a study" in account.counts(study.made_by)
    actions.publish_study(offer=made, editor=editor)
    account.forget(user=study.made_by)
    made.refresh_from_db()
    assert (made.message, made.state) == ("", "published")


def test_offers_cost_the_same_however_many(study: Study, editor: Any):
    client, counts = client_of(editor), []
    offered(study)
    StudyOffer.objects.create(study=study, state="taken-back", decided_at=timezone.now())
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/workbench/offers/").status_code == 200
        counts.append(len(queries))
        for number in range(4):
            StudyOffer.objects.create(study=study, state="declined", reason=str(number), decided_at=timezone.now())
    assert counts[0] == counts[1]


def test_an_editor_reads_a_finding_that_very_many_quotes_bear_out(study: Study, editor: Any):
    finding, road = make_finding(make_theme(study)), f"/workbench/offers/{offered(study).guid}/findings/"
    quotes, coder = add_quotes(study.schools.get(), 1_100), make_coder()
    Evidence.objects.bulk_create(Evidence(finding=finding, quote=one, coder=coder, reason="So.") for one in quotes)
    assert client_of(editor).get(road).status_code == 200
