"""A case's text with its quotes in place, locators in words, and the filters of the house."""

from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from reading.context import Abbreviations
from schools.case_text import blocks, paragraphs, placements, prose
from schools.fields import locator_words
from schools.models import CaseSection, Quote
from schools.templatetags.house import plain_number, query, stated


def section(text: str) -> CaseSection:
    return CaseSection(summary=text)


def laid(text: str, *locators: str) -> list[str]:
    quotes = [Quote(locator=locator) for locator in locators]
    return [f"<{block.quote.locator}>" if block.quote else block.paragraph for block in blocks(section(text), quotes)]


def test_quotes_stand_where_the_text_says():
    text = "One:\n\n[L5]\n\nTwo.\n \n[L7+L9]\n\n"
    assert laid(text, "L7+L9", "L5") == ["One:", "<L5>", "Two.", "<L7+L9>"]
    assert placements(section(text)) == ["L5", "L7+L9"]
    assert prose(text) == ["One.", "Two."]


def test_quote_without_a_place_stands_at_the_end():
    assert laid("One.\n\n[L5]", "L5", "L6") == ["One.", "<L5>", "<L6>"]


def test_place_without_a_quote_is_left_out():
    assert laid("One.\n\n[L5]\n\nTwo.") == ["One.", "Two."]


def test_locator_inside_a_sentence_is_no_place():
    assert laid("See [L5] for it.", "L5") == ["See [L5] for it.", "<L5>"]


def test_paragraphs_of_nothing():
    assert paragraphs("  \n\n ") == []


@pytest.mark.parametrize(
    ("locator", "words"),
    [
        ("L137", "line 137"),
        ("L129-L133", "lines 129 to 133"),
        ("L404+L406", "lines 404 and 406"),
        ("L1+L3-L5+L9", "lines 1, 3 to 5 and 9"),
        ("", ""),
    ],
)
def test_locator_in_words(locator: str, words: str):
    assert locator_words(locator) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("35.0"), "35"),
        (Decimal("0.0"), "0"),
        (Decimal("17.5"), "17.5"),
        (1250, "1,250"),
        (100, "100"),
        ("x", "x"),
    ],
)
def test_number_as_people_write_it(value, text: str):
    assert plain_number(value) == text


def test_nothing_is_not_stated_and_nought_is():
    assert stated(None) == stated("") == '<span class="not-stated">not stated</span>'
    assert stated(Decimal("0.0"), "%") == "0%"
    assert stated("<b>") == "&lt;b&gt;"


def test_query_changes_one_parameter_and_goes_back_to_the_first_page():
    params = QueryDict("school=a&school=b&q=x&page=3")
    assert query(params, drop="school", value="a") == "?school=b&q=x"
    assert query(params, drop="school") == "?q=x"
    assert query(params, page=4) == "?school=a&school=b&q=x&page=4"
    assert query(params, sort="longest") == "?school=a&school=b&q=x&sort=longest"


@pytest.mark.django_db
def test_abbreviations_are_explained_once_and_escaped():
    page = Abbreviations(RequestFactory().get("/"))
    first = page.mark("<i>IWB</i>s and IWBs, not SIWBX; a TA.")
    assert first.count("<abbr") == 2
    assert "&lt;i&gt;" in first
    assert 'title="teaching assistant"' in first
    assert page.mark("An IWB again.") == "An IWB again."
