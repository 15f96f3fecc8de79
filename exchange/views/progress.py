"""A page that is sent while the work goes on: a line for each step of it, then what came of it. It needs no script.

The work is done to its end even where nobody listens any more: a proxy that gives up, or a page that is closed, loses
nothing. How far it is can be asked meanwhile (`under_way`), by every process that shares the cache.
"""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from django.core.cache import cache
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

from exchange.incoming.records import Unreadable
from findings.actions.base import Refused

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds after which one is told that a step still goes on: shorter than any proxy waits
KEPT = 60  # seconds that the last word is kept; a process that was stopped says no other
MARK = "<!-- what is told goes here -->"
FAILED = "Something went wrong on this site. Try again, or tell whoever runs it."
T = TypeVar("T")
Work = Generator[str, None, T]  # says what it is doing, and gives what came of it


def at_once(work: Work[T]) -> T:
    """What comes of work that is too short to be told of."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def beside(do: Callable[[], T]) -> Work[T]:
    """Do something that asks no database in a thread beside, and say from time to time that it goes on."""
    began = monotonic()
    with ThreadPoolExecutor(1) as threads:
        doing: Future[T] = threads.submit(do)
        while True:
            try:
                return doing.result(timeout=BEAT)
            except TimeoutError:
                if doing.done():
                    raise
                yield f"This has gone on for {monotonic() - began:.0f} seconds."


def told_page(
    request: HttpRequest, work: Work[T], show: Callable[[T], str], *, title: str, name: str, key: str = ""
) -> StreamingHttpResponse:
    """The page of some work on the file `name`: its steps while they are done, then `show` of what came of it, or why
    nothing did. `key`: under which `under_way` finds its last word."""
    context = {"title": title, "name": name, "mark": MARK}
    page = render_to_string("exchange/import_progress.html", context, request)
    before, between, after = page.split(MARK)

    def pieces() -> Iterator[str]:
        yield before
        result = yield from _lines(work, show, request, key)
        yield f"{between}{result}{after}"

    response = StreamingHttpResponse(_to_the_end(pieces()))
    # Neither this site nor a proxy may hold the lines back until there are enough of them.
    response["Content-Encoding"], response["X-Accel-Buffering"] = "identity", "no"
    return response


def _lines(work: Work[T], show: Callable[[T], str], request: HttpRequest, key: str) -> Work[str]:
    """A list item for each step; in the end the HTML of what came of it."""
    try:
        while True:
            words = next(work)
            if key:
                cache.set(key, words, KEPT)
            yield format_html("<li>{}</li>\n", words)
    except StopIteration as end:
        return show(end.value)
    except (Unreadable, Refused) as error:
        return _failed(request, str(error))
    except Exception:
        logger.exception("An import failed while its page was sent")
        return _failed(request, FAILED)
    finally:
        if key:
            cache.delete(key)


def _failed(request: HttpRequest, words: str) -> str:
    return render_to_string("exchange/_import_failed.html", {"words": words}, request)


def _to_the_end(pieces: Iterable[str]) -> Iterator[bytes]:
    """The pieces for as long as somebody listens. All of them are made in any case."""
    listens = True
    for piece in pieces:
        if listens:
            try:
                yield piece.encode()
            except GeneratorExit:
                listens = False


def under_way(keys: list[str]) -> dict[str, str]:
    """The last words of work that goes on, by its key."""
    found: dict[str, str] = cache.get_many(keys)
    return found
