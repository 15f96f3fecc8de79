"""Pages of a list, by number."""

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest


class NoSuchPage(Http404):
    """A list has no such page; the message says which there are."""


def page_of(request: HttpRequest, rows: QuerySet, per_page: int = 20) -> Page:
    """The page that `?page=` asks for, the first without it. Raises NoSuchPage, saying which pages there are."""
    paginator = Paginator(rows, per_page)
    asked = request.GET.get("page", "1")
    try:
        return paginator.page(asked)
    except InvalidPage as error:
        pages = "one page" if paginator.num_pages == 1 else f"pages 1 to {paginator.num_pages}"
        shown = asked.replace("\x00", "")[:20]
        raise NoSuchPage(f"There is no page “{shown}”: this list has {pages}.") from error
