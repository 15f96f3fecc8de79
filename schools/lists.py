"""Going on in a list of quotes after a quote, where the list is too long to number its pages."""

from copy import copy

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.sql.datastructures import Join

from schools.models import Quote


def _in_reading_order(quote: Quote) -> Q:
    school = quote.school
    later = Q(position__gt=quote.position) | Q(position=quote.position, pk__gt=quote.pk)
    behind = Q(school__position__gt=school.position) | Q(school__position=school.position, school_id__gt=school.pk)
    # The first condition says nothing new: it lets the database begin at the place instead of at the start.
    return Q(school__position__gte=school.position) & (behind | Q(school_id=school.pk) & later)


def _longer(quote: Quote) -> Q:
    length = len(quote.text)
    return Q(text__length__gte=length) & (Q(text__length__gt=length) | Q(pk__gt=quote.pk))


def _shorter(quote: Quote) -> Q:
    length = len(quote.text)
    return Q(text__length__lte=length) & (Q(text__length__lt=length) | Q(pk__gt=quote.pk))


# By the orders of findings.filters that have no end; in any other a list ends where it is no longer numbered.
AFTER = {"": _in_reading_order, "shortest": _longer, "longest": _shorter}


def after(quotes: QuerySet, quote: Quote, sort: str) -> QuerySet:
    """The quotes that stand after this one (loaded with its school) in an order of AFTER."""
    return quotes.filter(AFTER[sort](quote))


def along_the_index(quotes: QuerySet) -> QuerySet:
    """The same quotes; SQLite reads them along the index of their order, and stops where the page is full.

    By itself it begins with the schools of the study, and sorts all quotes of it. It keeps to the order of CROSS JOIN.
    """
    if connection.vendor != "sqlite":
        return quotes
    quotes = quotes.all()
    tables = quotes.query.alias_map
    for alias, join in tables.items():
        if isinstance(join, Join):
            tables[alias] = forced = copy(join)
            forced.join_type = "CROSS JOIN"
    return quotes
