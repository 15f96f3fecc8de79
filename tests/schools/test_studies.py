"""A study of one's own: how it is made, and what choosing places, letters and colours must not do."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from findings import actions
from findings.models import CodebookMember
from findings.study_forms import QuoteForm
from schools import studies
from schools.actions import delete_study
from schools.fields import locator_words
from schools.models import Fact, Quote, School, Study, Topic
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_start_study_makes_a_private_one_with_a_topic() -> None:
    user = make.make_user()
    study = studies.start_study(user=user, title="Talks about phones", author="A. Author")
    assert (study.is_published, study.is_editorial, study.made_by) == (False, False, user)
    assert not study.is_editorial
    assert study.slug == f"study-{study.guid.hex}"  # an address that tells nothing
    assert [topic.name for topic in study.topics.all()] == ["Interviews"]


def test_add_schools_chooses_letters_colours_and_places_that_are_free() -> None:
    study = studies.start_study(user=make.make_user(), title="Many")
    studies.add_school(study=study, name="Named", letter="C", position=4)
    rows = [{"name": f"Case {number}"} for number in range(30)]
    made = studies.add_schools(study=study, rows=rows)
    letters = [one.letter for one in made]
    assert letters[:3] == ["A", "B", "D"]
    assert letters[-5:] == ["AA", "AB", "AC", "AD", "AE"]
    assert [one.position for one in made] == list(range(5, 35))
    assert {one.colour for one in made} == set(range(1, 9))
    assert len({one.slug for one in made}) == 30


def test_add_schools_takes_no_more_than_a_study_holds() -> None:
    study = studies.start_study(user=make.make_user(), title="Many")
    rows = [{"name": "Case"}] * (studies.MOST_SCHOOLS + 1)
    with pytest.raises(studies.StudyFullError, match="at most 500 cases"):
        studies.add_schools(study=study, rows=rows)
    assert not study.schools.exists()


def test_add_quotes_goes_on_after_the_last_place_and_claims_no_line() -> None:
    study = studies.start_study(user=make.make_user(), title="Talks")
    school = studies.add_school(study=study, name="Hill")
    other = studies.add_school(study=study, name="Dale")
    actions.add_quote(school=school, text="First.", locator="L3-L7+L9.2")
    rows = [
        studies.NewQuote(school, "Second."),
        studies.NewQuote(other, "Elsewhere."),
        studies.NewQuote(school, "Third."),
    ]
    made = studies.add_quotes(study=study, rows=rows)
    assert [(one.locator, one.position) for one in made] == [("Q1", 2), ("Q1", 1), ("Q2", 3)]
    assert {one.topic.name for one in made} == {"Interviews"}
    assert [one.speaker_role for one in made] == ["other"] * 3


@pytest.mark.parametrize(
    ("speaker", "role", "said"),
    [
        ("", "teacher", "Teacher"),
        ("Mr B", "teacher", "Mr B, teacher"),
        ("Mr B", "ict-coordinator", "Mr B, ICT co-ordinator"),
        ("Mr B", "other", "Mr B"),
        ("", "other", "Other speaker"),
    ],
)
def test_said_by(speaker: str, role: str, said: str) -> None:
    assert Quote(speaker=speaker, speaker_role=role).said_by == said


def test_add_facts_makes_indicators_by_their_labels_and_says_where_no_line_is_known() -> None:
    study = studies.start_study(user=make.make_user(), title="Facts")
    school, other = studies.add_schools(study=study, rows=[{"name": "Hill"}, {"name": "Dale"}])
    rows = [
        studies.NewFact(school, "Phones allowed", "yes", locator="L4"),
        studies.NewFact(other, "phones allowed", "no"),
        studies.NewFact(other, "Phones, allowed", "perhaps"),
    ]
    studies.add_facts(study=study, rows=rows)
    assert list(study.indicators.values_list("label", "slug")) == [
        ("Phones allowed", "phones-allowed"),
        ("Phones, allowed", "phones-allowed-2"),
    ]
    facts = Fact.objects.filter(school__study=study).order_by("pk").values_list("value", "locator", "note")
    assert list(facts) == [("yes", "L4", ""), ("no", "", studies.NO_PLACE), ("perhaps", "", studies.NO_PLACE)]


def test_a_quote_whose_line_nobody_named_has_a_number_and_claims_none() -> None:
    study = studies.start_study(user=make.make_user(), title="Talks")
    hill = studies.add_school(study=study, name="Hill")
    first, named, last = (actions.add_quote(school=hill, text="Yes.", locator=place) for place in ("", "L40", ""))
    assert [one.locator for one in (first, named, last)] == ["Q1", "L40", "Q2"]
    assert [locator_words(one.locator) for one in (first, named, last)] == ["quote 1", "line 40", "quote 2"]
    actions.edit_quote(quote=named, locator="")
    actions.edit_quote(quote=last, locator="")
    actions.edit_quote(quote=first, locator="L2")
    assert list(hill.quotes.order_by("position").values_list("locator", flat=True)) == ["L2", "Q3", "Q2"]


@pytest.mark.parametrize("backwards", ["L5-L2", "L5-L5", "L1+L9-L3"])
def test_lines_do_not_run_backwards(backwards: str) -> None:
    form = QuoteForm({"text": "Yes.", "speaker_role": "other", "locator": backwards})
    assert "run backwards" in form.errors["locator"][0]
    with pytest.raises(ValidationError, match="run backwards"):
        Quote._meta.get_field("locator").clean(backwards, None)
    assert QuoteForm({"text": "Yes.", "speaker_role": "other", "locator": "L2-L5"}).is_valid()


def test_visible_to_its_maker_and_to_members_of_its_codebooks_alone() -> None:
    maker, member, other = make.make_user(), make.make_user(), make.make_user()
    editor = make.make_user(is_staff=True, is_superuser=True)
    study = studies.start_study(user=maker, title="Mine")
    codebook = actions.start_codebook(user=maker, study=study, name="Ideas")
    CodebookMember.objects.create(codebook=codebook, user=member, role="viewer")
    draft = make.make_study(is_published=False)
    published = Study.objects.published()
    for user, sees in ((maker, True), (member, True), (other, False), (editor, False), (AnonymousUser(), False)):
        seen = Study.objects.visible_to(user)
        assert seen.filter(pk=study.pk).exists() is sees, user
        assert not seen.filter(pk=draft.pk).exists(), user
        assert seen.filter(is_published=True).count() == published.count()
        assert seen.count() == published.count() + sees  # each once
    Study.objects.filter(pk=study.pk).update(made_by=None)
    assert not Study.objects.visible_to(AnonymousUser()).filter(pk=study.pk).exists()


def test_delete_study_and_remove_rows_leave_nothing_in_the_histories() -> None:
    study = studies.start_study(user=make.make_user(), title="Gone")
    school = studies.add_school(study=study, name="Hill")
    quote = actions.add_quote(school=school, text="Take this out.")
    quote.text = "Take this out, please."
    quote.save()
    studies.add_facts(study=study, rows=[studies.NewFact(school, "Size", "small")])
    assert Quote.history.filter(id=quote.pk).exists()
    studies.remove_rows(rows=School.objects.filter(pk=school.pk))
    assert not Quote.history.filter(id=quote.pk).exists()
    delete_study(study=study)
    assert not Study.objects.filter(pk=study.pk).exists()
    assert not Study.history.filter(id=study.pk).exists()
    assert not Topic.history.filter(study=study.pk).exists()
    assert not School.history.filter(study=study.pk).exists()
    assert not Fact.history.filter(school=school.pk).exists()
