"""A private study at the workbench: its maker and the members of its codebooks work on it; nobody else knows of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client, RequestFactory

from findings import account, actions
from findings.access import StudyPublished, study_of
from findings.models import Codebook, CodebookMember
from schools import studies
from schools.imports import QuoteResource
from schools.models import Quote, Study
from tests.desk import APPS, desks, make_editor, road
from tests.factories import loaded_study, make_user

pytestmark = pytest.mark.django_db

SECRET = "Aardvark"


@pytest.fixture
def study() -> Study:
    """A private study with a case, two quotes and a codebook of which somebody else is a member."""
    made = studies.start_study(user=make_user(first_name="Mia"), title=f"{SECRET} talks", author=SECRET, summary=SECRET)
    school = studies.add_school(study=made, name=f"{SECRET} Hill", summary=SECRET, known_for=SECRET)
    for text in (f"An {SECRET} came to school.", "Nobody minded the animal."):
        actions.add_quote(school=school, text=text, speaker=f"Ms {SECRET}", role="teacher")
    studies.add_facts(study=made, rows=[studies.NewFact(school, f"{SECRET} kept", "yes")])
    codebook = actions.start_codebook(user=made.made_by, study=made, name="Ideas", description="What it is for.")
    coder = actions.coder_of(user=made.made_by)
    actions.add_code(codebook=codebook, coder=coder, name="Animals", definition="Of beasts.")
    CodebookMember.objects.create(codebook=codebook, user=make_user(), role="coder")
    return made


def member_of(study: Study):
    return CodebookMember.objects.exclude(user=study.made_by).get(codebook__study=study).user


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_study_of_says_who_may_read_and_write(study: Study, rf: RequestFactory):
    request = rf.get("/")
    request.user = study.made_by
    assert study_of(request, study.guid, write=True) == study
    request.user = member_of(study)
    assert study_of(request, study.guid) == study
    with pytest.raises(PermissionDenied):
        study_of(request, study.guid, write=True)
    for stranger in (make_user(), make_user(is_staff=True, is_superuser=True)):
        request.user = stranger
        with pytest.raises(Http404):
            study_of(request, study.guid)
    request.user = study.made_by
    with pytest.raises(Http404):
        study_of(request, loaded_study().guid)
    Study.objects.filter(pk=study.pk).update(is_published=True, is_editorial=True)
    with pytest.raises(StudyPublished):
        study_of(request, study.guid, write=True)


def test_a_codebook_is_started_coded_analysed_and_taken_away(study: Study):
    client, sent = client_of(study.made_by), {"name": "Mine", "study": study.slug}
    assert study.title in client.get("/workbench/").content.decode()
    made = client.post("/workbench/start/", sent | {"source": "gateways"})
    codebook = Codebook.objects.get(name="Mine")
    assert made.status_code == 302
    assert (codebook.study, codebook.codes.count(), codebook.codes.exclude(example=None).count()) == (study, 9, 0)
    own = f"/workbench/{codebook.guid}/"
    [school], quote, code = study.schools.all(), Quote.objects.filter(school__study=study)[0], codebook.codes.all()[0]
    passage = {"start": "3", "end": "11", "code": str(code.guid)}
    assert client.post(f"{own}quotes/{quote.guid}/code/", passage).status_code == 302
    for page in ("", f"code/{school.slug}/", "progress/", "codings/", "matrix/", "matrix/?columns=role", "together/",
                 "quotes/", "query/", "words/?q=came", "words/frequencies/", f"codes/{code.guid}/report/"):  # fmt: skip
        assert client.get(own + page).status_code == 200, page
    assert "Ms Aardvark, teacher" in client.get(f"{own}code/{school.slug}/").content.decode()
    table = b"".join(client.get(f"{own}codings.csv").streaming_content).decode()
    assert quote.text in table
    project = client.get(f"{own}project.qdpx")
    assert project.status_code == 200
    project.close()


def test_nobody_else_starts_a_codebook_of_it(study: Study):
    client = client_of(make_user())
    assert SECRET not in client.get("/workbench/").content.decode()
    assert client.post("/workbench/start/", {"name": "Mine", "study": study.slug}).status_code == 400
    assert not Codebook.objects.filter(name="Mine").exists()


def test_its_codebook_is_published_after_it(study: Study):
    codebook = study.codebooks.get()
    options = {
        "codebook": codebook,
        "coder": actions.coder_of(user=study.made_by),
        "version": "1.0",
        "authors": "M",
        "shows_agreed": False,
    }
    with pytest.raises(actions.Refused, match="is not published: its codebooks can be published when it is"):
        actions.publish(**options)
    Study.objects.filter(pk=study.pk).update(is_published=True, is_editorial=True)
    codebook.refresh_from_db()
    assert actions.publish(**options).is_published


def test_editors_find_nothing_of_it_on_any_desk(study: Study):
    """Not in a list, not in what a list is filtered by, not by its number, not in its history, not by upload."""
    client = client_of(make_editor())
    Study.objects.get(pk=study.pk).save()  # so that there is history to find
    for app in APPS:
        for model in desks(app):
            shown = client.get(road(model, "changelist")).content.decode()
            assert SECRET not in shown, model
            assert SECRET not in client.get(road(model, "add")).content.decode(), model
    for row in (study, study.schools.get(), Quote.objects.filter(school__study=study)[0], study.topics.get()):
        for page in ("change", "history", "delete"):
            response = client.get(road(type(row), page, row.pk))
            assert response.status_code in (302, 404), (row, page)  # the admin sends home from what it does not find
            assert SECRET not in response.content.decode()
        for state in type(row).history.filter(id=row.pk):
            assert client.get(road(type(row), "simple_history", row.pk, state.pk)).status_code == 404
    asked = {"app_label": "schools", "model_name": "school", "field_name": "study"}
    assert SECRET not in client.get("/admin/autocomplete/", asked).content.decode()
    with pytest.raises(ValueError, match="There is no school"):
        QuoteResource().fields["school"].widget.clean(study.schools.get().slug, {"study": study.slug})


def test_with_its_makers_account_it_goes_or_is_handed_on(study: Study):
    heir, maker = member_of(study), study.made_by
    alone = studies.start_study(user=maker, title="Alone")
    account.forget(user=maker)
    maker.delete()
    study.refresh_from_db()
    assert (study.made_by, study.is_editorial) == (heir, False)
    assert not Study.objects.filter(pk=alone.pk).exists()
    account.forget(user=heir)
    heir.delete()
    assert not Study.objects.filter(pk=study.pk).exists()
    assert not Quote.history.filter(school__study=study.pk).exists()


def test_a_study_is_taken_away_with_its_makers_account_data(study: Study):
    taken = {name: list(rows) for name, rows in account.export(study.made_by).items()}
    about = {"study": study.title, "case": f"{SECRET} Hill"}
    assert ([one["title"] for one in taken["studies"]], taken["cases"][0]["name"]) == ([study.title], f"{SECRET} Hill")
    [fact] = taken["facts"]
    assert fact.items() >= (about | {"fact": f"{SECRET} kept", "value": "yes"}).items()
    assert taken["quotes"][1] == about | {
        "topic": "Interviews", "speaker": f"Ms {SECRET}", "role": "teacher", "locator": "Q2",
        "text": "Nobody minded the animal.", "note": "",
    }  # fmt: skip
    of_member = account.export(member_of(study))
    assert [list(of_member[name]) for name in ("studies", "cases", "facts", "quotes")] == [[]] * 4
