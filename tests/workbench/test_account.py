"""What becomes of a person's work when the account ends, and what she can take away before."""

import json
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client

from findings import account, actions
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, FrameworkCell, Step
from ictlead.accounts.belongings import forget_account
from ictlead.accounts.traces import _whole
from ictlead.accounts.written import gathered, written
from schools import studies
from schools.models import Quote, School
from tests.accounts.people import make_person, sign_in
from tests.bench import Team, make_team
from tests.factories import make_coding, make_user

pytestmark = pytest.mark.django_db

NAME, EMAIL, OLD_EMAIL = "Zebedee Quill", "zebedee@school.example", "quill@elsewhere.example"


@pytest.fixture
def team() -> Team:
    return make_team()


def taken(user: AbstractBaseUser) -> dict[str, Any]:
    """The export, as a reader of the file has it."""
    return json.loads("".join(written(account.export(user))))


def everything() -> dict[str, str]:
    """Every row of every table of the database, with the engine's own, as text by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = "\n".join(
                str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])
                for row in cursor.fetchall()
            )
    return found


# ── The export ──────────────────────────────────────────────────────────────────────────────────
def test_everything_of_a_coder_is_taken_away(team: Team):
    ann = {"codebook": team.codebook, "coder": team.coder("ann")}
    coding = team.code("ann", memo="Because.")
    team.code("ben", memo="Ben’s.")
    actions.write_note(**ann, quote=team.quotes[0], memo="Look.", is_done=True)
    actions.edit_code(**ann, code=team.codes[0], name="Idea 1", memo="We doubt it.")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    about = {"code": team.codes[0], "start": 0, "end": 5, "verdict": "adjust", "to": (0, 8), "reason": "So."}
    actions.decide(**ann, quote=coding.quote, **about)
    actions.save_summary(coder=ann["coder"], school=coding.quote.school, code=team.codes[0], text="In all.", base=0)
    actions.save_query(codebook=team.codebook, owner=ann["coder"], name="Who", asked="kind1=role")
    actions.invite(**ann, role="coder", note="Dee")
    mine = taken(team.users["ann"])
    assert (mine["name"], mine["codebooks"][0]["role"]) == ("Ann", "coder")
    assert [(one["name"], one["memo"]) for one in mine["codes"]] == [("Idea 1", "We doubt it."), ("Idea 2", "")]
    assert [(one["passage"], one["memo"]) for one in mine["codings"]] == [("We tr", "Because.")]
    assert [(one["memo"], bool(one["done_at"])) for one in mine["notes"]] == [("Look.", True)]
    [decided] = mine["decisions"]
    assert [decided[name] for name in ("passage", "agreed", "reason")] == ["We tr", [0, 8], "So."]
    assert [one["verb"] for one in mine["steps"] if one["state"] == "done"] == [
        "code",
        "note",
        "edit-code",
        "decide",
        "summary",
        "save-query",
    ]
    assert [one["text"] for one in mine["summaries"]] == ["In all."]
    assert [one["name"] for one in mine["queries"]] == ["Who"]
    assert [one["for"] for one in mine["invitations"]] == ["Dee"]
    assert "Ben’s." not in str(mine)
    said = ", ".join(account.counts(team.users["ann"]))
    assert said.startswith("1 codebook, 2 codes with their memos, 1 coding, 1 note on a quote, 1 decision, ")
    nothing = taken(team.users["stranger"])
    assert nothing == dict.fromkeys(nothing, []) | {"name": ""}
    assert account.counts(team.users["stranger"]) == []


def test_the_file_is_written_as_it_is_read():
    """No list is made: nothing is asked for before it is written; and what is written is JSON."""
    asked = []

    def rows(count: int):
        for number in range(count):
            asked.append(number)
            yield {"n": number, "said": ["“", None, True, 1.5]}

    whole = {"rows": rows(3), "none": rows(0), "empty": {}}
    pieces = gathered(written(whole), size=30)
    assert asked == []
    first = next(pieces)
    assert asked == [0]
    read = json.loads(first + "".join(pieces))
    assert read == {"rows": list(rows(3)), "none": [], "empty": {}}
    assert "".join(written(read)) == json.dumps(read, indent=2, ensure_ascii=False)


# ── The end ─────────────────────────────────────────────────────────────────────────────────────
def leave_traces(team: Team, user: Any) -> dict[str, str]:
    """Everything that a person can do here, alone and with the team. What must be gone afterwards, by what it is."""
    coder, quote = actions.coder_of(user=user), team.quotes[0]
    ours = {"codebook": team.codebook, "coder": coder}
    _, secret = actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note=NAME)
    actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="Somebody else")
    member = actions.join(secret=secret, user=user, own_name=NAME)
    actions.change_role(member=member, role="lead", by=team.coder("lead"))
    actions.code_passage(**ours, quote=quote, start=0, end=5, code=team.codes[0], memo="Stays with colleagues.")
    actions.save_summary(coder=coder, school=quote.school, code=team.codes[0], text="Pangolin summary.", base=0)
    actions.save_summary(coder=coder, school=quote.school, code=team.codes[0], text="", base=1)
    actions.save_query(codebook=team.codebook, owner=coder, name="Pangolin query", asked="kind1=role")
    actions.invite(**ours, role="viewer", note="Pangolin invitation")
    actions.make_token(user=user, name="Pangolin token")
    actions.open_codings(codebook=team.codebook, coder=coder)
    own = actions.start_codebook(
        user=user, study=team.codebook.study, name="Pangolin book", description="Pangolin what"
    )
    alone = {"codebook": own, "coder": coder}
    first, second, third = (actions.add_code(**alone, name=f"Pangolin {n}", memo="Pangolin memo") for n in range(3))
    coding = actions.code_passage(**alone, quote=quote, start=0, end=9, code=first, memo="Pangolin because")
    actions.write_note(**alone, quote=quote, memo="Pangolin note")
    actions.save_summary(coder=coder, school=quote.school, code=second, text="Pangolin cell.", base=0)
    actions.merge_codes(**alone, code=first, survivor=second)
    coding.refresh_from_db()
    actions.open_codings(codebook=own, coder=coder)
    actions.decide(**alone, quote=quote, code=second, start=0, end=9, verdict="accept", reason="Pangolin reason")
    gone = actions.code_passage(**alone, quote=quote, start=1, end=9, code=third, memo="Pangolin and gone")
    actions.uncode(**alone, coding=gone)
    actions.delete_code(**alone, code=third)
    actions.describe_codebook(codebook=own, name="Pangolin book renamed", description="Pangolin what", coder=coder)
    moving = actions.add_code(**ours, name="Wanderer")
    actions.move_to_codebook(**ours, code=moving, target=own)
    study = studies.start_study(user=user, title="Pangolin study", author=NAME, summary="Pangolin summary")
    school = studies.add_school(study=study, name="Pangolin case", summary="Pangolin words")
    actions.edit_school(school=school, name="Pangolin case renamed")
    said = actions.add_quote(school=school, text="Pangolin saying", speaker=NAME, role="teacher")
    actions.edit_quote(quote=said, text="Pangolin saying of mine")
    return {"name": NAME, "first name": "Zebedee", "e-mail": EMAIL, "old e-mail": OLD_EMAIL, "private": "Pangolin"}


def test_after_the_end_no_table_names_the_person_or_what_was_private(team: Team):
    user = make_person(EMAIL, first_name="Zebedee", last_name="Quill", is_staff=True)
    user.emailaddress_set.create(email=OLD_EMAIL, verified=True)
    secrets = leave_traces(team, user) | {"user name": user.get_username()}
    for _ in range(2):
        sign_in(Client(), EMAIL)  # in two browsers, of which each session names the address
    Client().post("/admin/login/", {"username": OLD_EMAIL, "password": "wrong"})
    LogEntry.objects.log_actions(team.users["staff"].pk, [user], 2, change_message=f"Changed {EMAIL}.")
    before = everything()
    assert {table for table, text in before.items() if "Pangolin " in text} >= {
        "findings_codebook", "findings_historicalcodebook", "findings_historicalcode", "findings_historicalcoding",
        "findings_historicalcoder", "findings_historicalframeworkcell", "findings_step", "findings_quotenote",
        "findings_decision", "findings_savedquery", "schools_historicalquote", "schools_historicalschool",
    }  # fmt: skip
    assert {table for table, text in before.items() if EMAIL in text or OLD_EMAIL in text} >= {
        "auth_user", "account_emailaddress", "axes_accessattempt", "django_admin_log"
    }  # fmt: skip
    coder = actions.coder_of(user=user)
    forget_account(user=user)
    after = everything()
    for what, secret in secrets.items():
        assert [table for table, text in after.items() if secret.casefold() in text.casefold()] == [], what
    coder.refresh_from_db()
    assert (coder.name, coder.user, coder.codings.get().memo) == ("Former coder 1", None, "Stays with colleagues.")
    moved = Step.objects.get(verb="move-away", coder=coder)
    assert moved.words == "Code “Wanderer” moved to a codebook that is no longer here"
    assert "Somebody else" in after["findings_invitation"]
    assert "An account that ended" in after["django_admin_log"]


@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        ("{'email': 'ann@example.org'}", True),
        ("sent to ann@example.org.", True),
        ("<ann@example.org>, bob@example.org", True),
        ("joann@example.org", False),
        ("ann@example.org.uk", False),
        ("ann@example.organic", False),
        ("annabel", False),
    ],
)
def test_a_name_is_found_where_it_stands_by_itself(said: str, is_named: bool):
    assert bool(_whole({"ann@example.org", "ann"}).search(said)) == is_named


def test_sessions_of_the_person_go_and_those_of_others_stay(client: Client):
    user, other = make_person(EMAIL), make_person()
    elsewhere = Client()
    sign_in(elsewhere, EMAIL)
    sign_in(client, other.email)
    waiting = Client()
    waiting.post("/account/login/code/", {"email": EMAIL})  # a code was asked for: the session names the address
    assert waiting.session.keys()
    forget_account(user=user)
    assert client.get("/account/").status_code == 200
    assert not elsewhere.session.keys()
    assert not waiting.session.keys()


def test_work_with_colleagues_stays_without_the_name_and_the_lead_is_handed_on(team: Team):
    team.code("lead")
    team.code("ben", 1)
    coders = [team.coder("lead"), team.coder("ben")]
    for name in ("lead", "ben"):
        account.forget(user=team.users[name])
        team.users[name].delete()
    for coder in coders:
        coder.refresh_from_db()
    assert [(one.user, one.name, one.codings.count()) for one in coders] == [
        (None, "Former coder 1", 1),
        (None, "Former coder 2", 1),
    ]
    assert CodebookMember.objects.get(codebook=team.codebook, role="lead").user == team.users["ann"]


def test_codebook_of_nobody_else_goes_whole_with_the_work_of_who_left(team: Team):
    """A colleague who left cannot be asked; the page says so beforehand, with numbers."""
    lead, client = team.users["lead"], team.client("lead")
    team.code("lead")
    for place in range(3):
        team.code("ben", place)
    ben = team.coder("ben")
    with_colleagues = client.get("/account/delete/").content.decode()
    assert "In Leading change: 1 coding of yours" in with_colleagues
    assert "people who left" not in with_colleagues
    for name in ("ann", "viewer"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    account.forget(user=team.users["ben"])
    blind = " ".join(client.get("/account/delete/").content.decode().split())
    assert "with 1 coding of yours, what people who left coded there unseen, and every step" in blind
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    page = " ".join(client.get("/account/delete/").content.decode().split())
    assert "The codebook Leading change, with 1 coding of yours, 3 of people who left or came in with a file" in page
    assert f"/workbench/{team.codebook.guid}/downloads/" in page
    account.forget(user=lead)
    assert not Codebook.objects.filter(pk=team.codebook.pk).exists()
    assert not Coder.objects.filter(pk=ben.pk).exists()  # nothing stands on that name any more
    assert not Coder.history.filter(id=ben.pk).exists()


@pytest.mark.parametrize("shows_agreed", [True, False])
def test_of_a_published_codebook_only_what_is_public_stays(team: Team, shows_agreed: bool):
    for name in ("ann", "viewer"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    lead = {"codebook": team.codebook, "coder": team.coder("lead")}
    actions.write_note(**lead, quote=team.quotes[1], memo="A note.")
    actions.edit_code(**lead, code=team.codes[0], name="Idea 1", memo="A doubt.")
    actions.save_summary(coder=lead["coder"], school=team.quotes[0].school, code=team.codes[0], text="In all.", base=0)
    coding = team.code("ben", memo="Ben’s own.")
    actions.remove_member(member=team.member("ben"), by=team.coder("lead"))
    actions.open_codings(**lead)
    about = {"quote": coding.quote, "code": coding.code, "start": 0, "end": 5, "verdict": "accept", "reason": "Agreed."}
    actions.decide(**lead, **about)
    held = actions.publish(**lead, version="1.0", authors="The Lead", shows_agreed=shows_agreed)
    page = " ".join(team.client("lead").get("/account/delete/").content.decode().split())
    assert "What is not public of Leading change" in page
    assert ("and its agreed codings" in page, "The Lead" in page) == (shows_agreed, True)
    roads = [held.get_absolute_url(), f"/codebooks/{held.slug}/{team.codes[0].slug}/", f"/codebooks/{held.slug}.csv"]
    before = [public(road) for road in roads]
    account.forget(user=team.users["lead"])
    assert [public(road) for road in roads] == before
    assert Coding.objects.filter(code__codebook=held).count() == shows_agreed
    text = str(everything())
    for gone in ("A note.", "A doubt.", "Ben’s own.", "In all."):
        assert gone not in text, gone
    assert not Step.objects.filter(codebook=held).exists()
    assert not FrameworkCell.objects.exists()


def public(road: str) -> bytes:
    response = Client().get(road)
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


def test_page_says_which_studies_go_and_which_are_handed_on():
    user, heir = make_person(EMAIL), make_user()
    for title in ("Alone", "Shared"):
        study = studies.start_study(user=user, title=title)
        school = studies.add_school(study=study, name="Hill", summary="S")
        for _ in range(2):
            actions.add_quote(school=school, text="Somebody said so.")
    book = actions.start_codebook(user=user, study=study, name="Ideas")
    CodebookMember.objects.create(codebook=book, user=heir, role="coder")
    client = Client()
    client.force_login(user)
    page = client.get("/account/delete/").content.decode()
    assert "Your study Alone, with 1 case and 2 quotes" in page
    assert "Your study Shared: it becomes the study of a colleague" in page
    file = json.loads(b"".join(client.get("/account/export.json")))["workbench"]
    assert [one["title"] for one in file["studies"]] == ["Alone", "Shared"]
    assert [(one["study"], one["text"]) for one in file["quotes"]] == [("Alone", "Somebody said so.")] * 2 + [
        ("Shared", "Somebody said so.")
    ] * 2
    assert "2 studies, 2 cases, 4 quotes" in client.get("/account/").content.decode()
    forget_account(user=user)
    assert not School.objects.filter(study__title="Alone").exists()
    assert Quote.objects.filter(school__study__made_by=heir).count() == 2


def test_what_was_left_behind_before_is_cleared_and_what_editors_deleted_keeps_its_trace(team: Team):
    clear = import_module("findings.migrations.0012_forget_what_ended").forget
    editors = make_coding()
    kept = [editors.pk, team.code("ann", memo="It stays.").pk]
    own = actions.start_codebook(user=team.users["stranger"], study=team.codebook.study, name="Pangolin book")
    alone = {"codebook": own, "coder": team.coder("stranger")}
    code = actions.add_code(**alone, name="Pangolin code")
    coding = actions.code_passage(**alone, quote=team.quotes[0], start=0, end=5, code=code, memo="Pangolin memo")
    actions.uncode(**alone, coding=coding)
    actions.open_codings(**alone)
    actions.undo(codebook=team.codebook, coder=team.coder("ann"))
    for rows in (own.steps, own.codes, Coder.objects.filter(agreed_for=own), Codebook.objects.filter(pk=own.pk)):
        rows.all().delete()  # as it was done once
    editors.delete()
    Code.history.filter(codebook_id=own.pk).delete()
    clear(apps, None)
    found = [table for table, text in everything().items() if "Pangolin" in text]
    assert found == []
    assert Coding.history.filter(id__in=kept, history_type="-").count() == 2
    assert Codebook.history.filter(id=team.codebook.pk).exists()
