"""Pages of a list, by number."""

from collections.abc import Sequence

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest


class NoSuchPage(Http404):
    """A list has no such page; the message says which there are."""


def page_of(request: HttpRequest, rows: QuerySet | Sequence, per_page: int = 20) -> Page:
    """The page that `?page=` asks for, the first without it. Raises NoSuchPage, saying which pages there are."""
    return page_number(request.GET.get("page", "1"), rows, per_page)


def page_number(asked: str, rows: QuerySet | Sequence, per_page: int) -> Page:
    """A page by its number as somebody wrote it. Raises NoSuchPage."""
    paginator = Paginator(rows, per_page)
    try:
        return paginator.page(asked)
    except InvalidPage as error:
        pages = "one page" if paginator.num_pages == 1 else f"pages 1 to {paginator.num_pages}"
        shown = asked.replace("\x00", "")[:20]
        raise NoSuchPage(f"There is no page “{shown}”: this list has {pages}.") from error
