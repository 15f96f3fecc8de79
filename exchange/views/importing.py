"""What the pages of the import do with a file: read it, plan it, keep it, make it; each says what it is doing."""

import hashlib
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from exchange.imports.plan import Plan, in_words
from exchange.imports.writing import carrying_out
from exchange.incoming.recognise import WANTED, is_known, read
from exchange.incoming.records import Incoming, Limits, Unreadable
from exchange.incoming.transcripts import KIND as TRANSCRIPT
from exchange.views.progress import Work, beside
from findings import actions
from findings.actions.base import Refused
from findings.models import Codebook, Import
from schools.models import SpeakerRole, Study

MEGABYTE = 1024 * 1024
LONG = 256 * 1024  # bytes of a file from which on the work is told of while it is done: some seconds, not one
ZIPPED = {".docx": "Word document", ".qdpx": "REFI-QDA project", ".xlsx": "workbook"}  # by how their names end
MOST_SPEAKERS, MOST_TURNS = 20, 5  # of a transcript, shown in its preview
MOST_UNDECIDED = 5  # files of one person that wait to be decided about


def limits() -> Limits:
    """How much of a file is read."""
    return Limits(unpacked=settings.IMPORT_UNPACKED_MB * MEGABYTE, codings=settings.IMPORT_MOST_CODINGS)


def is_long(size: int) -> bool:
    """Whether a file of this many bytes takes so long that one is told how far it is."""
    return size >= LONG


def key_of(one: Import) -> str:
    """Under which it is known how far an import is."""
    return f"import-{one.guid}"


def planning(request: HttpRequest, data: bytes, name: str, *, me: str = "", **said: Any) -> Work[Plan]:
    """What would be made of a file. `said`: codebook and study, as the person said them. Raises Unreadable, Refused."""
    yield "Reading the file."
    held = (yield from beside(lambda: _read(data, name))) if is_long(len(data)) else _read(data, name)
    counts = {"texts": len(held.sources), "codes": len(held.codes), "codings": len(held.codings)}
    yield f"Read: {', '.join(in_words(counts))}. Looking which of it is here already."
    known = {str(coder.guid): coder.guid for coder in held.coders}
    coder = actions.coder_of(user=request.user)
    return Plan.of(held, user=request.user, coder=coder, me=known.get(me), **said)


def _read(data: bytes, name: str) -> Incoming:
    """All that comes in from a file. A transcript that names no case is named like its file. Raises Unreadable."""
    wanted = ZIPPED.get(Path(name).suffix.casefold())
    if wanted and data.strip() and not data.startswith(b"PK") and not is_known(data):
        raise Unreadable(f"This is no {wanted}, whatever its name says: it is broken, or something else. {WANTED}")
    held = read(io.BytesIO(data), limits())
    if held.kind == TRANSCRIPT and len(held.sources) == 1 and held.sources[0].name == held.name:
        held.name = held.sources[0].name = Path(name).stem[:80].strip() or held.name
    return held


def previewing(
    request: HttpRequest, data: bytes, name: str, codebook: Codebook | None, study: Study | None
) -> Work[tuple[Import, Plan]]:
    """A file that is seen first: kept until it is decided about. The same file for the same place is kept once."""
    said: dict[str, str] = {
        "codebook": str(codebook.guid) if codebook else "",
        "study": study.slug if study else "",
    }
    digest = hashlib.sha256(data).hexdigest()
    undecided = Import.objects.filter(user=request.user, state=Import.State.PREVIEWED).defer("data")
    again = next((one for one in undecided if (one.digest, one.made) == (digest, said)), None)
    if again is None and len(undecided) >= MOST_UNDECIDED:
        names = ", ".join(f"“{one.name}”" for one in undecided)
        raise Refused(f"{len(undecided)} of your files wait to be decided about: {names}. Decide about one of them.")
    plan = yield from planning(request, data, name, codebook=codebook, study=study)
    one = again or Import.objects.create(
        user=request.user, kind=plan.held.kind, name=name[-120:], digest=digest, data=data, made=said
    )
    return one, plan


def planning_again(request: HttpRequest, one: Import, books: Any, studies: Any) -> Work[Plan]:
    """The plan of a previewed import, as it is now. `books`, `studies`: those that the person may choose."""
    codebook = books.filter(guid=one.made["codebook"]).first() if one.made.get("codebook") else None
    if one.made.get("codebook") and codebook is None:
        raise Refused("The codebook that this was for is not one that you may write in any more.")
    study = studies.filter(slug=one.made.get("study") or "").first()
    me = request.POST.get("me", "")
    return (yield from planning(request, bytes(one.data or b""), one.name, me=me, codebook=codebook, study=study))


def importing(request: HttpRequest, one: Import, books: Any, studies: Any) -> Work[Import]:
    """An import, planned as things now are and made: all of it, or nothing."""
    plan = yield from planning_again(request, one, books, studies)
    yield "Bringing it in: all of it, or nothing."
    yield from carrying_out(plan=plan, imported=one)
    return one


def preview_context(one: Import, plan: Plan) -> dict[str, Any]:
    """What a preview shows."""
    who: list[tuple[Any, Any]] = [(coder, plan.who.by_guid[coder.guid]) for coder in plan.held.coders]
    return {
        "import": one,
        "plan": plan,
        "turns": turns_of(plan.held) if plan.held.kind == TRANSCRIPT else None,
        "new": in_words(plan.new()),
        "here": in_words(plan.here),
        "lost": dict(plan.lost()),
        "coders": [coder for coder, known in who if known != plan.who.mine],
    }


@dataclass(frozen=True)
class Turns:
    """Who speaks in a transcript, by name and role, with the number of turns; and the first turns."""

    speakers: list[tuple[str, str, int]]
    more: int  # speakers that are left out
    first: list[tuple[str, str]]  # who, and the words


def turns_of(held: Incoming) -> Turns:
    """What a transcript's turns were taken to be, for the person to look over."""
    every = [(source, quote) for source in held.sources for quote in source.quotes]
    found = Counter((quote.speaker, str(SpeakerRole(quote.speaker_role).label)) for _, quote in every)
    shown = [(speaker, role, n) for (speaker, role), n in found.most_common(MOST_SPEAKERS)]
    first = [
        (quote.speaker or str(SpeakerRole(quote.speaker_role).label), source.text[quote.start : quote.end])
        for source, quote in every[:MOST_TURNS]
    ]
    return Turns(shown, len(found) - len(shown), first)


def preview_part(request: HttpRequest, one: Import, plan: Plan) -> str:
    """The preview as a part of a page."""
    return render_to_string("exchange/_import_preview.html", preview_context(one, plan), request)


def done_part(request: HttpRequest, one: Import) -> str:
    """That an import is done, and where it is."""
    return render_to_string("exchange/_import_done.html", {"one": one, "made": in_words(one.made)}, request)
