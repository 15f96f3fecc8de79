"""Search: the same language on both engines."""

import pytest
from django.db import DatabaseError, connection

from schools.models import Quote, School
from schools.search import marked, parse, ranked, search
from tests.factories import make_quote, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    school = make_school()
    for locator, text in {
        "L1": "Parents run the reading courses.",
        "L2": "A parent came to read with us.",
        "L3": "Teachers lead training for other teachers.",
        "L4": "The training of parents is led by the college, and we don't mind.",
    }.items():
        make_quote(school, locator=locator, text=text)
    return school


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("parents", "L1 L2 L4"),
        ("PARENT", "L1 L2 L4"),
        ("reading courses", "L1"),
        ("reads", "L1 L2"),
        ("parents training", "L4"),
        ('"reading courses"', "L1"),
        ('"courses reading"', ""),
        ("courses or training", "L1 L3 L4"),
        ("courses OR teachers", "L1 L3"),
        ("parents -training", "L1 L2"),
        ('parents -"reading courses"', "L2 L4"),
        ("-parents", "L3"),
        ("parents −training", "L1 L2"),
        ("parents –training", "L1 L2"),
        ("parents NOT training", "L1 L2"),
        ("“reading courses”", "L1"),
        ("“courses reading”", ""),
        ("training or -parents", "L3 L4"),
        ("the parents", "L1 L2 L4"),
        ("don't mind", "L4"),
        ("led-by", "L4"),
        ("the and of", ""),
        ("", ""),
        ('"', ""),
        ("or", ""),
        ("-", ""),
        ("zebra", ""),
        ("text:parents", ""),
        ("parents*", "L1 L2 L4"),
        ("NEAR(parents", ""),
    ],
)
def test_search_finds(school: School, query: str, found: str):
    quotes = search(school.quotes.order_by("locator"), query)
    assert " ".join(quotes.values_list("locator", flat=True)) == found


def test_search_marks_every_form_of_a_word(school: School):
    quotes = list(search(school.quotes.order_by("locator"), "parents -training"))
    assert marked(quotes, "parents -training") == {
        quotes[0].pk: [("Parents", True), (" run the reading courses.", False)],
        quotes[1].pk: [("A ", False), ("parent", True), (" came to read with us.", False)],
    }


def test_nothing_is_marked_where_nothing_is_wanted(school: School):
    assert marked(list(school.quotes.all()), "-training") == {}
    assert marked([], "parents") == {}


def test_marked_text_is_the_whole_text(study):
    for quote in Quote.objects.filter(school__study=study):
        pieces = marked([quote], "children or learning").get(quote.pk)
        if pieces:
            assert "".join(text for text, _ in pieces) == quote.text


def test_ranked_puts_the_nearest_first(school: School):
    make_quote(school, locator="L9", text="Parents, parents, parents.")
    nearest = ranked(search(school.quotes.all(), "parents"), "parents").order_by("rank").first()
    assert nearest.locator == "L9"


def test_index_follows_every_write(school: School):
    quote = make_quote(school, text="An aardvark came.")
    assert search(school.quotes.all(), "aardvark").get() == quote
    Quote.objects.filter(pk=quote.pk).update(text="A badger came.")
    assert not search(school.quotes.all(), "aardvark").exists()
    assert search(school.quotes.all(), "badgers").get() == quote
    quote.delete()
    assert not search(Quote.objects.all(), "badger").exists()


def test_index_holds_what_the_quotes_say(school: School):
    """After loading, writing, changing and deleting. SQLite compares the two; PostgreSQL makes one of the other."""
    quote, other = make_quote(school, text="An aardvark came."), make_quote(school, text="It left.")
    Quote.objects.filter(pk=quote.pk).update(text="A badger came.")
    other.delete()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO schools_quote_fts(schools_quote_fts, rank) VALUES ('integrity-check', 1)")
            cursor.execute("DROP TRIGGER schools_quote_fts_update")
            Quote.objects.filter(pk=quote.pk).update(text="A civet came.")
            with pytest.raises(DatabaseError, match="malformed"):
                cursor.execute("INSERT INTO schools_quote_fts(schools_quote_fts, rank) VALUES ('integrity-check', 1)")
        else:
            cursor.execute("SELECT count(*) FROM schools_quote WHERE search IS NULL OR search = ''")
            assert cursor.fetchone() == (0,)


def test_search_uses_the_index():
    if connection.vendor == "postgresql":
        # Of 56 rows any plan is quick: take the others away, to see that this one can be had.
        with connection.cursor() as cursor:
            for way in ("seqscan", "indexscan", "indexonlyscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = search(Quote.objects.all(), "parents").explain()
    assert ("schools_quote_search" if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX") in plan


def test_parse_reads_alternatives():
    wanted = [(group.wanted, group.unwanted) for group in parse('a word "two words" -never or child -"not yet"')]
    assert wanted == [(["word", "two words"], ["never"]), (["child"], ["not yet"])]
