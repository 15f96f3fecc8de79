"""The study passes its checks; and each check names its fault once the thing it checks is broken."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

import findings.checks
import schools.checks
import selfreview.checks
from findings.models import CaseEvidence, Code, Codebook, Coding, Evidence, Finding, Theme, Uncoded
from ictlead.checking import source_faults, template_faults, template_words
from schools.models import Advice, CaseSection, Fact, GlossaryTerm, Indicator, Quote, Reference, School, Study, Topic
from schools.source import source_runs
from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire, Section
from tests import factories
from tests.factories import editors
from tests.needed import missing

pytestmark = pytest.mark.django_db


def check(**options: Path) -> tuple[str, bool]:
    """The command's output, and whether it found no fault."""
    output = StringIO()
    try:
        call_command("check_study", stdout=output, **options)
    except CommandError as error:
        return f"{output.getvalue()}{error}", False
    return output.getvalue(), True


@pytest.fixture(scope="module")
def source() -> Path:
    """The report's text, which is not ours to pass on: it lies beside the checkout where the project is built."""
    found = sorted((settings.BASE_DIR.parent / "shared" / "source").glob("*.txt"))
    if not found:
        reason = "The report's text does not lie in ../shared/source: nothing can be compared with it."
        missing(reason)
    return found[0]


# ── The study as it is ──────────────────────────────────────────────────────────────────────────
def test_check_study_is_clean() -> None:
    output, clean = check()
    assert clean, output
    assert "5 schools" in output
    assert "56 quotes" in output
    assert "33 questions" in output
    assert "Not checked without --source" in output


def test_check_study_is_clean_beside_its_source(source: Path) -> None:
    output, clean = check(source=source)
    assert clean, output
    assert "Not checked" not in output


def test_check_study_needs_the_study() -> None:
    Study.objects.update(slug="another")
    assert check() == ("The study gill-2007 is not loaded. Run `manage.py load_study`.", False)


def test_check_study_says_when_the_source_cannot_be_read(tmp_path: Path) -> None:
    output, clean = check(source=tmp_path / "none.txt")
    assert not clean
    assert "none.txt cannot be read" in output


# ── Broken, one thing at a time ─────────────────────────────────────────────────────────────────
def quote(locator: str = "L137") -> Quote:
    return Quote.objects.get(school__study__slug="gill-2007", locator=locator)


def change(row: Any, **fields: object) -> None:
    """Set fields of a row or a query's rows, past every form and history."""
    rows = row if hasattr(row, "update") else type(row)._default_manager.filter(pk=row.pk)
    rows.update(**fields)


def gateway(slug: str = "curriculum") -> Code:
    return Code.objects.get(codebook__slug="gateways", slug=slug)


def foreign_parent() -> None:
    change(gateway(), parent=Code.objects.filter(codebook__slug="key-skills").first())


def example_not_coded() -> None:
    code = Code.objects.filter(codebook__slug="gateways", example__isnull=False).first()
    change(Coding.objects.filter(code=code, quote=code.example), code=Code.objects.exclude(pk=code.pk).first())


def uncoded_and_coded() -> None:
    coded = Coding.objects.filter(code__codebook__slug="gateways").first().quote
    factories.make_uncoded(coded, Codebook.objects.get(slug="gateways"), coder=editors())


def neither_coded_nor_uncoded() -> None:
    Uncoded.objects.first().delete()


def bare_finding() -> Finding:
    finding = Finding.objects.first()
    finding.evidence.all().delete()
    return finding


def move_first_placement() -> None:
    """School A's first placed quote, twice in its section."""
    section = CaseSection.objects.get(school__slug="a", topic__slug="use")
    change(section, summary=section.summary + "\n\n[L137]")


def drop_placement() -> None:
    section = CaseSection.objects.get(school__slug="a", topic__slug="use")
    change(section, summary=section.summary.replace("[L137]", ""))


BREAKS: list[tuple[Callable[[], object], str]] = [
    # The schools' floor
    (lambda: factories.make_school(factories.loaded_study()), "Schools: ['a', 'b', 'c', 'd', 'e', 'school-"),
    (lambda: change(School.objects.get(slug="a"), position=9), "Schools: ['b', 'c', 'd', 'e', 'a'] instead of"),
    (lambda: quote().delete(), "Quotes of school a, headteacher: 7 instead of 8"),
    (lambda: change(quote(), speaker_role="ict-coordinator"), "Quotes of school a, ict-coordinator: 1 instead of 0"),
    (lambda: change(quote("L133"), is_fragment=False), "Fragments: ['L147', 'L212', 'L302'] instead of"),
    (lambda: Advice.objects.filter(school__slug="c").first().delete(), "Advice of school c: 4 instead of 5"),
    (lambda: Reference.objects.first().delete(), "References: 7 instead of 8"),
    (lambda: GlossaryTerm.objects.first().delete(), "Abbreviations: 26 instead of 27"),
    (lambda: factories.make_indicator(factories.loaded_study(), slug="new"), "Indicators: 29 instead of 28"),
    (lambda: factories.make_indicator(factories.loaded_study(), slug="new"), "School e: no fact for new"),
    (lambda: Fact.objects.first().delete(), "School a: no fact for phase, not even an empty one"),
    (lambda: change(Topic.objects.get(slug="advice"), in_cases=False), "Topics in cases: 5 instead of 6"),
    (lambda: CaseSection.objects.first().delete(), "School a: no section for the topic context"),
    (lambda: change(Topic.objects.get(slug="use"), in_cases=False), "School d: a section for the topic use"),
    (lambda: change(School.objects.get(slug="a"), pupils=101), "School a: pupils is 101, and its fact says 100"),
    (lambda: change(School.objects.get(slug="a"), pupils=None), "School a: pupils is None, and its fact says 100"),
    (lambda: change(School.objects.get(slug="a"), fsm_percent=None), "School a: fsm_percent is None, and its fact"),
    (lambda: change(School.objects.get(slug="b"), fsm_percent=7), "School b: fsm_percent is 7"),
    (move_first_placement, "Quote a L137 is placed 2 times in the section use"),
    (drop_placement, "Quote a L137 is placed 0 times in the section use"),
    (lambda: change(quote(), topic=Topic.objects.get(slug="people")), "Section a use places [L137], which is no quote"),
    (lambda: change(quote(), topic=factories.make_topic()), "quote gill-2007 a L137 refers to another study"),
    (lambda: change(Fact.objects.first(), indicator=factories.make_indicator()), "refers to another study"),
    (lambda: change(CaseSection.objects.first(), topic=factories.make_topic()), "refers to another study"),
    (lambda: change(Advice.objects.first(), quote=quote("L188")), "advice gill-2007 a 1 refers to another school's"),
    (lambda: change(quote(), locator="L9137"), "L9137 lies beyond the source's 655 lines"),
    (lambda: change(Advice.objects.first(), locator="L180-L170"), "advice gill-2007 a 1: L180-L170 runs backwards"),
    (lambda: change(Question.objects.first(), locator="L700"), "L700 lies beyond"),
    (lambda: change(Finding.objects.first(), locator="L0"), "L0 lies beyond"),
    (lambda: change(quote(), guid=School.objects.first().guid), "is that of a school and of a quote"),
    # The findings' floor
    (lambda: change(gateway(), position=99), "Codebook gateways: codes from ['L227', "),
    (lambda: factories.make_code(Codebook.objects.get(slug="key-skills")), "Codebook key-skills: codes from"),
    (lambda: Finding.objects.first().delete(), "Findings by theme: [9, 8, 6] instead of [10, 8, 6]"),
    (lambda: change(Coding.objects.first(), end=99999), "reaches beyond its quote"),
    (lambda: change(Coding.objects.first(), memo=""), "has no memo"),
    (lambda: change(Codebook.objects.get(slug="gateways"), is_published=False), "is of an unpublished codebook"),
    (
        lambda: change(Coding.objects.first(), code=factories.make_code()),
        "is of another study's codebook",
    ),
    (lambda: change(Uncoded.objects.first(), reason=""), "has no reason"),
    (uncoded_and_coded, "is both coded to a gateway and said to fit none"),
    (neither_coded_nor_uncoded, "is neither coded nor said to fit none"),
    (lambda: change(gateway(), definition=""), "code gateways curriculum has no definition"),
    (foreign_parent, "code gateways curriculum has a foreign parent"),
    (example_not_coded, "has an example that is not coded to it"),
    (lambda: bare_finding().case_evidence.all().delete(), "has no evidence"),
    (lambda: bare_finding(), "has no quote and does not say “no direct quotation”"),
    (lambda: change(Evidence.objects.first(), reason=""), "has no reason"),
    (lambda: change(CaseEvidence.objects.first(), reason=""), "has no reason"),
    (lambda: change(Evidence.objects.first(), quote=factories.make_quote()), "refers to another study"),
    (lambda: change(CaseEvidence.objects.first(), school=factories.make_school()), "refers to another study"),
    (lambda: change(Evidence.objects.first(), coder=factories.make_coder()), "is not the editors'"),
    # The self-review's
    (lambda: change(Questionnaire.objects.first(), is_published=False), "No questionnaire is published"),
    (lambda: Question.objects.first().delete(), "[8, 13, 11] questions by section instead of [9, 13, 11]"),
    (lambda: Question.objects.first().code_links.all().delete(), "question ict-self-review 1 what 1 has no code"),
    (lambda: Question.objects.first().finding_links.all().delete(), "question ict-self-review 1 what 1 has no finding"),
    (lambda: change(QuestionCode.objects.first(), reason=""), "has no reason"),
    (lambda: change(QuestionFinding.objects.first(), reason=""), "has no reason"),
    (lambda: change(QuestionCode.objects.first(), code=factories.make_code()), "is of another study's codebook"),
    (lambda: change(QuestionFinding.objects.first(), finding=factories.make_finding()), "of another study's finding"),
]


@pytest.mark.parametrize(("break_it", "fault"), BREAKS, ids=[fault[:60] for _, fault in BREAKS])
def test_check_study_names_the_fault(break_it: Callable[[], object], fault: str) -> None:
    break_it()
    output, clean = check()
    assert not clean
    assert fault in output


# ── Beside a source ─────────────────────────────────────────────────────────────────────────────
LINES = [
    "How do they begin?",
    "“We began with one machine in the corridor,” said the head.",
    "With luck or not, it is up to us all to go on.",
    "- curriculum",
    "1. Who begins?",
    "What comes first",
    "Writer, A, 2001, *Machines in Corridors*, London",
    "PC	personal computer",
]


def small_study() -> Study:
    """A study that is true to LINES."""
    study = factories.make_study(source_lines=len(LINES))
    school = factories.make_school(study, locator="L3", summary="A school that waits and hopes.")
    topic = factories.make_topic(study, name="How do they begin?", slug="begin")
    factories.make_quote(school, topic, text="We began with one machine in the corridor,", locator="L2")
    factories.make_reference(study, title="Machines in Corridors", locator="L7", slug="corridors")
    factories.make_term(study, abbreviation="PC", expansion="personal computer", locator="L8")
    codebook = factories.make_codebook(study, slug="small")
    factories.make_code(codebook, name="Curriculum", slug="curriculum", locator="L4")
    factories.make_theme(study, question="How do they begin?", locator="L1", slug="begin")
    section = factories.make_question_section(
        factories.make_questionnaire(study, locator="L5", slug="small"), title="What comes first", locator="L6"
    )
    factories.make_question(section, text="Who begins?", locator="L5")
    return study


def beside(study: Study, folder: Path) -> list[str]:
    return source_faults(study, LINES, folder)


def test_source_faults_are_none_where_all_is_verbatim(tmp_path: Path) -> None:
    assert beside(small_study(), tmp_path) == []


@pytest.mark.parametrize(
    ("model", "field", "value", "fault"),
    [
        (Topic, "name", "How do they start?", "Topic begin: its name is no line of the source"),
        (Topic, "name", "How do they", "Topic begin: its name is no line of the source"),
        (Quote, "text", "We began with one computer in the corridor,", "L2 does not stand in the source at L2"),
        (Quote, "locator", "L3", "L3 does not stand in the source at L3"),
        (Reference, "title", "Machines in Halls", "Reference corridors: its title does not stand in the source at L7"),
        (GlossaryTerm, "expansion", "private computer", "Abbreviation PC: its expansion does not stand"),
        (Code, "name", "Curricula", "Code small/curriculum: its name does not stand in the source at L4"),
        (Theme, "question", "How do they go on?", "Theme begin: its question does not stand in the source at L1"),
        (Question, "text", "Who starts?", "does not stand in the source at L5"),
        (Section, "title", "What comes last", "its title does not stand in the source at L6"),
    ],
)
def test_source_faults_name_what_is_not_verbatim(
    tmp_path: Path, model: Any, field: str, value: str, fault: str
) -> None:
    study = small_study()
    change(model.objects.order_by("-pk").first(), **{field: value})
    [found] = beside(study, tmp_path)
    assert fault in found


COPY = "It is up to us all to go"  # eight words of line 3 in a row


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (kind, field)
        for floor in (schools.checks, findings.checks, selfreview.checks)
        for kind in floor.KINDS
        for field in kind.prose
    ],
    ids=lambda value: value if isinstance(value, str) else value.model.__name__,
)
def test_source_faults_find_copied_sentences_in_every_field_of_prose(kind: schools.checks.Kind, field: str) -> None:
    study = factories.loaded_study()
    row = kind.rows(study).first()
    change(row, **{field: COPY})
    [found] = schools.checks.copies([kind], study, source_runs(LINES), [])
    assert f"its {field} copies the source: it is up to us all to go" in found


def test_source_faults_name_every_text_field_as_prose_or_not() -> None:
    """A new field of text is either our prose, which is compared with the source, or known to be something else."""
    not_prose = {
        Study: {"slug", "title", "subtitle", "author", "publisher", "series", "published"},
        School: {"slug", "letter", "name", "phase", "setting", "locator"},
        Topic: {"slug", "name"},
        CaseSection: {"locator"},
        Indicator: {"slug", "group", "unit"},
        Fact: {"locator"},
        Quote: {"speaker_role", "speaker", "text", "locator"},
        Advice: {"locator"},
        Reference: {"slug", "author", "title", "publication", "locator"},
        GlossaryTerm: {"abbreviation", "expansion", "locator"},
        Codebook: {"slug", "name", "version", "locator", "authors"},
        Coding: {"codebook_version"},
        Code: {"slug", "name", "locator", "memo"},
        Theme: {"slug", "question", "locator"},
        Finding: {"slug", "locator"},
        CaseEvidence: {"locator"},
        Questionnaire: {"slug", "locator"},
        Section: {"slug", "title", "locator"},
        Question: {"text", "locator"},
    }
    for floor in (schools.checks, findings.checks, selfreview.checks):
        for kind in floor.KINDS:
            texts = {
                field.name
                for field in kind.model._meta.fields
                if field.get_internal_type() in {"CharField", "TextField", "SlugField"}
            }
            assert texts - set(kind.prose) == not_prose.get(kind.model, set()), kind.model


def test_source_faults_allow_names_titles_and_quotations() -> None:
    study = factories.loaded_study()
    row = study.schools.first()
    change(row, summary=f"Asked, they answered: “{LINES[2]}”")
    assert schools.checks.copies(schools.checks.KINDS, study, source_runs(LINES), []) == []
    change(row, summary=f"They ask: {LINES[2]}")
    assert schools.checks.copies(schools.checks.KINDS, study, source_runs(LINES), [LINES[2]]) == []


@pytest.mark.parametrize(
    ("template", "is_fault"),
    [
        (f"<p>{COPY}</p>", True),
        ("<p>it <em>is</em> up to\n  us all\n to go</p>", True),
        ("<p>it is up {{ to }} to us all to go</p>", False),
        ("{% comment %}it is up to us all to go{% endcomment %}", False),
        ("{# it is up to us all to go #}", False),
        ("<p>“it is up to us all to go”</p>", False),
        ("<p>it is up to us all to</p>", False),
    ],
)
def test_template_faults(tmp_path: Path, template: str, is_fault: bool) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.html").write_text(template)
    found = template_faults(tmp_path, source_runs(LINES), [])
    expected = ["Template pages/a.html copies the source: it is up to us all to go"]
    assert found == (expected if is_fault else [])


def test_template_words_are_those_that_a_page_shows() -> None:
    template = "<script>let a = 1</script><h1 title='x'>A &amp; B</h1>{% if c %}{{ d }}{% endif %}<!-- e -->"
    assert template_words(template).split() == ["|", "A", "&", "B", "|", "|", "|"]


def test_check_study_finds_one_added_word_in_a_quotation(source: Path) -> None:
    """The real study beside its real source: one changed word of one quotation is found."""
    entry = json.loads((settings.BASE_DIR / "fixtures" / "quotes.json").read_text())[0]["fields"]
    changed = Quote.objects.get(guid=entry["guid"])
    change(changed, text=f"{entry['text']} indeed")
    output, clean = check(source=source)
    assert not clean
    assert f"Quote {changed.school.slug} {changed.locator} does not stand in the source" in output
