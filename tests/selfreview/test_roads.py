"""Every road of the self-review, tried as everyone."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from selfreview.models import Answer, Review
from tests.selfreview.cast import MEMBERS, OUTSIDERS, ROLES, Cast
from tests.undone import undone

pytestmark = pytest.mark.django_db

ANSWER = {"level": "leading", "text": "New.", "base": "1", "save_id": "3f0a1d9e-6f0b-4b61-a1f3-0d8a1e6f1a11"}
SURE = {"sure": "1"}
# method, road below /review/<guid>/, what is sent, and what viewer, contributor and lead get
ROADS = [
    ("GET", "", {}, [200, 200, 200]),
    ("GET", "link/", {}, [200, 200, 200]),
    ("POST", "link/", {}, [200, 200, 200]),
    ("POST", "link/", SURE, [302, 302, 302]),
    ("GET", "link/nothing/", {}, [302, 302, 302]),
    ("POST", "claim/", {}, [404, 404, 404]),
    ("GET", "team/", {}, [200, 200, 200]),
    ("POST", "team/", {"name": "A school"}, [403, 403, 302]),
    ("POST", "team/", {"urn": "12"}, [403, 403, 400]),
    ("POST", "team/name/", {"own_name": "Ann"}, [302, 302, 302]),
    ("POST", "team/name/", {"own_name": " "}, [400, 400, 400]),
    ("POST", "team/invite/", {"name": "Dee", "role": "viewer"}, [403, 403, 302]),
    ("POST", "team/invite/", {"name": "", "role": "king"}, [403, 403, 400]),
    ("POST", "team/invite/", {"name": "Dee", "role": "viewer", "email": "no address"}, [403, 403, 400]),
    ("GET", "team/invitations/{invitation}/nothing/", {}, [403, 403, 404]),
    ("POST", "team/invitations/{invitation}/renew/", {}, [403, 403, 302]),
    ("POST", "team/invitations/{lead}/renew/", {}, [403, 403, 404]),
    ("POST", "team/invitations/{invitation}/revoke/", {}, [403, 403, 302]),
    ("POST", "team/invitations/{lead}/revoke/", {}, [403, 403, 404]),
    ("POST", "team/lead/", {}, [403, 302, 302]),
    ("POST", "team/{viewer}/lead/", {"grant": "1"}, [403, 403, 302]),
    ("POST", "team/{action}/lead/", {"grant": "1"}, [403, 403, 404]),
    ("POST", "team/{action}/role/", {"role": "lead"}, [403, 403, 404]),
    ("POST", "team/{viewer}/role/", {"role": "king"}, [403, 403, 302]),
    ("GET", "views/", {}, [200, 200, 200]),
    ("POST", "views/gather/", {}, [403, 403, 200]),
    ("POST", "views/gather/", SURE, [403, 403, 302]),
    ("POST", "views/open/", {}, [403, 403, 200]),
    ("POST", "views/open/", SURE, [403, 403, 302]),
    ("POST", "views/pen/", {"pen": "everyone"}, [403, 403, 302]),
    ("POST", "views/pen/", {"pen": "nobody else"}, [403, 403, 302]),
    ("GET", "benchmark/", {}, [200, 200, 200]),
    ("POST", "benchmark/join/", {"join": "1"}, [403, 403, 302]),
    ("POST", "team/{viewer}/role/", {"role": "contributor"}, [403, 403, 302]),
    ("POST", "team/{lead}/remove/", {}, [403, 403, 200]),
    ("POST", "team/{lead}/remove/", SURE, [403, 403, 302]),
    ("GET", "delete/", {}, [403, 403, 200]),
    ("POST", "delete/", {}, [403, 403, 302]),
    ("GET", "profile/", {}, [200, 200, 200]),
    ("GET", "actions/", {}, [200, 200, 200]),
    ("GET", "actions/?question=nonsense", {}, [200, 200, 200]),
    ("POST", "actions/", {"title": "Buy", "status": "to-do"}, [403, 302, 302]),
    ("POST", "actions/", {"title": "", "due": "31.02."}, [403, 400, 400]),
    ("GET", "actions/{action}/", {}, [403, 200, 200]),
    ("POST", "actions/{action}/", {"title": "Sell", "status": "done"}, [403, 302, 302]),
    ("POST", "actions/{action}/", {"title": "Sell", "status": "king"}, [403, 400, 400]),
    ("POST", "actions/{action}/delete/", {}, [403, 302, 302]),
    ("POST", "actions/{lead}/delete/", {}, [403, 404, 404]),
    ("GET", "rounds/", {}, [200, 200, 200]),
    ("GET", "rounds/close/", {}, [403, 403, 200]),
    ("POST", "rounds/close/", {}, [403, 403, 302]),
    ("POST", "rounds/next/", {}, [403, 403, 302]),
    ("GET", "rounds/1/", {}, [302, 302, 302]),
    ("GET", "rounds/9/", {}, [404, 404, 404]),
    ("POST", "share/", {"note": "Governors", "days": "30"}, [403, 403, 302]),
    ("GET", "share/{link}/nothing/", {}, [403, 403, 404]),
    ("POST", "share/", {"days": "9999"}, [403, 403, 400]),
    ("POST", "share/{link}/revoke/", {}, [403, 403, 200]),
    ("POST", "share/{link}/revoke/", SURE, [403, 403, 302]),
    ("POST", "share/{lead}/revoke/", {}, [403, 403, 404]),
    ("GET", "report.docx", {}, [200, 200, 200]),
    ("GET", "answers/", {}, [200, 200, 200]),
    ("GET", "answers.csv", {}, [200, 200, 200]),
    ("GET", "answers.json", {}, [200, 200, 200]),
    ("GET", "everything.json", {}, [200, 200, 200]),
    ("GET", "what/1/", {}, [200, 200, 200]),
    ("POST", "what/1/", ANSWER, [403, 302, 302]),
    ("POST", "what/1/", ANSWER | {"base": "x"}, [403, 400, 400]),
    ("POST", "what/1/", ANSWER | {"evidence": "http://"}, [403, 400, 400]),
    ("POST", "what/1/view/", ANSWER, [403, 409, 409]),
    ("POST", "what/1/view/", {"level": "king"}, [403, 400, 400]),
    ("POST", "what/99/view/", ANSWER, [403, 404, 404]),
    ("GET", "what/1/?from={lead}", {}, [200, 200, 200]),
    ("GET", "what/1/?from=nonsense", {}, [200, 200, 200]),
    ("GET", "what/99/", {}, [404, 404, 404]),
    ("GET", "what/1/history/", {}, [200, 200, 200]),
    ("GET", "what/1/history/?page=1", {}, [200, 200, 200]),
    ("GET", "what/1/history/?page=9", {}, [404, 404, 404]),
    ("GET", "what/1/history/1/", {}, [200, 200, 200]),
    ("GET", "what/1/history/1/?with=nonsense", {}, [200, 200, 200]),
    ("GET", "what/1/history/99/", {}, [404, 404, 404]),
    ("POST", "what/1/history/1/restore/", {}, [403, 302, 302]),
    ("POST", "what/1/history/99/restore/", {}, [403, 404, 404]),
]  # fmt: skip


def ask(cast: Cast, client: Client, method: str, road: str, data: dict) -> int:
    """The status of the answer to a request that leaves no trace."""
    guids = {"viewer": cast.viewer, "lead": cast.lead, "action": cast.action, "link": cast.link}
    road = road.format(invitation=cast.invitation.guid, **{name: one.guid for name, one in guids.items()})
    with undone(client):
        return getattr(client, method.lower())(f"/review/{cast.review.guid}/{road}", data).status_code


@pytest.mark.parametrize("role", OUTSIDERS)
def test_every_road_is_hidden_from_outsiders(role: str):
    cast = Cast()
    client = cast.client(role)
    found = {(method, road, ask(cast, client, method, road, data)) for method, road, data, _ in ROADS}
    assert {one for one in found if one[2] != 404} == set()


@pytest.mark.parametrize("role", MEMBERS)
def test_every_road_answers_members_by_their_role(role: str):
    cast = Cast()
    client = cast.client(role)
    place = ROLES.index(MEMBERS[role])
    wrong = [
        (method, road, data, status, expected[place])
        for method, road, data, expected in ROADS
        if (status := ask(cast, client, method, road, data)) != expected[place]
    ]
    assert wrong == []


def test_outsiders_change_nothing():
    """What `undone` would hide: without it, no outsider's request changes an answer or ends the review."""
    cast = Cast()
    before = list(Answer.objects.values_list("version", "text"))
    for role in OUTSIDERS:
        client = cast.client(role)
        for road in ("what/1/", "delete/", "rounds/close/", "views/gather/"):
            client.post(f"/review/{cast.review.guid}/{road}", ANSWER | SURE)
    assert list(Answer.objects.values_list("version", "text")) == before
    assert Review.objects.filter(pk=cast.review.pk, state="open").exists()


def test_every_road_of_a_round_is_tried():
    resolver = next(
        one for one in get_resolver("selfreview.urls").url_patterns if str(one.pattern) == "review/<uuid:guid>/"
    )
    tried = {(method, road.partition("?")[0]) for method, road, _, _ in ROADS}
    known = {road for _, road in tried}
    missing = []
    for one in resolver.url_patterns:
        below = [str(each.pattern) for each in one.url_patterns] if hasattr(one, "url_patterns") else [""]
        for path in below:
            pattern = str(one.pattern) + path
            if not any(_fits(pattern, road) for road in known):
                missing.append(pattern)
    assert missing == []


def _fits(pattern: str, road: str) -> bool:
    """Whether a tried road is one of a pattern: word by word, where <…> stands for any one."""
    parts, words = pattern.split("/"), road.split("/")
    return len(parts) == len(words) and all(
        part == word or (part.startswith("<") and word != "") for part, word in zip(parts, words, strict=True)
    )


def test_a_road_that_nobody_tried_is_found():
    assert not _fits("team/<uuid:member>/fire/", "team/{viewer}/role/")
    assert _fits("team/<uuid:member>/role/", "team/{viewer}/role/")


def test_unknown_review_looks_like_a_foreign_one():
    cast = Cast()
    client = cast.client("stranger")
    foreign = client.get(f"/review/{cast.review.guid}/")
    other = str(uuid4())
    unknown = client.get(f"/review/{other}/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content.replace(str(cast.review.guid).encode(), b"") == unknown.content.replace(other.encode(), b"")
