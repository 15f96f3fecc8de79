"""Every road of the site, asked before and after a colleague codes blind: not one byte of any answer may differ.

The roads come from the tables by which the other tests try them; a road that is in none of them, nor excused here with
a reason, fails. Asking are: another coder, who also made a private study in which the colleague codes, the lead, a
viewer, an editor who is a superuser, a stranger and an anonymous visitor, by session and by token.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse

from findings import actions
from findings.models import Code, Codebook, CodebookMember, Coder, Coding, StudyOffer
from schools import studies
from schools.models import Quote, Study
from tests.api import test_access as api
from tests.bench import Team, make_team
from tests.exchange.roads import DOWNLOADS
from tests.reading.test_pages import roads as public_roads
from tests.undone import undone
from tests.workbench import test_analysis_roads as analysis
from tests.workbench import test_own_studies_pages as own_studies
from tests.workbench import test_roads as workbench

pytestmark = pytest.mark.django_db

SECRET = "aardvark"
MEMBERS = ("ann", "lead", "viewer")
OUTSIDE = ("stranger", "staff", "anonymous")
GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+\d\d:\d\d)?'
    r"|\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d"
    r"|/workbench/invitation/[\w-]+/"
)
WITHOUT = {  # roads that show nothing of a codebook of a team, and why
    "healthz": "whether the process runs",
    "readyz": "whether the database answers",
    "api:unknown": "what is not there",
    "admin:login": "signing in",
    "admin:logout": "signing out",
    "admin:jsi18n": "words of the admin",
    "admin:None": "old addresses, and what nobody has a road to",
    "admin:app_list": "the names of the desks",
    "admin:view_on_site": "a redirect to a public page",
    "admin:password_change": "a password",
    "admin:password_change_done": "a password",
    "admin:auth_user_password_change": "a password",
    "exchange:import_forget": "takes away a file of one's own",
    "workbench:again": "what one sent oneself",
    "workbench:invitation": "answers by its secret alone",
}
PREFIXES = {  # the same, for many roads
    "selfreview:": "a school's own; it reads the editors' codes and findings alone",
    "account_": "allauth's, and tokens: but for the two roads that are asked",
}
TEAMS_MODELS = {"quote", "school", "study", "coding", "code", "codebook", "coder"}  # of which a row may be a team's
TEAMS_PAGES = {"changelist", "change", "delete", "history", "simple_history"}


@dataclass
class World:
    """A team that works blind, a private study in which the colleague codes, and every address to ask."""

    team: Team
    study: Study
    private: Codebook  # of the private study
    offered: Codebook  # of another study, which is offered to the editors
    clients: dict[str, Client]
    tokens: dict[str, dict[str, str]]
    reads: list[tuple[str, str]] = field(default_factory=list)  # who asks, and the address
    writes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def of_ann(self) -> tuple[Codebook, Codebook]:
        """Codebooks of studies that are ann's."""
        return self.private, self.offered

    def of_ben(self) -> None:
        """Everything that a coder can do without telling: code, uncode, note, undo, summarise, keep a query."""
        ben = self.team.coder("ben")
        every = [*self.team.codes, *self.team.codebook.codes.filter(name="Extra")]
        own = [(one, list(Quote.objects.filter(school__study=one.study)), list(one.codes.all())) for one in self.of_ann]
        for codebook, quotes, codes in [(self.team.codebook, self.team.quotes, every), *own]:
            at = {"codebook": codebook, "coder": ben}
            for quote in quotes[:2]:
                for code in codes:
                    for start, end in ((0, 5), (0, len(quote.text)), (3, 9)):
                        passage = {"quote": quote, "code": code, "start": start, "end": end}
                        coding = actions.code_passage(**at, **passage, memo=f"{SECRET} {start}")
                actions.write_memo(**at, coding=coding, memo=SECRET)
                actions.write_note(**at, quote=quote, memo=SECRET, is_key=True)
            actions.uncode(**at, coding=coding)
            actions.undo(**at)
            actions.undo(**at)
            cell = {"school": quotes[0].school, "code": codes[0], "text": SECRET, "base": 0}
            actions.save_summary(coder=ben, **cell)
            actions.save_query(codebook=codebook, owner=ben, name=SECRET, asked="kind1=role&value1=teacher")


@pytest.fixture
def world() -> World:
    """Ann coded, and so did the lead; each did something last that a colleague could build on."""
    team = make_team()
    for name, place in (("ann", 0), ("ann", 1), ("lead", 0)):
        team.code(name, place, memo="Mine.")
    actions.save_query(codebook=team.codebook, owner=team.coder("ann"), name="Kept", asked="kind1=role&value1=teacher")
    actions.invite(codebook=team.codebook, coder=team.coder("lead"), role="coder", note="")
    private, offered = (own_study(team, title) for title in ("Talks", "Offered"))
    actions.offer_study(study=offered.study, user=team.users["ann"], message="")
    clients = {name: team.client(name) for name in (*MEMBERS, *OUTSIDE)}
    made = World(team, private.study, private, offered, clients, api.tokens_of(team))
    made.reads += [*of_the_workbench(made), *of_the_study(made), *of_everyone(made), *of_the_desk(made)]
    made.writes += writes_of(made)
    actions.add_code(codebook=team.codebook, coder=team.coder("ann"), name="Extra")
    actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name="Extra by the lead")
    return made


def own_study(team: Team, title: str) -> Codebook:
    """A private study of ann's, with a codebook at which the colleague codes, too."""
    study = studies.start_study(user=team.users["ann"], title=title, author="Ann", summary="S")
    hill, _ = studies.add_schools(study=study, rows=[{"name": "Hill"}, {"name": "Vale"}])
    for text in ("We began with one board.", "Nobody minded it at all."):
        actions.add_quote(school=hill, text=text, role="teacher")
    codebook = actions.start_codebook(user=team.users["ann"], study=study, name="Ideas")
    CodebookMember.objects.create(codebook=codebook, user=team.users["ben"], role="coder")
    actions.add_code(codebook=codebook, coder=team.coder("ann"), name="Boards")
    return codebook


# ── The roads ───────────────────────────────────────────────────────────────────────────────────
def filled(team: Team) -> Iterator[tuple[str, str, dict[str, Any], list[int]]]:
    """Method, address, what is sent, and what viewer, coder and lead get, of every road of a codebook."""
    for module, table in ((workbench, workbench.ROADS), (analysis, analysis.ROADS)):
        for method, road, data, expected in table:
            if "{foreign}" not in f"{road}{data}" and "{elsewhere}" not in road:
                sent = {key: module.fill(team, value) for key, value in data.items()}
                yield method, team.road + module.fill(team, road), sent, expected
    tables = ("codebook.csv", "notes.csv", "cases.csv", "findings.csv", "workbook.xlsx", "datapackage.zip")
    for name in ("downloads/", "project.qdpx", "project.qdpx?key=1", "codebook.qdc", *tables):
        yield "GET", team.road + name, {}, [200, 200, 200]


def of_the_workbench(world: World) -> Iterator[tuple[str, str]]:
    """Every address as the coder; as the others the first address of every road that answers."""
    seen = set()
    for method, road, _, (viewer, _, lead) in filled(world.team):
        if method == "GET":
            yield "ann", road
            name = resolve(road.partition("?")[0]).view_name
            others = {"viewer": viewer, "lead": lead, "stranger": 200}
            for who in [who for who, status in others.items() if status == 200 and (who, name) not in seen]:
                seen.add((who, name))
                yield who, road
    sent = SimpleUploadedFile("codings.csv", body(world.clients["ann"].get(f"{world.team.road}codings.csv")).encode())
    about = {"file": sent, "codebook": str(world.team.codebook.guid)}
    preview = world.clients["ann"].post("/workbench/import/", about).url
    for road in (preview, f"{preview}undo/", "/workbench/studies/", "/workbench/import/"):
        yield "ann", road
    for who in MEMBERS:
        for road in ("/workbench/", "/account/", "/account/export.json", "/account/delete/"):
            yield who, road


def of_the_study(world: World) -> list[tuple[str, str]]:
    own = [own_studies.own(world.study, road) for method, road, _, _ in own_studies.ROADS if method == "GET"]
    ideas = f"/workbench/{world.private.guid}/"
    return [("ann", road) for road in [*own, ideas, f"{ideas}codings/", f"{ideas}matrix/", f"{ideas}steps/"]]


def of_everyone(world: World) -> list[tuple[str, str]]:
    quote = world.team.quotes[0]
    key = f"{world.team.codebook.slug}/{world.team.codes[0].slug}"
    addresses = [
        *public_roads().values(), *DOWNLOADS, "/quotes.csv", "/quotes.csv?layout=wide",
        "/compare.csv?school=a&school=c",
        f"/quotes/?code={key}", f"/quotes.csv?code={key}", quote.get_absolute_url(), quote.school.get_absolute_url(),
        f"/codebooks/{key}/", f"/codebooks/{key}/report/", f"/codebooks/{key}/report.csv", "/api/v1/docs/",
        f"/codebooks/{key}/report.docx", f"/codebooks/{world.team.codebook.slug}/", "/downloads/", "/data-dictionary/",
        "/study-folder.zip",
        f"/codebooks/{world.team.codebook.slug}.csv", f"/codebooks/{world.team.codebook.slug}.qdc",
        "/figures/schools.json", "/figures/gateways.csv", "/cite/study/gill-2007.bib", "/cite/data/gill-2007.bib",
        f"/cite/quote/{quote.guid}.bib", f"/cite/codebook/{world.team.codebook.slug}.bib",
    ]  # fmt: skip
    found = [("anonymous", road) for road in addresses]
    for road in [road for road, _ in api.ROADS if "{bens}" not in road]:
        address = api.ROAD + api.fill(world.team, road)
        found.append(("token of ann", address))
        if "cod" in road:
            found += [(f"token of {name}", address) for name in ("lead", "viewer", "staff")] + [("anonymous", address)]
    return found


def of_the_desk(world: World) -> list[tuple[str, str]]:
    """The editors' desk: every list, and the pages of records that are a team's, or on which one may have worked."""
    found = [reverse("admin:index"), "/workbench/offers/"]
    offer = f"/workbench/offers/{StudyOffer.objects.get().guid}/"
    cases = [f"{offer}cases/{one.guid}/" for one in StudyOffer.objects.get().study.schools.all()]
    found += [offer, f"{offer}findings/", *cases]
    team = world.team
    rows = [team.codebook, team.codes[0], team.coder("ben"), Coding.objects.filter(coder=team.coder("ann"))[0]]
    rows += [team.quotes[0], team.quotes[0].school, team.codebook.study]
    for model in admin.site._registry:
        app, name = model._meta.app_label, model._meta.model_name
        if app == "findings" or name in TEAMS_MODELS:
            found.append(reverse(f"admin:{app}_{name}_changelist"))
    for row in rows:
        app, name = row._meta.app_label, row._meta.model_name
        found += [reverse(f"admin:{app}_{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
        states = type(row).history.filter(id=row.pk).values_list("history_id", flat=True)
        found.append(reverse(f"admin:{app}_{name}_simple_history", args=[row.pk, next(iter(states), 1)]))
    asked = "app_label=findings&model_name=coding&field_name="
    found += [f"/admin/autocomplete/?{asked}{field}&term={word}" for field, word in (("quote", "We"), ("code", "Idea"))]
    return [("staff", road) for road in found]


def writes_of(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """What ann sends where she may, else the lead; what ann does to her study; what an editor does at the desk."""
    sent: list[tuple[str, str, dict[str, Any]]] = []
    for method, road, data, expected in filled(world.team):
        if method == "POST" and not (road.endswith("/open/") and data):  # to open them is what ends it
            sent.append(("ann" if expected[1] != 403 else "lead", road, data))
    for method, road, data, _ in own_studies.ROADS:
        if method == "POST" and "{elsewhere}" not in road:
            sent.append(("ann", own_studies.own(world.study, road), data))
    quote = Quote.objects.filter(school__study=world.study)[0]
    for text in (quote.text[:6], "X" + quote.text, quote.text[:12] + "!" + quote.text[12:], quote.text + " Yes."):
        about = {"text": text, "speaker_role": "teacher", "locator": quote.locator}
        sent.append(("ann", f"/workbench/studies/{world.study.guid}/quotes/{quote.guid}/", about))
    for row in (world.team.quotes[0], world.team.quotes[0].school):
        road = reverse(f"admin:schools_{row._meta.model_name}_delete", args=[row.pk])
        sent.append(("staff", road, {"post": "yes"}))
    return [*sent, ("ann", "/workbench/name/", {"own_name": "A"}), ("ann", "/workbench/start/", {"name": "More"})]


# ── The answers ─────────────────────────────────────────────────────────────────────────────────
def body(response: Any) -> str:
    """What is answered; of a packed file, all that is in it."""
    held = b"".join(response) if response.streaming else response.content
    for close in response._resource_closers:  # its files alone: `close()` would close the database's connection, too
        close()
    if not held.startswith(b"PK"):
        return held.decode()
    with zipfile.ZipFile(io.BytesIO(held)) as packed:
        return "\n".join(f"{name}\n{packed.read(name).decode(errors='replace')}" for name in packed.namelist())


def told(response: Any, known: set[str] | None = None) -> tuple:
    """Everything of an answer that could tell, without tokens of forms, times, and GUIDs that were made with it."""
    text = CHANGING.sub("", body(response))
    if known is not None:
        text = GUID.sub(lambda found: found[0] if found[0].replace("-", "") in known else "GUID", text)
    messages = [str(one) for one in getattr(response.wsgi_request, "_messages", None) or []]
    head = {name: response.get(name, "") for name in ("Location", "Link", "Content-Disposition")}
    etag = response.get("ETag", "") if response.get("Content-Type", "").startswith("application/json") else ""
    where = GUID.sub("GUID", head["Location"]) if known is not None else head["Location"]
    return response.status_code, text, etag, where, head["Link"], head["Content-Disposition"], tuple(messages)


def ask(world: World, who: str, road: str) -> tuple:
    if who.startswith("token of "):
        return told(Client().get(road, headers=world.tokens[who.removeprefix("token of ")]))
    return told(world.clients[who].get(road))


def send(world: World, who: str, road: str, data: dict[str, Any], known: set[str]) -> tuple:
    """The answer to what is sent; nothing of it stays."""
    with undone(world.clients[who]):
        return told(world.clients[who].post(road, data), known)


def known_guids() -> set[str]:
    rows: list[Any] = [Coder, Code, Coding, Quote]
    return {one.hex for model in rows for one in model.objects.values_list("guid", flat=True)}


# ── What several writes come to ─────────────────────────────────────────────────────────────────
Play = list[tuple[str, str, dict[str, str]]]
PLAYS: dict[str, Callable[[World], Play]] = {
    "ann undoes the making of a code, and does it again": lambda w: [("ann", "undo/", {}), ("ann", "redo/", {})],
    "ann undoes three steps": lambda w: [("ann", "undo/", {})] * 3 + [("ann", "leave/", {"which": "redo"})],
    "the lead merges, undoes and merges again": lambda w: [
        ("lead", f"codes/{w.team.codes[0].guid}/merge/", {"into": str(w.team.codes[1].guid)}),
        ("lead", "undo/", {}),
        ("lead", "redo/", {}),
        ("ann", "undo/", {}),
    ],
    "the lead retires a code, cannot delete it, and takes it back": lambda w: [
        ("lead", f"codes/{w.team.codes[1].guid}/retire/", {}),
        ("lead", f"codes/{w.team.codes[1].guid}/delete/", {}),
        ("lead", "undo/", {}),
    ],
    "the lead removes the colleague": lambda w: [
        ("lead", f"people/{w.team.member('ben').guid}/remove/", {}),
        ("lead", f"codes/{w.team.codes[1].guid}/delete/", {}),
    ],
}


def played(world: World, known: set[str]) -> dict[tuple, tuple]:
    """What each play is answered, step by step, and what the pages say at its end; nothing of it stays."""
    pages = ["", "codings/", "steps/", f"codes/{world.team.codes[0].guid}/"]
    found: dict[tuple, tuple] = {}
    for name, play in PLAYS.items():
        with undone(*(world.clients[who] for who in ("ann", "lead"))):
            for step, (who, road, data) in enumerate(play(world)):
                found[name, step] = told(world.clients[who].post(world.team.road + road, data), known)
            for who in ("ann", "lead"):
                for page in pages:
                    found[name, who, page] = told(world.clients[who].get(world.team.road + page), known)
    return found


# ── The tests ───────────────────────────────────────────────────────────────────────────────────
def names_of(resolver: Any, before: str = "") -> Iterator[str]:
    """Every road's name, with those of the apps before it."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from names_of(one, before + (f"{one.namespace}:" if one.namespace else ""))
        else:
            yield f"{before}{one.name}"


def excused(name: str) -> bool:
    """It shows nothing of a team's codebook; at the desk, no page of one record that a team makes or works on."""
    if name in WITHOUT or name.startswith(tuple(PREFIXES)):
        return True
    _, desk, rest = name.partition("admin:")
    for model in admin.site._registry if desk else ():
        app, of = model._meta.app_label, model._meta.model_name
        if rest.startswith(f"{app}_{of}_"):
            pages = TEAMS_PAGES if of in TEAMS_MODELS else {"changelist"}
            is_asked = (app == "findings" or of in TEAMS_MODELS) and rest.removeprefix(f"{app}_{of}_") in pages
            return not is_asked
    return False


def faults(before: dict, after: dict) -> list[str]:
    """Which answers differ, and where they part."""
    return [f"{key}: {_parting(str(before[key]), str(after[key]))}" for key in before if before[key] != after[key]]


def _parting(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 60) : at + 60]!r} → {other[max(0, at - 60) : at + 60]!r}"


def test_no_answer_of_any_road_tells_whether_a_colleague_coded(world: World):
    addresses = [road for _, road in world.reads] + [road for _, road, _ in world.writes]
    asked = {resolve(road.partition("?")[0]).view_name for road in addresses}
    assert {name for name in names_of(get_resolver()) if name not in asked and not excused(name)} == set()
    known = known_guids()

    def everything() -> dict[tuple, tuple]:
        cache.clear()
        reads = {key: ask(world, *key) for key in world.reads}
        writes = {(n, *one[:2]): send(world, *one, known) for n, one in enumerate(world.writes)}
        return reads | writes | played(world, known)

    for who in MEMBERS:  # what a first visit makes is made, and the day's first use of a token noted
        ask(world, who, "/workbench/")
        ask(world, f"token of {who}", api.ROAD)
    before = everything()
    world.of_ben()
    after = everything()
    assert faults(before, after) == []
    assert [key for key, answer in after.items() if SECRET in str(answer)] == []
    assert sum(answer[0] in {200, 302} for answer in after.values()) > len(after) / 2
    assert "Mine." in str(after["ann", f"{world.team.road}codings.csv"])
