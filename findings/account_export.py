"""What a person takes away of the workbench: every row that the site keeps of her, as JSON holds it, in a stream."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from findings.models import (
    ApiToken,
    Code,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    FrameworkCell,
    Import,
    Invitation,
    QuoteNote,
    SavedQuery,
    Step,
    StudyOffer,
)
from schools.models import Fact, Quote, School, Study

READ_AT_ONCE = 500  # rows


@dataclass(frozen=True)
class Kept:
    """One kind of what is kept: its name in the file and on the page, the person's rows, and what is said of each."""

    name: str
    one: str
    many: str
    rows: Callable[[AbstractBaseUser], QuerySet]
    said: Callable[[Any], dict[str, Any]]

    def read(self, user: AbstractBaseUser) -> Iterator[dict[str, Any]]:
        """What is said of each row, in the order in which they were made. One query, and no list in memory."""
        for row in self.rows(user).order_by("pk").iterator(chunk_size=READ_AT_ONCE):
            yield self.said(row)


def export(user: AbstractBaseUser) -> dict[str, Any]:
    """All that the workbench keeps of a person; the lists are read as they are written."""
    coder = Coder.objects.filter(user=user).first()
    return {"name": coder.name if coder else ""} | {kind.name: kind.read(user) for kind in KEPT}


def counts(user: AbstractBaseUser) -> list[str]:
    """What the file of `export` will hold: “3 codebooks”, “120 codings”; kinds of which there is none are left out."""
    found = [(kind, kind.rows(user).order_by().count()) for kind in KEPT]
    return [f"{number:,} {kind.one if number == 1 else kind.many}" for kind, number in found if number]


def _time(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _quote(quote: Quote) -> dict[str, Any]:
    return {"school": quote.school.slug, "locator": quote.locator}


def _codebook(one: CodebookMember) -> dict[str, Any]:
    said = ("name", "version", "description", "source")
    codebook = {name: getattr(one.codebook, name) for name in said}
    return codebook | {"role": one.role, "since": _time(one.joined_at)}


def _code(one: Code) -> dict[str, Any]:
    said = ("name", "definition", "include", "exclude", "memo")
    parent = one.parent.name if one.parent else None
    return {"codebook": one.codebook.name, "below": parent} | {name: getattr(one, name) for name in said}


def _coding(one: Coding) -> dict[str, Any]:
    return {
        "codebook": one.code.codebook.name,
        "codebook_version": one.codebook_version,
        "code": one.code.name,
        **_quote(one.quote),
        "start": one.start,
        "end": one.end,
        "passage": one.passage,
        "memo": one.memo,
        "coded_at": _time(one.coded_at),
    }


def _note(one: QuoteNote) -> dict[str, Any]:
    said = {"memo": one.memo, "is_key": one.is_key, "done_at": _time(one.done_at)}
    return {"codebook": one.codebook.name} | _quote(one.quote) | said


def _decision(one: Decision) -> dict[str, Any]:
    return {
        "codebook": one.code.codebook.name,
        "code": one.code.name,
        **_quote(one.quote),
        "start": one.start,
        "end": one.end,
        "passage": one.passage,
        "verdict": one.verdict,
        "agreed": [one.coding.start, one.coding.end] if one.coding else None,
        "reason": one.reason,
        "decided_at": _time(one.decided_at),
    }


def _step(one: Step) -> dict[str, Any]:
    # Not the rows before and after it: those of a merge are colleagues', too, who may work blind.
    said = {"what": one.words, "verb": one.verb, "state": one.state}
    times = {"made_at": _time(one.made_at), "undone_at": _time(one.undone_at)}
    return {"codebook": one.codebook.name, "codebook_version": one.codebook_version} | said | times


def _summary(one: FrameworkCell) -> dict[str, Any]:
    about = {"codebook": one.code.codebook.name, "code": one.code.name, "school": one.school.slug}
    return about | {"text": one.text, "saved_at": _time(one.saved_at)}


def _invitation(one: Invitation) -> dict[str, Any]:
    times = {name: _time(getattr(one, name)) for name in ("made_at", "expires_at", "used_at")}
    return {"codebook": one.codebook.name, "role": one.role, "for": one.note} | times


def _study(one: Study) -> dict[str, Any]:
    said = "title subtitle author publisher series published year fieldwork summary method".split()
    return {name: getattr(one, name) for name in said}


def _case(one: School) -> dict[str, Any]:
    said = "letter name phase setting pupils fsm_percent place known_for summary locator".split()
    number = one.fsm_percent
    case = {name: getattr(one, name) for name in said}
    return {"study": one.study.title} | case | {"fsm_percent": None if number is None else str(number)}


def _fact(one: Fact) -> dict[str, Any]:
    number = None if one.number is None else str(one.number)
    about = {"study": one.school.study.title, "case": one.school.name, "fact": one.indicator.label}
    return about | {"value": one.value, "number": number, "locator": one.locator, "note": one.note}


def _text(one: Quote) -> dict[str, Any]:
    about = {"study": one.school.study.title, "case": one.school.name, "topic": one.topic.name}
    said = {"speaker": one.speaker, "role": one.speaker_role, "locator": one.locator, "text": one.text}
    return about | said | {"note": one.note}


def _token(one: ApiToken) -> dict[str, Any]:
    times = {name: _time(getattr(one, name)) for name in ("made_at", "expires_at", "last_used_on")}
    return {"name": one.name, "note": one.note} | times


def _offer(one: StudyOffer) -> dict[str, Any]:
    times = {name: _time(getattr(one, name)) for name in ("offered_at", "decided_at")}
    return {"study": one.study.title, "message": one.message, "state": one.state, "reason": one.reason} | times


KEPT = (
    Kept(
        "codebooks",
        "codebook",
        "codebooks",
        lambda user: CodebookMember.objects.filter(user=user).select_related("codebook"),
        _codebook,
    ),
    Kept(
        "codes",
        "code with its memo",
        "codes with their memos",
        lambda user: Code.objects.filter(codebook__members__user=user).select_related("codebook", "parent"),
        _code,
    ),
    Kept(
        "codings",
        "coding",
        "codings",
        lambda user: Coding.objects.filter(coder__user=user).select_related("quote__school", "code__codebook"),
        _coding,
    ),
    Kept(
        "notes",
        "note on a quote",
        "notes on quotes",
        lambda user: QuoteNote.objects.filter(coder__user=user).select_related("quote__school", "codebook"),
        _note,
    ),
    Kept(
        "decisions",
        "decision",
        "decisions",
        lambda user: Decision.objects.filter(decided_by__user=user).select_related(
            "quote__school", "code__codebook", "coding"
        ),
        _decision,
    ),
    Kept(
        "steps",
        "step",
        "steps",
        lambda user: Step.objects.filter(coder__user=user).select_related("codebook").defer("before", "after"),
        _step,
    ),
    Kept(
        "summaries",
        "summary",
        "summaries",
        lambda user: FrameworkCell.objects.filter(coder__user=user).select_related("code__codebook", "school"),
        _summary,
    ),
    Kept(
        "queries",
        "saved query",
        "saved queries",
        lambda user: SavedQuery.objects.filter(owner__user=user).select_related("codebook"),
        lambda one: {"codebook": one.codebook.name, "name": one.name, "asked": one.asked},
    ),
    Kept(
        "invitations",
        "invitation that you made",
        "invitations that you made",
        lambda user: Invitation.objects.filter(made_by__user=user).select_related("codebook"),
        _invitation,
    ),
    Kept(
        "imports",
        "import",
        "imports",
        lambda user: Import.objects.filter(user=user).defer("data"),
        lambda one: {"file": one.name, "kind": one.kind, "state": one.state, "made_at": _time(one.made_at)},
    ),
    Kept("studies", "study", "studies", lambda user: Study.objects.filter(made_by=user), _study),
    Kept(
        "offers",
        "offer of a study",
        "offers of studies",
        lambda user: StudyOffer.objects.filter(offered_by=user).select_related("study"),
        _offer,
    ),
    Kept(
        "cases",
        "case",
        "cases",
        lambda user: School.objects.filter(study__made_by=user).select_related("study"),
        _case,
    ),
    Kept(
        "facts",
        "fact",
        "facts",
        lambda user: Fact.objects.filter(school__study__made_by=user).select_related("school__study", "indicator"),
        _fact,
    ),
    Kept(
        "quotes",
        "quote",
        "quotes",
        lambda user: Quote.objects.filter(school__study__made_by=user).select_related("school__study", "topic"),
        _text,
    ),
    Kept("api_tokens", "token", "tokens", lambda user: ApiToken.objects.filter(user=user), _token),
)
