"""The pages of the analysis: their numbers, what stands behind each, and what a wrong address is told."""

import csv
import io
import re
from html import unescape

import pytest

from findings import actions
from findings.analysis import matrix_page
from findings.models import Coding
from schools.models import SpeakerRole
from tests.bench import Team, make_team
from tests.workbench.analysed import TEXTS, analysed_team, done, page, quotes_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return analysed_team()


def links(html: str, text: str) -> list[tuple[str, str]]:
    """(number shown, road) of every link to quotes whose hidden words hold the text."""
    found = re.findall(
        r'<a[^>]*?href="([^"]*/quotes/\?[^"]*)"[^>]*>\s*([\d,]+)\s*<span class="visually-hidden">(.*?)</span>',
        html,
        re.S,
    )
    return [(n, unescape(road)) for road, n, said in found if text in unescape(said)]


def test_agreement_shows_nothing_before_the_codings_are_opened():
    team = make_team(texts=TEXTS)
    team.code("ann")
    for name in ("lead", "ann", "viewer"):
        html = page(team.client(name), f"{team.road}agreement/")
        assert "once a lead opens the codings" in html
        assert "Idea 1" not in html
        assert team.client(name).get(f"{team.road}agreement.csv").status_code == 400
        assert team.client(name).get(f"{team.road}figures/agreement.svg").status_code == 404


def test_agreement_of_two_coders_and_the_quotes_behind_each_count(team: Team):
    client = team.client("lead")
    road = f"{team.road}agreement/?coder={team.coder('ann').guid}&coder={team.coder('ben').guid}"
    road += f"&school={team.quotes[0].school.slug}"
    html = page(client, road)
    shown = client.get(road).context["page"]
    first = shown.lines[0]
    assert [count for _, count, _ in first.counts] == [2, 1, 0, 1]
    assert first.codings == 5
    # by hand: 3 of 4 alike; ann 3/4, ben 2/4: chance 0.5; kappa (0.75 - 0.5) / 0.5
    assert [one.value for one in first.values[:2]] == [0.75, 0.5]
    for label, count, query in first.counts:
        if count:
            assert quotes_at(client, f"{team.road}quotes/?{query}") == count, label
    for line in shown.lines:
        assert client.get(f"{team.road}quotes/?{line.road}").context["behind"] == line.codings, line.label
    assert "Too few quotes to resample" in html
    assert "Cohen, J (1960)" in html


def test_agreement_leaves_out_whom_is_not_done_and_says_why_there_is_no_value():
    team = make_team(texts=TEXTS)
    team.code("ann")
    done(team, "ann", but=3)
    done(team, "ben")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    shown = team.client("lead").get(f"{team.road}agreement/?school={team.quotes[0].school.slug}").context["page"]
    assert (shown.found.quotes, shown.found.left_out) == (3, 1)
    html = page(team.client("lead"), f"{team.road}agreement/")
    assert "No variation: no coder gave the code to any quote" in html
    assert "NaN" not in html


def test_characters_are_compared_as_characters(team: Team):
    road = f"{team.road}agreement/?unit=characters&coder={team.coder('ann').guid}&coder={team.coder('ben').guid}"
    shown = team.client("viewer").get(road).context["page"]
    assert shown.found.units == sum(len(text) for text in TEXTS)
    assert [count for _, count, _ in shown.lines[0].counts] == [8 + 4, 4 + 8, 12, shown.found.units - 36]
    assert [bool(query) for *_, query in shown.lines[0].counts] == [True, True, True, False]


@pytest.mark.parametrize(
    "columns",
    ["", "role", "topic", "fact-pupils", "fact-pupils&bands=100,+300", "findings"],
    ids=lambda one: one or "school",
)
@pytest.mark.parametrize("counted", ["", "codings", "characters"])
def test_each_cell_of_a_matrix_opens_its_quotes(team: Team, columns: str, counted: str):
    if columns == "findings" and counted == "codings":
        return
    client = team.client("ann")
    road = f"{team.road}matrix/?columns={columns}&counted={counted}&percent=row"
    html = page(client, road)
    matrix = client.get(road).context["page"].matrix
    many = counted or "quotes"
    found = links(html, f" {many} of ") + (ones := links(html, f" {many.removesuffix('s')} of "))
    assert {n for n, _ in ones} <= {"1"}
    assert len(found) == sum(cell.count > 0 for row in matrix.cells for cell in row) > 0
    for n, query in found[:8]:
        shown = client.get(query).context
        if not counted:
            assert shown["page"].paginator.count == int(n)
        elif counted == "codings":
            assert shown["behind"] == int(n)
        assert shown["page"].paginator.count
    sums = links(html, " in all")
    assert len(sums) == sum(n > 0 for n in [*matrix.row_totals, *matrix.column_totals, matrix.total])
    for n, query in sums:
        shown = client.get(query).context
        if counted == "codings":
            assert shown["behind"] == int(n)
        elif not counted:  # a quote of several cells is opened once
            assert 0 < shown["page"].paginator.count <= int(n)
    if columns != "findings":
        assert quotes_at(client, sums[-1][1]) == 4


def test_sums_of_chosen_codes_and_schools_open_no_more_than_these(team: Team):
    client = team.client("ann")
    actions.retire_code(codebook=team.codebook, coder=team.coder("lead"), code=team.codes[1])
    for asked, codings in [("", 5), (f"&code={team.codes[1].guid}", 2), ("&by=own", 3)]:
        html = page(client, f"{team.road}matrix/?counted=codings{asked}")
        found = links(html, " in all")
        assert int(found[-1][0]) == client.get(found[-1][1]).context["behind"] == codings, asked


def test_numbers_of_progress_open_their_quotes(team: Team):
    client = team.client("lead")
    found = links(page(client, f"{team.road}progress/"), " ")
    assert len(found) > 4
    assert "4" in [n for n, _ in found]
    for n, query in found:
        assert quotes_at(client, query) == int(n)
    blind = make_team(texts=TEXTS)
    done(blind, "ann")
    for name, opens in (("lead", False), ("ann", True)):
        road = f"value1={blind.coder('ann').guid}"
        assert (road in page(blind.client(name), f"{blind.road}progress/")) is opens


def test_a_key_quote_is_asked_for_by_who_marked_it(team: Team):
    quote, ben = team.quotes[3], team.coder("ben")
    actions.write_note(codebook=team.codebook, coder=ben, quote=quote, is_key=True)
    road = f"{team.road}query/?kind1=key&value1={ben.guid}"
    client = team.client("ann")
    assert [one.guid for one in client.get(road).context["page"]] == [quote.guid]
    assert "marked as a key quote by “Ben”" in unescape(page(client, road))
    assert quotes_at(client, road.replace(str(ben.guid), str(team.coder("ann").guid))) == 0
    blind = make_team(texts=TEXTS)
    actions.write_note(codebook=blind.codebook, coder=blind.coder("ben"), quote=blind.quotes[0], is_key=True)
    for name in ("ann", "lead", "viewer"):
        page(blind.client(name), f"{blind.road}query/?kind1=key&value1={blind.coder('ben').guid}", 400)
    assert quotes_at(blind.client("ben"), f"{blind.road}query/?kind1=key&value1={blind.coder('ben').guid}") == 1


def test_matrix_of_many_columns_is_cut_on_the_page_and_whole_in_the_file(team: Team, monkeypatch: pytest.MonkeyPatch):
    client, road = team.client("ann"), f"{team.road}matrix/?percent=row"
    whole = client.get(road).context["page"]
    file = b"".join(client.get(f"{team.road}matrix.csv"))
    monkeypatch.setattr(matrix_page, "MOST_COLUMNS", 2)
    html = page(client, road)
    cut = client.get(road).context["page"]
    assert "4 more columns are left out here" in html
    assert [len(cells) for _, cells, *_ in cut.table()] == [2, 2]
    assert [total for *_, total, _ in cut.table()] == [total for *_, total, _ in whole.table()] == [3, 2]
    assert len(cut.figure().rows) == 2
    assert "The first 2 columns." in cut.figure().caption
    assert b"".join(client.get(f"{team.road}matrix.csv")) == file
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert len(rows) == 2 * 6


def test_matrix_looks_at_whom_is_chosen(team: Team):
    def total(query: str) -> int:
        return team.client("ann").get(f"{team.road}matrix/?counted=codings&{query}").context["page"].matrix.total

    assert (total(""), total("by=all"), total("by=own")) == (7, 7, 4)
    assert total(f"by={team.coder('ben').guid}") == 3
    assert total(f"by=own&by={team.coder('ben').guid}&code={team.codes[1].guid}") == 2


@pytest.mark.parametrize(
    ("kind", "shared"), [("", 1), ("passage", 1), ("near", 3), ("near&reach=0", 1), ("near&reach=3", 4)]
)
def test_codes_together_open_their_quotes(team: Team, kind: str, shared: int):
    client = team.client("ben")
    road = f"{team.road}together/?kind={kind}"
    html = page(client, road)
    [(n, query), *_] = links(html, "Idea 1 near Idea 2" if "near" in kind else "Idea 1 and Idea 2")
    assert int(n) == shared == quotes_at(client, query)
    assert client.get(f"{team.road}together.csv?kind={kind}").status_code == 200


def test_summaries_are_kept_and_never_overwritten_silently(team: Team):
    client, other = team.client("ann"), team.client("ann")
    road = f"{team.road}framework/{team.quotes[0].school.slug}/{team.codes[0].guid}/"
    assert "We tried" in page(client, road)
    assert client.post(road, {"base": "0", "text": "They tried."}).status_code == 302
    assert client.post(road, {"base": "0", "text": "They tried."}).status_code == 302  # the same again is no conflict
    assert other.post(road, {"base": "1", "text": "They tried it all."}).status_code == 302
    stale = client.post(road, {"base": "1", "text": "They only tried."})
    assert stale.status_code == 409
    html = stale.content.decode()
    assert "They tried it all." in html
    assert "They only tried." in html
    assert client.post(road, {"base": "2", "text": "Both."}).status_code == 302
    assert "Both." in page(client, f"{team.road}framework/")
    for name in ("ben", "lead", "viewer"):
        assert "Both." not in page(team.client(name), f"{team.road}framework/")
    assert b"Both." in b"".join(client.get(f"{team.road}framework.csv").streaming_content)
    assert b"Both." not in b"".join(team.client("lead").get(f"{team.road}framework.csv").streaming_content)
    long = client.post(road, {"base": "3", "text": "x" * 100_000})
    assert long.status_code == 400
    assert "Shorten this" in long.content.decode()
    assert client.post(road, {"base": "x", "text": "Kept."}).status_code == 400
    assert team.codes[0].summaries.get().history.count() == 3


def test_a_code_with_summaries_is_not_deleted(team: Team):
    code = actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name="Fresh")
    actions.save_summary(coder=team.coder("ann"), school=team.quotes[0].school, code=code, text="So.", base=0)
    with pytest.raises(actions.Refused, match="members wrote summaries"):
        actions.delete_code(codebook=team.codebook, coder=team.coder("lead"), code=code)


def test_words_in_context_open_their_quotes(team: Team):
    client = team.client("viewer")
    slug = team.quotes[0].school.slug
    html = page(client, f"{team.road}words/?q=robot&school={slug}")
    assert "1 place in 1 quote" in html
    [road] = re.findall(r'href="([^"]*kind1=quote[^"]*)"', html)
    assert quotes_at(client, unescape(road)) == 1
    assert "stand nowhere" in page(client, f"{team.road}words/?q=zebra")
    assert page(client, f"{team.road}words/?q=trying&school={slug}").count("<mark>") == 4
    assert page(client, f"{team.road}words/?q=%22trying%22&school={slug}").count("<mark>") == 0
    page(client, f"{team.road}words/?q=teach&role={SpeakerRole.TEACHER}")


def test_word_frequencies_and_what_is_a_groups_own(team: Team):
    client = team.client("ann")
    html = page(client, f"{team.road}words/frequencies/?group=school-{team.quotes[0].school.slug}")
    shown = client.get(f"{team.road}words/frequencies/?group=school-{team.quotes[0].school.slug}").context["page"]
    assert shown.frequent[0][:2] in {("tried", 4), ("kept", 4), ("teachers", 4), ("teach", 4)}
    assert next(one for one in shown.keys if one.word == "tried").more
    assert "In a thousand" in html
    [road, *_] = re.findall(r'href="([^"]*q=%22tried%22)"', html)
    assert page(client, unescape(road)).count("<mark>") == 4
    for one in [key for key in shown.keys if key.group][:2]:
        [road] = re.findall(rf'href="([^"]*)">{one.group}<span class="visually-hidden"> times {one.word} here', html)
        assert page(client, unescape(road)).count("<mark>") == one.group
    assert "Choose a school" in page(client, f"{team.road}words/frequencies/")
    every = b"".join(client.get(f"{team.road}frequencies.csv?group=role-headteacher").streaming_content).decode()
    assert every.startswith("group,word,count,per_thousand,rest,g2,log_ratio\r\n")


def test_a_passage_beyond_its_quote_ends_with_it(team: Team):
    Coding.objects.filter(coder=team.coder("ann")).update(end=900)
    assert "Agreement" in page(team.client("lead"), f"{team.road}agreement/?unit=characters")
    page(team.client("lead"), f"{team.road}quotes/")
    page(team.client("lead"), f"{team.road}matrix/?counted=characters")


WRONG = [
    ("agreement/?coder=x", "agreement.csv?coder=x", "is not one of the choices"),
    ("agreement/?unit=words", "agreement.csv?unit=words", "words"),
    ("matrix/?columns=colour", "matrix.csv?columns=colour", "colour"),
    ("matrix/?columns=fact-pupils&bands=300,+100", "matrix.csv?columns=fact-pupils&bands=300,+100", "smallest"),
    ("matrix/?columns=fact-pupils&bands=many", "matrix.csv?columns=fact-pupils&bands=many", "like 150, 300"),
    ("matrix/?bands=100", "matrix.csv?bands=100", "Bands are for a fact"),
    ("matrix/?columns=findings&counted=codings", "matrix.csv?columns=findings&counted=codings", "not by codings"),
    ("matrix/?by=%00&code=%00&school=%00", "matrix.csv?by=%00", "is not one of the choices"),
    ("together/?reach=99", "together.csv?reach=99", "less than or equal to 20"),
    ("together/?kind=so", "together.csv?kind=so", "so"),
    ("framework/?code=x", "framework.csv?code=x", "is not one of the choices"),
    ("words/?q=*", "words.csv?q=*", "Type a word to look for"),
    ("words/?q=" + "a+" * 20, "words.csv?q=" + "a+" * 20, "at most 8 words"),
    ("words/frequencies/?group=x", "frequencies.csv?group=x", "x"),
    ("query/?kind1=so", "query.csv?kind1=so", "no condition of the kind"),
    ("query/?kind1=code", "query.csv?kind1=code", "Choose at least one"),
    ("quotes/?kind1=code&value1=x", "query.csv?kind1=code&value1=x", "is not one of the choices"),
    ("query/?kind1=text&value1=%00", "query.csv?kind1=text&value1=%00", "Null characters"),
    ("query/?kind1=number&value1=pupils", "query.csv?kind1=number&value1=pupils", "Say at least how much"),
    ("query/?kind1=overlap&value1={a}", "query.csv?kind1=overlap&value1={a}", "Choose two codes"),
    ("quotes/?kind1=quote&value1=x", "query.csv?kind1=quote&value1=x", "There is no such quote."),
    ("query/?kind1=near&value1={a}&n1=99", "query.csv?kind1=near&value1={a}&n1=99", "less than or equal to 20"),
    ("query/?" + "&".join(f"kind{n}=code" for n in range(1, 15)), "query.csv?kind1=x", "Ask at most 12"),
    ("codes/{a}/report/?by=x", "codes/{a}/report.csv?by=x", "is not one of the choices"),
    ("matrix/?by=editors", "codings.csv?by=editors", "is not one of the choices"),
]  # fmt: skip


def test_a_wrong_address_is_answered_with_words_and_keeps_what_was_chosen(team: Team):
    client = team.client("lead")
    for road, file, words in WRONG:
        html = page(client, team.road + road.format(a=team.codes[0].guid), 400)
        assert words in unescape(html), road
        assert "There is a problem" in html, road
        for target in re.findall(r'<li><a href="#([^"]+)">', html.split("There is a problem")[1].split("</div>")[0]):
            assert f'id="{target}"' in html, (road, target)
        answer = client.get(team.road + file.format(a=team.codes[0].guid))
        assert answer.status_code == 400, file
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
    kept = page(client, f"{team.road}matrix/?columns=role&bands=many&code={team.codes[0].guid}", 400)
    assert 'value="many"' in kept
    assert re.search(rf'value="{team.codes[0].guid}"[^>]*checked', kept)
    assert '<option value="role" selected>' in kept


@pytest.mark.parametrize("group", ["school-a", "role-headteacher"])
def test_how_often_a_word_is_said_opens_its_places(team: Team, group: str):
    """By a group, and by all others."""
    client = team.client("ann")
    html = page(client, f"{team.road}words/frequencies/?group={group}")
    [more] = [client.get(f"{team.road}words/frequencies/?group={group}").context["page"].keys]
    found = re.findall(
        r'<a href="([^"]*/words/\?[^"]*)">([\d,]+)<span class="visually-hidden"> times ([^<]*)</span>', html
    )
    said = {words.split()[-1] for _, _, words in found}
    assert {"here", "others"} <= said
    assert len(found) > len(more)
    for road, n, words in found[:3] + [one for one in found if one[2].endswith("others")][:3]:
        assert client.get(unescape(road)).context["page"].found.found == int(n.replace(",", "")), words
