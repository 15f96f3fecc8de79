"""Every road of the workbench, of the API and of the downloads is tried as everyone: here what no other table tries."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, resolve

from findings import actions
from findings.models import Import
from schools import studies
from schools.models import Study
from tests.api import test_access as api
from tests.bench import Team, make_team
from tests.exchange.roads import DOWNLOADS
from tests.exchange.test_desk_files import NAMES as FILES
from tests.undone import undone
from tests.workbench import test_analysis_roads as analysis
from tests.workbench import test_own_studies_pages as own_studies
from tests.workbench import test_roads as workbench
from tests.workbench.test_blind_everywhere import names_of

pytestmark = pytest.mark.django_db

WHO = ["anonymous", "stranger", "staff", "viewer", "ann", "lead"]
EVERYONE, SIGNED_IN, NOBODY = [200] * 6, [302] + [200] * 5, [302] + [404] * 5
LARGE = [200, None, None, None, None, 200]  # a file for everyone that takes long: tried as the first and the last
ANN_ALONE = [302, 404, 404, 404, 200, 404]  # it is her file
EDITORS = [302, 404, 200, 404, 404, 404]
MOVED = [404] * 6  # of a codebook that is not published
# method, road, what is sent, and what each of WHO gets
ROADS: list[tuple[str, str, dict[str, Any], Sequence[int | None]]] = [
    ("GET", "/workbench/", {}, SIGNED_IN),
    ("GET", "/workbench/studies/", {}, SIGNED_IN),
    ("GET", "/workbench/again/", {}, [302] * 6),  # nothing was sent while signed out
    ("POST", "/workbench/studies/", {"title": "Talks"}, [302] * 6),
    ("POST", "/workbench/start/", {"name": "Mine", "own_name": "A", "study": "gill-2007"}, [302] * 6),
    ("POST", "/workbench/start/", {"name": "Mine", "study": "nowhere"}, [302] + [400] * 5),
    ("POST", "/workbench/name/", {"own_name": "A"}, [302] * 6),
    ("GET", "/workbench/invitation/{secret}/", {}, SIGNED_IN),
    ("GET", "/workbench/invitation/nonsense/", {}, NOBODY),
    ("GET", "/workbench/offers/", {}, EDITORS),
    ("GET", "/workbench/offers/{offer}/", {}, EDITORS),
    ("GET", "/workbench/offers/{offer}/findings/", {}, EDITORS),
    ("GET", "/workbench/offers/{offer}/cases/{mine}/", {}, NOBODY),
    ("GET", "/workbench/offers/{mine}/", {}, NOBODY),
    ("POST", "/workbench/offers/{offer}/", {"decide": "nonsense"}, [302, 404, 400, 404, 404, 404]),
    ("GET", "/workbench/import/", {}, SIGNED_IN),
    ("POST", "/workbench/import/", {}, [302] + [400] * 5),
    ("GET", "/workbench/import/{mine}/", {}, ANN_ALONE),
    ("GET", "/workbench/import/{mine}/undo/", {}, NOBODY),  # there is nothing to undo yet
    ("POST", "/workbench/import/{mine}/undo/", {}, NOBODY),
    ("POST", "/workbench/import/{mine}/forget/", {}, [302, 404, 404, 404, 302, 404]),
    ("POST", "/workbench/offers/{offer}/", {"decision": "decline"}, [302, 404, 400, 404, 404, 404]),
    ("POST", "/workbench/offers/{offer}/", {"decision": "publish"}, [302, 404, 302, 404, 404, 404]),
    ("GET", "/quotes.csv", {}, LARGE),
    ("GET", "/compare.csv?school=a&school=c", {}, EVERYONE),
    ("GET", "/codebooks/gateways/mentoring/report.csv", {}, EVERYONE),
    ("GET", "/codebooks/gateways/mentoring/report.docx", {}, LARGE),
    ("GET", "/figures/schools.csv", {}, EVERYONE),
    ("GET", "/study-folder.zip", {}, LARGE),
    ("GET", "/cite/study/gill-2007.bib", {}, EVERYONE),
    ("GET", "/cite/data/gill-2007.bib", {}, EVERYONE),
    ("GET", "/cite/codebook/gateways.bib", {}, EVERYONE),
    ("GET", "/cite/quote/{quote}.bib", {}, EVERYONE),
    ("GET", "/downloads/", {}, EVERYONE),
    ("GET", "/data-dictionary/", {}, EVERYONE),
    ("GET", "/api/v1/docs/", {}, EVERYONE),
    ("GET", "/api/v1/nowhere/", {}, [404] * 6),
    *(("GET", road, {}, LARGE) for road in DOWNLOADS),
    *(("GET", f"/codebooks/{{slug}}{rest}", {}, MOVED) for rest in (".csv", ".qdc", "/{code}/report.csv")),
    ("GET", "/cite/codebook/{slug}.bib", {}, MOVED),
    ("GET", "/study/{study}.qdpx", {}, MOVED),
    ("GET", "/study/{study}/datapackage.zip", {}, MOVED),
]  # fmt: skip


@pytest.fixture
def team() -> Team:
    team = make_team()
    for name in ("ann", "ben"):
        team.code(name)
    return team


def addresses(team: Team) -> dict[str, Any]:
    _, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
    team.client("ann").post(
        "/workbench/import/", {"file": SimpleUploadedFile("a.csv", b"path\nTrust\n"), "study": "gill-2007"}
    )
    study = Study.objects.create(slug="private", title="T", author="A", year=2026, is_editorial=False)
    mine = Import.objects.get(user=team.users["ann"]).guid
    names = {"slug": team.codebook.slug, "code": team.codes[0].slug, "quote": team.quotes[0].guid}
    made = studies.start_study(user=team.users["ann"], title="Talks", author="Ann", summary="S")
    actions.add_quote(school=studies.add_school(study=made, name="Hill"), text="So it was.", role="teacher")
    offer = actions.offer_study(study=made, user=team.users["ann"], message="").guid
    return names | {"offer": offer, "secret": secret, "mine": mine, "study": study.slug}


def test_every_other_road_answers_everyone_by_who_they_are(team: Team):
    names, wrong = addresses(team), []
    clients = {name: team.client(name) for name in WHO}
    for method, road, sent, expected in ROADS:
        for name, status in [one for one in zip(WHO, expected, strict=True) if one[1] is not None]:
            client: Client = clients[name]
            with undone(client):
                response = getattr(client, method.lower())(road.format(**names), sent)
            for close in response._resource_closers:
                close()
            if response.status_code != status:
                wrong.append(f"{name}, {method} {road}: {response.status_code}, not {status}")
            elif name == "anonymous" and status == 302 and "/account/login/" not in response["Location"]:
                wrong.append(f"{name}, {method} {road}: {response['Location']}")
    assert wrong == []


def test_no_road_of_the_workbench_the_api_or_a_download_is_left_out(team: Team):
    """Each is in one of the tables by which roads are tried as everyone."""
    names = addresses(team)
    asked = [road.format(**names) for _, road, _, _ in ROADS]
    asked += [team.road + file for file in FILES]
    asked += [api.ROAD + api.fill(team, road) for road, _ in api.ROADS]
    actions.save_query(codebook=team.codebook, owner=team.coder("ann"), name="Kept", asked="kind1=role&value1=teacher")
    for module in (workbench, analysis):
        tables: list[tuple] = module.ROADS
        asked += [team.road + module.fill(team, road) for _, road, _, _ in tables if "elsewhere" not in road]
    asked += [f"/workbench/studies/{team.codebook.study.guid}/{road}" for road in _of_a_study(team)]
    tried = {resolve(road.partition("?")[0]).view_name for road in asked}
    every = {name for name in names_of(get_resolver()) if name.startswith(("workbench:", "exchange:", "api:"))}
    assert every - tried == set()


def _of_a_study(team: Team) -> list[str]:
    guid = team.codebook.guid
    return [road.format(case=guid, quote=guid, elsewhere=guid) for _, road, _, _ in own_studies.ROADS]
