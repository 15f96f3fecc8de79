"""What every download does: check its parameters, name its file, answer as seldom as it can."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from exchange.about import about_file, link_to_about
from exchange.material import DataChangedError
from schools.actions import data_version
from schools.models import DataVersion, Study
from schools.roads import study_at

ONLY_ON_PAGES = {"page", "after"}  # say nothing of a list's data: a download is never one page of it
IN_MEMORY = 1024 * 1024  # bytes of a file that is made whole; what is larger lies in a temporary file
CHUNK = 64 * 1024  # bytes sent at a time


def faults(parameters: QueryDict, *forms: BaseForm) -> list[str]:
    """What is wrong with the parameters, a line each. An unknown name is a fault: a filter misspelt filters nothing."""
    known = ONLY_ON_PAGES.union(*(form.fields for form in forms))
    unknown = [f"{name[:60]}: there is no such parameter." for name in parameters if name not in known]
    wrong = [f"{name}: {message}" for form in forms for name, found in form.errors.items() for message in found]
    return unknown + wrong


def bad_request(faults: list[str]) -> HttpResponse:
    """As plain text: it is as likely to be read in a script's log as in a browser."""
    text = "This address cannot be answered:\n" + "".join(f"- {fault}\n" for fault in faults)
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def study_name(study: Study | None) -> str:
    """How files of a study are named; nothing is published where there is none."""
    return study.slug if study else "nothing"


def etag(request: HttpRequest, version: DataVersion, form: int) -> str:
    """Weak: it promises the same data of the same address in the same form, as the data version can promise it.

    The order of the parameters does not count, the order of one's values does: it is that of a comparison's columns.
    """
    given = {name: [value for value in values if value] for name, values in request.GET.lists()}
    chosen = sorted((name, values) for name, values in given.items() if values and name not in ONLY_ON_PAGES)
    at = request.build_absolute_uri(request.path)  # links in some files begin with it
    state = repr((form, at, version.number, version.changed_at and version.changed_at.isoformat(), chosen))
    return f'W/"{sha256(state.encode()).hexdigest()[:32]}"'


def csv_download(request: HttpRequest, stream: Iterator[bytes], name: str, etag: str) -> HttpResponseBase:
    """The stream as a file, or 304 where the reader has it. Nothing is read for a HEAD or a 304.

    With `about=1` what the file is, instead: its study, data version and filters.
    """
    if request.GET.get("about"):
        return about_file(request, name, data_version(), study_name(study_at(request)))
    response = StreamingHttpResponse(
        () if request.method == "HEAD" else stream,
        content_type="text/csv; charset=utf-8",
        headers=_headers(name, etag) | {"Link": link_to_about(request)},
    )
    return get_conditional_response(request, etag=etag, response=response)


def file_download(
    request: HttpRequest, write: Callable[[IO[bytes]], None], name: str, content_type: str, etag: str
) -> HttpResponseBase:
    """A file that cannot say in its last line that it is not whole (a zip, XML), or 304. Nothing is made for either.

    It is made whole before the first byte is sent: in memory up to a megabyte, then in a temporary file, which is gone
    when the answer ends. So a fault is an answer of its own and no broken file, and the size is known beforehand.
    Where the data change meanwhile, the answer is 503 and says to ask again.
    """
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        return known
    headers = _headers(name, etag)
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    with ExitStack() as until_sent:
        file = until_sent.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        try:
            write(file)
        except DataChangedError:
            return HttpResponse(
                "The data changed while this file was made. Ask for it again.\n",
                status=503,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": "2", "Cache-Control": "no-store"},
            )
        until_sent.pop_all()  # it is whole: from here on the answer closes it
    headers["Content-Length"] = str(file.tell())
    # These files are compressed already; said so, they are not compressed again, which would also hide their size.
    headers["Content-Encoding"] = "identity"
    return StreamingHttpResponse(_Sent(file), content_type=content_type, headers=headers)


class _Sent:
    """A file from its start, in chunks. It is closed at its end, and by the server where the reader went away."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            self.file.seek(0)
            while chunk := self.file.read(CHUNK):
                yield chunk

    def close(self) -> None:
        self.file.close()


def _headers(name: str, etag: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition_header(True, name),
        "ETag": etag,
        # No cache may keep a file that broke off and give it again when it is downloaded again. A script that
        # read the file to its end can still ask with If-None-Match.
        "Cache-Control": "no-store",
    }


def published_study(slug: str) -> Study:
    """The study of this slug that everyone may read. Raises Http404."""
    return get_object_or_404(Study, is_published=True, slug=slug)
