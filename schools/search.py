"""Full-text search over quotes: one language for the person, two engines underneath.

The language: words (all must occur, with any ending: "lead" finds "leading"), "a phrase", or, -not (also NOT).
Nothing that a person can type is an error. SQLite answers with FTS5 (porter stemmer), PostgreSQL with
`websearch_to_tsquery` (English).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BooleanField, FloatField, Func, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from schools.orders import NotByIndex

# English words too common to search for; PostgreSQL's English dictionary leaves the same ones out.
STOP_WORDS = frozenset(
    """i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves what which who whom this that these those am is are was were be
    been being have has had having do does did doing a an the and but if or because as until while of at by for with
    about against between into through during before after above below to from up down in out on off over under again
    further then once here there when where why how all any both each few more most other some such no nor not only own
    same so than too very s t can will just don should now""".split()
)
RANKED = 10_000  # quotes among which a page shows the nearest
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_FOLD = str.maketrans("“”„‟«»−–—", '""""""---')  # what phones and word processors make of " and -
_OPEN, _CLOSE = "\x02", "\x03"  # signs around a hit on its way from the engine; no quote holds them


@dataclass
class Group:
    """Terms that must all occur, and terms that must not; a query is one or several of these, joined by or."""

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


def parse(query: str) -> list[Group]:
    """The query as alternatives. A term is a word or a phrase; terms of stop words alone are dropped."""
    groups = [Group()]
    negated = False
    for minus, phrase, word_minus, word in _TOKEN.findall(query.translate(_FOLD)):
        if word.lower() == "or" and not word_minus:
            groups.append(Group())
            continue
        if word == "NOT":
            negated = True
            continue
        term = phrase or word
        words = _WORD.findall(term.lower())
        if not words or all(part in STOP_WORDS for part in words):
            continue
        (groups[-1].unwanted if minus or word_minus or negated else groups[-1].wanted).append(term)
        negated = False
    return [group for group in groups if group.wanted or group.unwanted]


def has_words(query: str) -> bool:
    """Whether there is any word in it, however common."""
    return bool(_WORD.search(query))


def search(quotes: QuerySet, query: str, *, often: bool = False) -> QuerySet:
    """The quotes that match. Of only common words nothing matches.

    `often`: so many match that SQLite does better to go through the quotes in their order, for the first few of them,
    and to look each up among those that match, than to sort those. PostgreSQL sees that by itself.
    """
    groups = parse(query)
    if not groups:
        return quotes.none()
    if connection.vendor == "postgresql":
        return quotes.filter(Matches("text", query=_websearch(groups)))
    condition = Q()
    for group in groups:
        condition |= _sqlite_condition(group, "looked_up" if often else "pk")
    return (quotes.annotate(looked_up=NotByIndex("pk")) if often else quotes).filter(condition)


class _Condition(Func):
    """A condition on a column of a quote, whatever the quotes' table is called in the query that it stands in."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, *, query: str) -> None:
        super().__init__(column)
        self.query = query


class Matches(_Condition):
    """PostgreSQL: whether a quote matches; given its text, from which the column `search` beside it is made."""

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str]]:
        """The condition and its parameter."""
        table = compiler.quote_name_unless_alias(self.source_expressions[0].alias)
        return f"{table}.search @@ websearch_to_tsquery('english', %s)", (self.query,)


class InIndex(_Condition):
    """SQLite: whether a row of the index, which stands beside the quotes in the query, matches and is the quote's.

    The index goes first and is asked once: asked quote by quote, it would count all that match for each. The plus
    keeps SQLite from turning that round.
    """

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str]]:
        """The condition and its parameter."""
        key, _ = compiler.compile(self.source_expressions[0])
        return f"(schools_quote_fts MATCH %s AND +schools_quote_fts.rowid = {key})", (self.query,)


def _sqlite_condition(group: Group, key: str) -> Q:
    matches = "SELECT rowid FROM schools_quote_fts WHERE schools_quote_fts MATCH %s"
    condition = Q()
    if group.wanted:
        condition &= Q((f"{key}__in", RawSQL(matches, [" AND ".join(map(_fts_string, group.wanted))])))
    if group.unwanted:
        condition &= ~Q((f"{key}__in", RawSQL(matches, [" OR ".join(map(_fts_string, group.unwanted))])))
    return condition


def ranked(quotes: QuerySet, query: str) -> QuerySet:
    """Found quotes with `rank`, smaller is nearer. For an outermost query: it names the quotes' table.

    Each quote that was found is looked at: a page that shows the nearest few ranks `first_found` of them.
    """
    groups = parse(query)
    wanted = _any_wanted(groups)
    if not wanted:
        return quotes.annotate(rank=Value(0.0, output_field=FloatField()))
    if connection.vendor == "postgresql":
        rank = "-ts_rank(schools_quote.search, websearch_to_tsquery('english', %s))"
        return quotes.annotate(rank=RawSQL(rank, [_websearch(groups)], output_field=FloatField()))
    joined = quotes.extra(tables=["schools_quote_fts"]).filter(InIndex("pk", query=wanted))
    return joined.annotate(rank=RawSQL("schools_quote_fts.rank", [], output_field=FloatField()))


def first_found(quotes: QuerySet) -> QuerySet:
    """Of these quotes the first RANKED by primary key. One query, more where there are more.

    To rank a million takes as long as to read them, for a page that shows twenty.
    """
    beyond = quotes.order_by("pk").values_list("pk", flat=True)[RANKED : RANKED + 1]
    edge = next(iter(beyond), None)
    if edge is None:
        return quotes
    if connection.vendor == "sqlite":
        # Said of the index as well, so that it stops there.
        quotes = quotes.extra(where=["schools_quote_fts.rowid < %s"], params=[edge])
    return quotes.filter(pk__lt=edge)


def _any_wanted(groups: list[Group]) -> str:
    return " OR ".join(_fts_string(term) for group in groups for term in group.wanted)


def _fts_string(term: str) -> str:
    """A term as an FTS5 string: inside the quotation marks nothing has a meaning of its own."""
    return '"' + term.replace('"', '""') + '"'


def _websearch(groups: list[Group]) -> str:
    """The query for PostgreSQL. Each term goes as a phrase, for "well-known" is one on SQLite too."""
    alternatives = []
    for group in groups:
        terms = [_phrase(term) for term in group.wanted] + ["-" + _phrase(term) for term in group.unwanted]
        alternatives.append(" ".join(terms))
    return " or ".join(alternatives)


def _phrase(term: str) -> str:
    return '"' + " ".join(_WORD.findall(term)) + '"'


def marked(quotes: list, query: str) -> dict[int, list[tuple[str, bool]]]:
    """The text of each of these quotes as pieces (text, is a hit), by primary key; one query, for the page shown."""
    groups = parse(query)
    ids = [quote.pk for quote in quotes]
    if not ids or not any(group.wanted for group in groups):
        return {}
    holders = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            options = f"HighlightAll=true, StartSel={_OPEN}, StopSel={_CLOSE}"
            cursor.execute(
                "SELECT id, ts_headline('english', text, websearch_to_tsquery('english', %s), %s)"
                f" FROM schools_quote WHERE id IN ({holders})",
                [_websearch(groups), options, *ids],
            )
        else:
            cursor.execute(
                "SELECT rowid, highlight(schools_quote_fts, 0, %s, %s) FROM schools_quote_fts"
                f" WHERE schools_quote_fts MATCH %s AND rowid IN ({holders})",
                [_OPEN, _CLOSE, _any_wanted(groups), *ids],
            )
        return {key: _pieces(text) for key, text in cursor.fetchall()}


def _pieces(text: str) -> list[tuple[str, bool]]:
    pieces = []
    for part in re.split(f"({_OPEN}[^{_CLOSE}]*{_CLOSE})", text):
        if part:
            pieces.append((part.strip(_OPEN + _CLOSE), part.startswith(_OPEN)))
    return pieces
