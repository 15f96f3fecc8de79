"""Who reads what through the API: every road as everyone, and what nobody may see early."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.api import answers
from exchange.api.lists import LISTS
from findings import actions
from findings.models import ApiToken, Codebook, CodebookMember, Coder, Coding
from schools.actions import publish_change
from schools.models import Study
from tests import factories
from tests.api.people import ROAD, ask, blind_team, token_for, tokens_of
from tests.bench import Team, worded
from tests.workbench.scale import add_codes, add_codings, add_quotes

pytestmark = pytest.mark.django_db

NAMES = ["anonymous", "stranger", "staff", "viewer", "ann", "lead"]
OTHERS = [404, 404, 404]
# road, and what each of NAMES gets
ROADS = [
    ("", [200] * 6),
    ("openapi.json", [200] * 6),
    *((f"{one.name}/", [200] * 6) for one in LISTS),
    *((f"{one.name}/{{nobody}}/", [404] * 6) for one in LISTS),
    ("studies/{study}/matrix/", [200] * 6),
    ("studies/{nobody}/matrix/", [404] * 6),
    ("codebooks/{gateways}/", [200] * 6),
    ("codebooks/{gateways}/matrix/", [200] * 6),
    ("codebooks/{gateways}/query/", [404] * 6),
    ("codebooks/{own}/", [*OTHERS, 200, 200, 200]),
    ("codebooks/{own}/matrix/", [*OTHERS, 200, 200, 200]),
    ("codebooks/{own}/query/", [*OTHERS, 200, 200, 200]),
    ("codebooks/{own}/matrix/?by=all", [*OTHERS, 400, 400, 400]),
    ("codebooks/{own}/query/?kind1=code&value1={code}&by=all", [*OTHERS, 400, 400, 400]),
    ("codes/{code}/", [*OTHERS, 200, 200, 200]),
    ("codes/?codebook={book}", [400, 400, 400, 200, 200, 200]),
    ("codings/?codebook={book}", [400, 400, 400, 200, 200, 200]),
    ("codings/?code={book}/{slug}", [400, 400, 400, 200, 200, 200]),
    ("codings/{anns}/", [*OTHERS, 404, 200, 404]),
    ("codings/{bens}/", [*OTHERS, 404, 404, 404]),
    ("nowhere/", [404] * 6),
    ("quotes/not-a-guid/", [404] * 6),
]
SECRET = "aardvark"


@pytest.fixture(autouse=True)
def _no_limits_used() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return blind_team()


def fill(team: Team, road: str) -> str:
    names = {
        "nobody": uuid4,
        "study": lambda: team.codebook.study.guid,
        "gateways": lambda: Codebook.objects.get(slug="gateways").guid,
        "own": lambda: team.codebook.guid,
        "book": lambda: team.codebook.slug,
        "code": lambda: team.codes[0].guid,
        "slug": lambda: team.codes[0].slug,
        "anns": lambda: Coding.objects.filter(coder=team.coder("ann"))[0].guid,
        "bens": lambda: Coding.objects.filter(coder=team.coder("ben"))[0].guid,
    }
    return worded(road, names)


def codings(headers: dict[str, str], team: Team) -> set[str]:
    """The coders of the codings that one sees of the team's codebook."""
    answer = ask("codings/", headers, codebook=team.codebook.slug)
    assert answer.status_code == 200, answer.content
    return {one["coder"]["name"] for one in answer.json()["items"]}


def test_every_road_answers_everyone_by_their_role(team: Team):
    tokens = tokens_of(team)
    for road, expected in ROADS:
        for name, status in zip(NAMES, expected, strict=True):
            response = Client().get(ROAD + fill(team, road), headers=tokens[name])
            assert response.status_code == status, (road, name, response.content)
            assert response["Vary"].split(", ").count("Authorization") == 1
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in response
            if status != 200:
                assert (response["Content-Type"], response["Cache-Control"]) == ("application/problem+json", "no-store")
            elif name == "anonymous":
                assert response["Cache-Control"] == "public, no-cache"
            else:
                assert response["Cache-Control"] == "private, no-store"


def test_unknown_and_foreign_look_the_same(team: Team):
    stranger = token_for(team.users["stranger"])
    for road in ("codebooks/{own}/", "codes/{code}/", "codings/{bens}/", "codebooks/{own}/matrix/"):
        foreign = ask(fill(team, road), stranger)
        unknown = ask(fill(team, road.replace("{own}", "{nobody}").replace("{code}", "{nobody}")), stranger)
        assert foreign.content == ask(fill(team, "codings/{nobody}/"), stranger).content == unknown.content


@pytest.mark.parametrize("name", NAMES)
def test_revoked_and_expired_tokens_open_nothing_not_even_what_everyone_may_read(team: Team, name: str):
    if name == "anonymous":
        headers = {"Authorization": "Bearer ictlead_" + "x" * 43}
    else:
        headers = token_for(team.users[name])
        token = ApiToken.objects.get(user=team.users[name])
        ApiToken.objects.filter(pk=token.pk).update(
            made_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(seconds=1)
        )
        assert ask("quotes/", headers).status_code == 401
        ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() + timedelta(days=1))
        assert ask("quotes/", headers).status_code == 200
        actions.revoke_token(token=token)
    for road in ("", "quotes/", "codings/", "openapi.json", fill(team, "codebooks/{own}/")):
        response = ask(road, headers)
        assert response.status_code == 401, road
        assert response["WWW-Authenticate"] == 'Bearer realm="ICT Lead", error="invalid_token"'
        assert "/account/tokens/" in response.json()["detail"]


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Bearer", "Bearer x", "ictlead_x", "Bearer \x00", "Bearer é"])
def test_other_headers_are_refused(header: str):
    assert ask("quotes/", {"Authorization": header}).status_code == 401


def test_who_is_not_active_any_more_reads_nothing(team: Team):
    headers = token_for(team.users["ann"])
    team.users["ann"].is_active = False
    team.users["ann"].save()
    assert ask("quotes/", headers).status_code == 401


def test_a_session_counts_for_nothing(team: Team):
    client = team.client("ann")
    assert client.get(f"{ROAD}codebooks/{team.codebook.guid}/").status_code == 404
    assert client.get(ROAD).json()["signed_in"] is False


def test_blind_coders_see_their_own_and_all_once_they_are_opened(team: Team):
    tokens = tokens_of(team)
    assert codings(tokens["ann"], team) == {"Ann"}
    assert codings(tokens["lead"], team) == codings(tokens["viewer"], team) == set()
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    for name in ("lead", "ann", "viewer"):
        assert codings(tokens[name], team) == {"Ann", "Ben"}
    CodebookMember.objects.filter(user=team.users["ann"]).delete()
    assert ask("codings/", tokens["ann"], codebook=team.codebook.slug).status_code == 400


def test_a_member_reads_the_pages_numbers_and_queries(team: Team):
    headers, guid = token_for(team.users["ann"]), team.codebook.guid
    matrix = ask(f"codebooks/{guid}/matrix/", headers, columns="role", counted="codings").json()
    assert (matrix["total"], matrix["counted"], matrix["by"]) == (1, "codings", "Speaker")
    page = team.client("ann").get(f"{team.road}matrix/?columns=role&counted=codings").context
    assert page["page"].matrix.total == 1
    found = ask(f"codebooks/{guid}/query/", headers, kind1="code", value1=str(team.codes[0].guid)).json()["items"]
    assert [one["guid"] for one in found] == [str(team.quotes[0].guid)]
    for wrong in ({"kind1": "nonsense"}, {"colour": "red"}, {"limit": "0"}, {"cursor": "x"}):
        assert ask(f"codebooks/{guid}/query/", headers, **wrong).status_code == 400, wrong
    record = ask(f"codebooks/{guid}/", headers).json()
    assert (record["your_role"], record["codings_open"]) == ("coder", False)
    assert ask("codebooks/", headers, mine="1").json()["items"] == [record]


def test_memos_of_codes_are_for_members_alone_also_once_they_are_published(team: Team):
    team.codes[0].memo = SECRET
    team.codes[0].save()
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    tokens, road = tokens_of(team), f"codes/{team.codes[0].guid}/"
    assert ask(road, tokens["viewer"]).json()["memo"] == SECRET
    for name in ("anonymous", "stranger", "staff"):
        assert ask(road, tokens[name]).json()["memo"] is None
    team.codebook.refresh_from_db()  # its address is its own now
    assert codings(tokens["stranger"], team) == set()
    assert codings(tokens["viewer"], team) == {"Ann", "Ben"}


def test_nothing_of_an_unpublished_study(team: Team):
    quote = factories.make_quote(factories.make_school(factories.make_study(is_published=False)))
    coding = factories.make_coding(quote, coder=factories.editors())
    for name in ("anonymous", "staff"):
        headers = {} if name == "anonymous" else token_for(team.users[name])
        for road in (f"quotes/{quote.guid}/", f"codings/{coding.guid}/", f"schools/{quote.school.guid}/"):
            assert ask(road, headers).status_code == 404
        assert ask("quotes/", headers, school=quote.school.slug).status_code == 400
        assert ask("quotes/", headers, study=quote.school.study.slug).status_code == 400


def own_study(team: Team, schools: int = 1) -> Study:
    """A private study of the lead's, which the team codes: each kind of record, for each school."""
    study = factories.make_study(is_published=False, is_editorial=False, made_by=team.users["lead"])
    Codebook.objects.filter(pk=team.codebook.pk).update(study=study)
    fill_study(study, team, schools)
    return study


def fill_study(study: Study, team: Team, schools: int) -> None:
    for _ in range(schools):
        school = factories.make_school(study)
        quote = factories.make_quote(school)
        factories.make_fact(school)
        finding = factories.make_finding(factories.make_theme(study))
        factories.make_evidence(finding, quote, coder=team.coder("ann"))
        factories.make_case_evidence(finding, school, coder=team.coder("ann"))


OF_STUDIES = ["schools", "facts", "quotes", "findings", "evidence", "case-evidence"]


def test_ones_own_study_is_read_by_its_maker_and_the_members_of_its_codebooks_alone(team: Team):
    study, tokens = own_study(team), tokens_of(team)
    roads = {"studies": f"studies/{study.guid}/"}
    for name in OF_STUDIES:
        [one] = ask(f"{name}/", tokens["lead"], study=study.slug).json()["items"]
        assert one["study"] == study.slug
        roads[name] = f"{name}/{one['guid']}/"
    roads["matrix"] = f"studies/{study.guid}/matrix/"
    for person in NAMES:
        is_ones_own = person in {"lead", "ann", "viewer"}
        assert (study.slug in str(ask("studies/", tokens[person]).content)) == is_ones_own
        for road in roads.values():
            answer = ask(road, tokens[person])
            assert answer.status_code == (200 if is_ones_own else 404), (person, road)
            if is_ones_own:
                page = answer.json()["links"]["html"].removeprefix("http://testserver")
                assert team.client(person).get(page).status_code == 200, (person, page)
        for name in OF_STUDIES:
            assert ask(f"{name}/", tokens[person], study=study.slug).status_code == (200 if is_ones_own else 400)
    finding = ask(roads["findings"], tokens["ann"]).json()
    assert (finding["quote_count"], finding["case_count"]) == (1, 1)
    assert ask(roads["studies"], tokens["ann"]).json()["is_published"] is False
    asked = {"finding": finding["slug"], "school": study.schools.get().slug}
    assert len(ask("quotes/", tokens["viewer"], **asked).json()["items"]) == 1
    assert ask("quotes/", tokens["stranger"], **asked).status_code == 400
    CodebookMember.objects.filter(user=team.users["ann"]).delete()
    assert {ask(road, tokens["ann"]).status_code for road in roads.values()} == {404}


def test_as_many_queries_for_few_records_of_ones_own_study_as_for_many(team: Team):
    study, headers = own_study(team, schools=2), token_for(team.users["ann"])
    ask("", headers)  # the day's first use is noted

    def queries() -> dict[str, int]:
        found = {}
        for name in OF_STUDIES:
            with CaptureQueriesContext(connection) as captured:
                assert ask(f"{name}/", headers, study=study.slug, limit=100).status_code == 200
            found[name] = len(captured)
        return found

    few = queries()
    fill_study(study, team, 18)
    assert queries() == few


def test_etags_of_what_everyone_reads_follow_the_data_version_and_ask_nothing_else():
    first = ask("quotes/", {})
    known = {"If-None-Match": first["ETag"]}
    with CaptureQueriesContext(connection) as queries:
        again = ask("quotes/", known)
    assert (again.status_code, again.content, len(queries)) == (304, b"", 1)
    assert again["ETag"] == first["ETag"]
    assert ask("quotes/", known, limit=1).status_code == 200
    assert ask("schools/", known).status_code == 200
    publish_change()
    assert ask("quotes/", known).status_code == 200


def test_etags_of_a_persons_answers_follow_what_the_person_sees(team: Team):
    headers = token_for(team.users["ann"])
    asked = {"codebook": team.codebook.slug}
    first = ask("codings/", headers, **asked)
    known = headers | {"If-None-Match": first["ETag"]}
    assert ask("codings/", known, **asked).status_code == 304
    team.code("ann", 2, 0, 4)
    assert ask("codings/", known, **asked).status_code == 200
    assert ask("codings/", {"If-None-Match": first["ETag"]}).status_code == 200


def test_head_options_and_writes(client: Client):
    head, get = client.head(f"{ROAD}quotes/"), client.get(f"{ROAD}quotes/")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])
    options = client.options(f"{ROAD}quotes/")
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert options["Access-Control-Allow-Headers"] == "Authorization, If-None-Match"
    for method in ("post", "put", "patch", "delete"):
        response = getattr(Client(enforce_csrf_checks=True), method)(f"{ROAD}quotes/")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert "reading alone" in response.json()["detail"]
    assert client.get(f"{ROAD}quotes").status_code == 301


def test_too_many_requests(monkeypatch: pytest.MonkeyPatch, team: Team):
    for limit, headers in (("BY_ADDRESS", {}), ("BY_TOKEN", token_for(team.users["ann"]))):
        cache.clear()
        with monkeypatch.context() as patch:
            patch.setattr(answers, limit, 2)
            patch.setattr(answers, "time", lambda: 600_010.0)
            assert [ask("", headers).status_code for _ in range(3)] == [200, 200, 429]
            response = ask("", headers)
            assert response["Retry-After"] == "10" if 600_010 % 60 == 50 else response["Retry-After"] == "50"
            assert "Wait" in response.json()["detail"]
    cache.clear()
    with monkeypatch.context() as patch:
        patch.setattr(answers, "WRONG_TOKENS", 2)
        wrong = {"Authorization": "Bearer ictlead_no"}
        assert [ask("", wrong).status_code for _ in range(3)] == [401, 401, 429]
        assert ask("", {}).status_code == 200


def test_no_log_holds_a_token(caplog: pytest.LogCaptureFixture):
    from ictlead.logs import hide_secrets

    _, secret = actions.make_token(user=factories.make_user(), name="x")
    assert secret not in hide_secrets(f"GET /api/v1/quotes/?token={secret} Authorization: Bearer {secret}")
    with caplog.at_level(logging.DEBUG):
        ask("quotes/", {"Authorization": f"Bearer {secret}"})
    assert secret not in caplog.text


def test_as_many_queries_for_few_codings_of_ones_own_as_for_many(team: Team):
    headers = token_for(team.users["ann"])
    ask("", headers)  # the day's first use is noted

    def queries() -> list[int]:
        found = []
        for road in ("codebooks/", "codes/", "codings/?limit=100&codebook=" + team.codebook.slug,
                     f"codebooks/{team.codebook.guid}/matrix/", f"codebooks/{team.codebook.guid}/query/"):  # fmt: skip
            with CaptureQueriesContext(connection) as captured:
                assert Client().get(ROAD + road, headers=headers).status_code == 200
            found.append(len(captured))
        return found

    few = queries()
    quotes = add_quotes(team.quotes[0].school, 30)
    add_codings(quotes, add_codes(team.codebook, 20), team.coder("ann"), 3)
    for _ in range(5):
        actions.start_codebook(user=team.users["ann"], study=team.codebook.study, name="Another")
    assert queries() == few
    assert Coder.objects.filter(user=team.users["ann"]).count() == 1
