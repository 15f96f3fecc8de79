"""The small pieces that are made in Python: what they say, and that nothing in a name is taken for more than a name."""

from decimal import Decimal
from typing import Any

import pytest

from findings.facets import Choice, Facet
from findings.models import GATEWAYS
from findings.templatetags.pieces import code_chip, school_cards, ticks
from schools.models import Setting
from schools.templatetags.house import school_name
from tests.factories import make_code, make_codebook, make_school

NAME = '<b>Tea & "{toast}"</b>'
ESCAPED = "&lt;b&gt;Tea &amp; &quot;{toast}&quot;&lt;/b&gt;"


def test_tick_boxes_say_what_is_chosen_and_how_many_there_are():
    choices = [Choice("a", NAME, 1, True), Choice("b", "Other", 2, False), Choice("c", "Uncounted", None, False)]
    first, second, third = ticks(Facet("topic", "Topic", choices, 1), 3, "quote").split("</label>")[:3]
    assert '<label class="tick" for="topic-3-1">' in first
    assert '<input type="checkbox" name="topic" value="a" id="topic-3-1" checked>' in first
    assert f"<span>{ESCAPED}</span>" in first
    assert '<span class="tick__count">1<span class="visually-hidden"> quote</span></span>' in first
    assert 'id="topic-3-2">' in second
    assert '>2<span class="visually-hidden"> quotes</span>' in second
    assert "tick__count" not in third


@pytest.mark.django_db
def test_chip_leads_to_its_code_and_a_gateway_has_its_number():
    plain = make_code(make_codebook(), name=NAME)
    assert code_chip(plain) == f'<a class="chip" href="{plain.get_absolute_url()}">{ESCAPED}</a>'
    assert code_chip(plain, 1).endswith(f'{ESCAPED} <span class="chip__count">1 quote</span></a>')
    assert ">3 quotes</span>" in code_chip(plain, 3)
    plain.codebook.slug, plain.position = GATEWAYS, 7
    assert '<span class="chip__number" aria-hidden="true">7</span>' in code_chip(plain)


@pytest.mark.django_db
def test_school_is_named_with_its_sign_and_leads_to_its_case_where_asked():
    school = make_school(name=NAME, letter="Q", colour=4)
    bare, linked = school_name(school), school_name(school, link=True)
    assert bare.startswith('<span class="school-name hue-4"><span class="disc" aria-hidden="true">Q</span>')
    assert bare.endswith(f"{ESCAPED}</span>")
    assert f'<a href="{school.get_absolute_url()}">{ESCAPED}</a>' in linked


@pytest.mark.django_db
def test_card_of_a_school_says_its_facts_and_what_is_not_stated():
    facts: dict[str, Any] = {"pupils": 1250, "fsm_percent": Decimal("12.50"), "setting": Setting.CITY}
    school = make_school(name=NAME, letter="Q", colour=4, known_for="<i>Boards</i>", **facts)
    school.quote_count = 1
    card = school_cards([school])
    assert card.startswith('<li><article class="card hue-4"><h3><span class="school-name hue-4">')
    assert f'<a href="{school.get_absolute_url()}">{ESCAPED}</a>' in card
    assert "<p>&lt;i&gt;Boards&lt;/i&gt;</p>" in card
    assert "<dd>1,250</dd>" in card
    assert "<dd>12.5%</dd>" in card
    assert "<dd>City</dd>" in card
    asked, hidden = f"?school={school.slug}", '<span class="visually-hidden">'
    assert f'<a href="/compare/{asked}">Compare{hidden} {ESCAPED}</span></a>' in card
    assert f'<a href="/quotes/{asked}">1 quote{hidden} of {ESCAPED}</span></a>' in card
    bare = make_school(pupils=None, fsm_percent=None, setting="")
    two = school_cards([school, bare])
    assert two.count("<li>") == 2
    assert two.count('<span class="not-stated">not stated</span>') == 3
    assert ">Quotes<span" in two  # nobody counted them
