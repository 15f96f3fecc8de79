"""The pages of the import: who may see what, what each says, and what is kept."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from findings.models import Coding, Import
from schools.models import Study
from tests.bench import make_team
from tests.factories import make_user
from tests.incoming.files import code, guid, project, qdpx, selection, source
from tests.incoming.taguette_files import byte, taguette

pytestmark = pytest.mark.django_db
ROAD = "/workbench/import/"


def upload(client: Client, data: bytes, **said: Any) -> Any:
    return client.post(ROAD, {"file": SimpleUploadedFile("talk.sqlite3", data), **said})


def signed_in(user: Any = None) -> Client:
    client = Client()
    client.force_login(user or make_user())
    return client


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return taguette(tmp_path, [(byte("trust"), byte("trust", end=True), "trust")])


def test_a_taguette_project_is_seen_made_and_taken_back(data: bytes) -> None:
    client, studies = signed_in(), Study.objects.count()
    preview = upload(client, data).url
    page = client.get(preview).content.decode()
    for words in ("Nothing is imported yet", "1 study", "1 coding", "admin"):
        assert words in page
    assert Study.objects.count() == studies
    one = Import.objects.get()
    assert client.post(preview, {"me": ""}).status_code == 302
    again = client.post(preview, {"me": ""}, follow=True)  # the button pressed twice
    assert "was decided already: done" in again.content.decode()
    one.refresh_from_db()
    assert (one.state, one.data, Study.objects.count()) == ("done", None, studies + 1)
    assert client.get(ROAD).status_code == 200
    [codebook] = one.codebooks.all()
    assert client.get(f"/workbench/{codebook.guid}/").status_code == 200
    assert client.get(f"/workbench/{codebook.guid}/code/{one.study.schools.get().slug}/").status_code == 200
    file = client.get(f"/workbench/{codebook.guid}/project.qdpx")
    assert b"".join(file.streaming_content)[:2] == b"PK"
    assert "Take it back" in client.get(f"{ROAD}{one.guid}/undo/").content.decode()
    stale = client.post(f"{ROAD}{one.guid}/undo/", {"codings": "1"})  # another number than the page would say now
    assert (stale.status_code, Study.objects.count()) == (409, studies + 1)
    client.post(f"{ROAD}{one.guid}/undo/", {"codings": "0"})
    assert Study.objects.count() == studies
    assert "was decided already: undone" in client.get(preview, follow=True).content.decode()


def test_who_one_is_can_be_said(data: bytes) -> None:
    user = make_user()
    client = signed_in(user)
    preview = upload(client, data).url
    client.post(preview, {"me": str(client.get(preview).context["coders"][0].guid)})
    assert Coding.objects.filter(coder__user=user).count() == 1


@pytest.mark.parametrize("page", ["", "undo/", "forget/"])
def test_nobody_sees_anothers_import(data: bytes, page: str) -> None:
    client = signed_in()
    preview = upload(client, data).url
    for other, status in ((Client(), 302), (signed_in(), 404)):
        assert other.post(f"{preview}{page}").status_code == status
    assert Import.objects.get().state == "previewed"
    assert Client().get(ROAD).status_code == 302


def test_a_broken_file_is_refused_and_not_kept() -> None:
    page = upload(signed_in(), b"MZ" + b"\x00" * 50)
    assert page.status_code == 400
    assert "This is a program for Windows" in page.content.decode()
    assert not Import.objects.exists()


def test_a_file_beyond_the_limit_is_refused(settings: Any) -> None:
    settings.IMPORT_LARGEST_MB = 0
    page = upload(signed_in(), b"x" * 100_000)
    assert page.status_code == 400
    assert "larger than 0 MB" in page.content.decode()


def test_no_file_is_asked_for_and_a_foreign_form_is_refused(data: bytes) -> None:
    assert signed_in().post(ROAD).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    assert upload(strict, data).status_code == 403
    assert not Import.objects.exists()


def test_codes_alone_ask_for_a_study_or_a_codebook() -> None:
    client, rows = signed_in(), b"path\nTrust > Much\n"
    page = upload(client, rows)
    assert page.status_code == 400
    assert "Say which study" in page.content.decode()
    client.post(upload(client, rows, study="gill-2007").url)
    [codebook] = Import.objects.get().codebooks.all()
    assert [one.name for one in codebook.codes.order_by("position")] == ["Trust", "Much"]


def test_a_foreign_codebook_cannot_be_chosen(data: bytes) -> None:
    team = make_team()
    assert upload(team.client("viewer"), data, codebook=str(team.codebook.guid)).status_code == 400
    assert upload(team.client("stranger"), data, codebook=str(team.codebook.guid)).status_code == 400


def test_one_decides_against_it(data: bytes) -> None:
    client = signed_in()
    preview = upload(client, data).url
    assert client.post(f"{preview}forget/").status_code == 302
    assert not Import.objects.exists()


def test_the_list_asks_as_often_for_many() -> None:
    user = make_user()
    client = signed_in(user)

    def queries(count: int) -> int:
        for _ in range(count):
            Import.objects.create(user=user, kind="k", name="n", digest="d", state="done", decided_at=timezone.now())
        with CaptureQueriesContext(connection) as found:
            assert client.get(ROAD).status_code == 200
        return len(found)

    client.get(ROAD)
    assert queries(2) == queries(18)


def test_constraints_keep_no_file_of_what_is_decided() -> None:
    fields: dict[str, Any] = {"user": make_user(), "kind": "k", "name": "n", "digest": "d"}
    for wrong in ({"state": "done", "data": b"x", "decided_at": timezone.now()}, {"state": "done"}):
        with pytest.raises(IntegrityError, match="import_decided"), transaction.atomic():
            Import.objects.create(**fields | wrong)


def test_undecided_files_are_purged(data: bytes) -> None:
    upload(signed_in(), data)
    call_command("purge_imports", stdout=io.StringIO())
    assert Import.objects.count() == 1
    Import.objects.update(made_at=timezone.now() - timedelta(days=2))
    call_command("purge_imports", stdout=io.StringIO())
    assert Import.objects.count() == 0


def test_the_command_imports_for_an_account(tmp_path: Path) -> None:
    user, path, out = make_user(email="ann@example.org"), tmp_path / "p.qdpx", io.StringIO()
    path.write_bytes(qdpx("We trust them.", project(source("First", selection(3, 8, "Trust")))))
    call_command("import_project", str(path), "--owner", user.email, "--preview", stdout=out)
    assert not Import.objects.exists()
    call_command("import_project", str(path), "--owner", user.email, stdout=out)
    assert "Made: 1 study" in out.getvalue()
    assert str(Coding.objects.latest("pk").guid).upper() == guid("coding 3 8 Trust Ann {}")
    with pytest.raises(CommandError, match="no account"):
        call_command("import_project", str(path), "--owner", "x@example.org")


def test_a_blind_coder_brings_in_her_own_from_another_program() -> None:
    team = make_team(texts=["We trust them.", "It took time."])
    rows = project(source(team.quotes[0].school.name, selection(3, 8, "Idea 1")), codes=code("Idea 1"))
    client = team.client("ann")
    data = qdpx("We trust them.\nIt took time.", rows, name=team.quotes[0].school.name)
    preview = upload(client, data, codebook=str(team.codebook.guid)).url
    page = client.get(preview)
    assert "its coders work blind" in page.content.decode() or "only a lead" in page.content.decode()
    client.post(preview, {"me": str(page.context["coders"][0].guid)})
    [made] = Coding.objects.filter(code__codebook=team.codebook)
    assert (made.coder, made.passage, made.code) == (team.coder("ann"), "trust", team.codes[0])
