"""What is changed and removed in a study of one's own, never against what others made of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import transaction
from django.db.models import QuerySet

from findings.actions.analysis import forget_summaries
from findings.actions.base import Refused, coder_of, hold_study, note_down, save_all, up_to_date, work_of
from findings.actions.endings import delete_codebook
from findings.models import (
    CaseEvidence,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    DeskRole,
    Evidence,
    Finding,
    FrameworkCell,
    QuoteNote,
    Step,
    Theme,
)
from schools.actions import delete_rows, delete_study
from schools.fields import NUMBERED
from schools.models import Fact, Quote, School, Study
from schools.studies import NewQuote, Places, add_quotes, add_school, remove_rows

HIDDEN = (
    "Others work on a codebook of this study whose codings you do not see, and which are not told of. "
    "Ask them to open the codings first, where you are a member, or leave it as it is."
)


@dataclass(frozen=True)
class Standing:
    """What was made of some quotes: by the maker, which goes with them, and by others, which keeps them."""

    own: int  # codings
    others: int  # codings, notes, decisions and summaries
    hidden: bool = False  # others may have coded where the maker sees nothing of it, and is not told

    @classmethod
    def on(cls, study: Study, quotes: QuerySet[Quote], coder: Coder, schools: QuerySet[School] | None = None) -> Self:
        """Eight queries at most, however many quotes."""
        own = Coding.objects.filter(quote__in=quotes, coder=coder).order_by().count()
        if others_work_hidden(study):
            return cls(own, 0, hidden=True)
        by_others = [
            Coding.objects.filter(quote__in=quotes).exclude(coder=coder),
            QuoteNote.objects.filter(quote__in=quotes).exclude(coder=coder),
            Decision.objects.filter(quote__in=quotes).exclude(decided_by=coder),
        ]
        if schools is not None:
            by_others.append(FrameworkCell.objects.filter(school__in=schools).exclude(coder=coder))
        return cls(own, sum(rows.order_by().count() for rows in by_others))

    @property
    def reason(self) -> str:
        """Why nothing of it is deleted; empty where it can be."""
        if self.hidden:
            return HIDDEN
        return "Others coded or noted something here. Their work would go with it." if self.others else ""

    def check(self) -> None:
        """Raise Refused where others made something of it, or may have."""
        if self.reason:
            raise Refused(f"It stays. {self.reason}")


def others_work_hidden(study: Study) -> bool:
    """Whether others code a study where its maker sees nothing of it: blind, or in a codebook of their own.

    What they did there must not show, so nothing may depend on it: neither a refusal nor a number in one.
    """
    maker = study.made_by_id
    seen = study.codebooks.filter(opened_at__isnull=False, members__user=maker).order_by().values("pk")
    hidden = study.codebooks.filter(is_editorial=False).exclude(pk__in=seen).order_by().values("pk")
    coders = CodebookMember.objects.filter(codebook__in=hidden).exclude(role=DeskRole.VIEWER).exclude(user=maker)
    if coders.exists():
        return True
    former = Coder.objects.filter(is_person=True).exclude(user=maker)
    return any(
        rows.filter(coder__in=former).exists()
        for rows in (Coding.objects.filter(code__codebook__in=hidden), QuoteNote.objects.filter(codebook__in=hidden))
    )


@transaction.atomic
def edit_study(*, study: Study, **values: Any) -> None:
    """Say what a study is."""
    _set(_held(study), values)


@transaction.atomic
def add_case(*, study: Study, name: str) -> School:
    """One case at the end of a study. Raises Refused for a name that another case has."""
    _check_name(_held(study), name)
    return add_school(study=study, name=name)


def _check_name(study: Study, name: str, school_id: int | None = None) -> None:
    """Raise Refused for a name that differs from another case's in capitals and blanks at most."""
    there = School.objects.filter(study=study).exclude(pk=school_id).values_list("name", flat=True)
    other = next((one for one in there if _alike(one) == _alike(name)), None)
    if other is not None:
        raise Refused(f"This study has a case “{other}” already. Give this one a name that tells them apart.")


def _alike(name: str) -> str:
    return " ".join(name.split()).casefold()


@transaction.atomic
def edit_school(*, school: School, **values: Any) -> None:
    """Say what a case is. Raises Refused for a letter, or a new name, that another case has."""
    _held(school.study)
    if values.get("name", school.name) != school.name:
        _check_name(school.study, values["name"], school.pk)
    letter = values.get("letter", school.letter) or school.letter
    other = School.objects.filter(study=school.study_id, letter__iexact=letter).exclude(pk=school.pk).first()
    if other is not None:
        raise Refused(f"The letter {letter} is that of “{other.name}”. Choose another.")
    _set(school, values | {"letter": letter})


@transaction.atomic
def add_quote(*, school: School, **fields: Any) -> Quote:
    """One quote at the end of a case; `fields` are those of NewQuote. Raises Refused where its place is taken."""
    _held(school.study)
    _check_place(school.pk, fields.get("locator", ""))
    return add_quotes(study=school.study, rows=[NewQuote(school, **fields)])[0]


def _check_place(school_id: int, locator: str, quote_id: int | None = None) -> None:
    if locator and Quote.objects.filter(school=school_id, locator=locator).exclude(pk=quote_id).exists():
        raise Refused(f"Another quote of this case stands at {locator}. Choose another line.")


@transaction.atomic
def edit_quote(*, quote: Quote, seen: str = "", **values: Any) -> None:
    """Change a quote. Raises Refused where a coded passage would hold other words, or its place is taken.

    Raises Overtaken where it was changed since `seen`, the signs of what the form showed.
    """
    hold_study(_held(quote.school.study))
    there = Quote.objects.select_related("school__study").filter(pk=quote.pk).first()
    if there is None:
        raise Refused("This quote was deleted meanwhile.")
    quote, values = there, up_to_date(there, values, seen)
    text = values.get("text", quote.text)
    if text != quote.text:
        _check_passages(quote, text)
        _note_in_codebooks(quote.school.study, "The text of a quote changed")
    place = values.get("locator", quote.locator)
    if not place:  # no line is named: it has a number, or gets one
        is_numbered = quote.locator.startswith(NUMBERED)
        place = quote.locator if is_numbered else Places(quote.school_id).next_locator()
    _check_place(quote.school_id, place, quote.pk)
    _set(quote, values | {"locator": place})


def _check_passages(quote: Quote, text: str) -> None:
    """Raise Refused where what anybody coded or decided about would be cut off, or mean other words."""
    if others_work_hidden(quote.school.study):
        if not text.startswith(quote.text):
            raise Refused(f"You can add words at the end of this text, but not change it. {HIDDEN}")
        return
    passages = set(Coding.objects.filter(quote=quote).order_by().values_list("start", "end"))
    passages |= set(Decision.objects.filter(quote=quote).order_by().values_list("start", "end"))
    moved = [one for one in passages if text[one[0] : one[1]] != quote.text[one[0] : one[1]]]
    if moved:
        count = "one coded passage" if len(moved) == 1 else f"{len(moved)} coded passages"
        raise Refused(
            f"This text has other words where {count} of the old one stand{'s' if len(moved) == 1 else ''}. "
            "Change only what comes after the coded words, or remove these codings first."
        )


@transaction.atomic
def shift_quote(*, quote: Quote, up: bool) -> None:
    """Move a quote by one place within its case."""
    _held(quote.school.study)
    ordered = list(
        Quote.objects.filter(school=quote.school_id).order_by("position", "pk").values_list("pk", "position")
    )
    at = next(place for place, (key, _) in enumerate(ordered) if key == quote.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(ordered):
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    was = dict(ordered)
    places = {key: place for place, (key, _) in enumerate(ordered, 1) if was[key] != place}
    changed = list(Quote.objects.filter(pk__in=places))
    for one in changed:
        one.position = places[one.pk]
    save_all(changed, Quote, ["position"])


@transaction.atomic
def write_facts(*, school: School, values: dict[int, tuple[str, Any, str, str]]) -> None:
    """Set a case's facts by indicator: value, number, locator and note. An empty value takes the fact away."""
    _held(school.study)
    there = {fact.indicator_id: fact for fact in school.facts.all()}
    gone = [key for key, (value, *_) in values.items() if not value and key in there]
    delete_rows(Fact.objects.filter(school=school, indicator__in=gone))
    for key, (value, number, locator, note) in values.items():
        if value:
            fact = there.get(key) or Fact(school=school, indicator_id=key)
            _set(fact, {"value": value, "number": number, "locator": locator, "note": note})


@transaction.atomic
def remove_quotes(*, quotes: QuerySet[Quote], coder: Coder) -> None:
    """Remove quotes with what their maker made of them. Raises Refused where others made something of them."""
    study = Study.objects.filter(schools__quotes__in=quotes).distinct().get()
    hold_study(_held(study))
    _remove_work(study, quotes, Standing.on(study, quotes, coder))
    remove_rows(rows=quotes)


@transaction.atomic
def remove_school(*, school: School, coder: Coder) -> None:
    """Remove a case with its quotes, as `remove_quotes`."""
    hold_study(_held(school.study))
    schools, quotes = School.objects.filter(pk=school.pk), Quote.objects.filter(school=school)
    _remove_work(school.study, quotes, Standing.on(school.study, quotes, coder, schools))
    delete_rows(CaseEvidence.objects.filter(school=school))
    forget_summaries(school.summaries.values_list("pk", flat=True))
    delete_rows(FrameworkCell.objects.filter(school=school))
    remove_rows(rows=schools)


def _remove_work(study: Study, quotes: QuerySet[Quote], standing: Standing) -> None:
    standing.check()
    keys = list(quotes.order_by().values_list("pk", flat=True))
    counts = [f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in ((len(keys), "quote"), (standing.own, "coding"))]
    _note_in_codebooks(study, f"{counts[0]} taken out of the study for good, with {counts[1]} in all codebooks")
    Step.objects.filter(quote__in=keys).delete()  # they say words of the quote
    Decision.objects.filter(quote__in=keys).delete()
    delete_rows(Coding.objects.filter(quote__in=keys))
    delete_rows(Evidence.objects.filter(quote__in=keys))


def _note_in_codebooks(study: Study, words: str) -> None:
    """Write down in every codebook of a private study what its maker did to the texts."""
    if study.made_by is not None:
        coder = coder_of(user=study.made_by)
        for codebook in study.codebooks.filter(is_editorial=False):
            note_down(codebook=codebook, coder=coder, verb="texts", words=words)


def others_in(study: Study, user: Any) -> Iterable[str]:
    """Why a study cannot be deleted: who else works on it."""
    if study.is_published:
        yield "It is published, and stays as it is."
    if CodebookMember.objects.filter(codebook__study=study).exclude(user=user).exists():
        yield "Others are members of its codebooks. Ask them to leave first, or remove them."
    if study.codebooks.filter(is_published=True).exists():
        yield "A codebook of it is published."
    if others_work_hidden(study):
        yield HIDDEN  # and not whether they did anything yet
        return
    coders = Coder.objects.exclude(user=user).exclude(agreed_for__study=study)
    steps = Step.objects.filter(codebook__study=study, coder__in=coders.filter(is_person=True))
    if work_of(steps).exists():
        yield "Others worked in its codebooks."


@transaction.atomic
def remove_study(*, study: Study, user: Any) -> None:
    """Delete a private study of one's own for good. Raises Refused where others work on it."""
    hold_study(_held(study))
    reasons = list(others_in(study, user))
    if reasons:
        raise Refused(" ".join(reasons))
    for codebook in study.codebooks.all():
        delete_codebook(codebook)
    erase_study(study=study)


def erase_study(*, study: Study) -> None:
    """Delete a study without codebooks, with its findings and all histories."""
    for rows in (
        Evidence.objects.filter(finding__theme__study=study),
        CaseEvidence.objects.filter(finding__theme__study=study),
        Finding.objects.filter(theme__study=study),
        Theme.objects.filter(study=study),
    ):
        delete_rows(rows)
    delete_study(study=study)


def _held(study: Study) -> Study:
    return Study.objects.select_for_update().get(pk=study.pk)


def _set(row: Any, values: dict[str, Any]) -> None:
    """Set the values that differ; nothing is saved, and no history written, where none does."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if row._state.adding:
        row.save()
    elif changed:
        row.save(update_fields=changed)
