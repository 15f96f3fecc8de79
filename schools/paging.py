"""Pages of a list, by number."""

from collections.abc import Callable, Sequence
from functools import cached_property

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

Fewer = Callable[[QuerySet], QuerySet] | None

MOST_COUNTED = 10_000  # rows that a public list counts and reaches by number: a million would take long each time


class NoSuchPage(Http404):
    """A list has no such page; the message says which there are."""


class BoundedPaginator(Paginator):
    """Pages of the first 10,000 rows; `is_more` says that there are more. It costs the same however many there are.

    `counted`: the same rows as they are counted quickest (a rank beside a row is nothing to count). `fewer`: gives the
    rows among which the pages lie where there are more than are counted.
    """

    def __init__(self, rows: QuerySet, per_page: int, *, counted: QuerySet | None = None, fewer: Fewer = None) -> None:
        self.counted = rows if counted is None else counted
        super().__init__(fewer(rows) if fewer and self.is_more else rows, per_page)

    @cached_property
    def _found(self) -> int:
        return self.counted.order_by()[: MOST_COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        """The rows that can be reached by page."""
        return min(self._found, MOST_COUNTED)

    @property
    def is_more(self) -> bool:
        """Whether the list goes on after them."""
        return self._found > MOST_COUNTED

    @property
    def told(self) -> str:
        """How many rows there are, in words: 1,250, or more than 10,000."""
        return told(self._found)


def told(found: int) -> str:
    """A number that was counted to 10,001 at most, in words."""
    return f"more than {MOST_COUNTED:,}" if found > MOST_COUNTED else f"{found:,}"


def is_many(rows: QuerySet) -> bool:
    """Whether there are more rows than a public page counts; looks at no more than that."""
    return rows.order_by()[: MOST_COUNTED + 1].count() > MOST_COUNTED


def counted(rows: QuerySet) -> str:
    """How many rows there are, in words; counted to 10,000."""
    return told(rows.order_by()[: MOST_COUNTED + 1].count())


def bounded_page_of(
    request: HttpRequest,
    rows: QuerySet,
    per_page: int = 20,
    *,
    counted: QuerySet | None = None,
    fewer: Fewer = None,
) -> Page:
    """As `page_of`, of a list that may be long without end; its paginator is a BoundedPaginator."""
    return _page(request.GET.get("page", "1"), BoundedPaginator(rows, per_page, counted=counted, fewer=fewer))


def page_of(request: HttpRequest, rows: QuerySet | Sequence, per_page: int = 20) -> Page:
    """The page that `?page=` asks for, the first without it. Raises NoSuchPage, saying which pages there are."""
    return page_number(request.GET.get("page", "1"), rows, per_page)


def nearest_page(request: HttpRequest, rows: QuerySet | Sequence, per_page: int = 20) -> Page:
    """As `page_of`, but the last page where the list has become shorter: for a list from which one's own work takes."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def page_number(asked: str, rows: QuerySet | Sequence, per_page: int) -> Page:
    """A page by its number as somebody wrote it. Raises NoSuchPage."""
    return _page(asked, Paginator(rows, per_page))


def _page(asked: str, paginator: Paginator) -> Page:
    try:
        return paginator.page(asked)
    except InvalidPage as error:
        pages = "one page" if paginator.num_pages == 1 else f"pages 1 to {paginator.num_pages}"
        shown = asked.replace("\x00", "")[:20]
        raise NoSuchPage(f"There is no page “{shown}”: this list has {pages}.") from error
